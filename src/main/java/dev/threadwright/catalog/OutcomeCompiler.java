package dev.threadwright.catalog;

import dev.threadwright.expression.StepExpressions;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.Write;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What becomes of what a step has: what it writes, by {@code set} or {@code result}, and by {@code goto} where it goes. */
final class OutcomeCompiler {

    private final Set<String> channels;
    private final ExpressionCompiler expressions;

    OutcomeCompiler(Set<String> channels, ExpressionCompiler expressions) {
        this.channels = channels;
        this.expressions = expressions;
    }

    Step.Kind set(String path, Json.Obj fields) {
        ExpressionCompiler.Writes writes = expressions.writes(path + "/set", fields.get("set"));
        StepExpressions.Compiled goTo = expressions.expression(path + "/goto", fields.get("goto"));
        return new Step.Pure(view -> new Step.Outcome(writes.of(view, null), goTo(goTo, view, null)));
    }

    /** For want of a {@code result}, its keys may name channels. */
    Step.Result result(String path, Json.Obj fields) {
        return result(path, fields, result -> result);
    }

    /** @param byKey what in the result has keys that may name channels, for want of a {@code result} */
    Step.Result result(String path, Json.Obj fields, Function<Json, @Nullable Json> byKey) {
        StepExpressions.Compiled goTo = expressions.withResult(path + "/goto", fields.get("goto"));
        ExpressionCompiler.Writes mapping = fields.get("result") == null
                ? null
                : expressions.writesWithResult(path + "/result", fields.get("result"));
        return (view, result) -> new Step.Outcome(
                mapping == null ? byKey(byKey.apply(result)) : mapping.of(view, result), goTo(goTo, view, result));
    }

    /** Of a result that is a message: unless {@code result} says otherwise, it joins the conversation. */
    Step.Result said(
            String path, Json.Obj fields, @Nullable String channel, BiFunction<Step.View, Json, Json> message) {
        if (fields.get("result") != null || channel == null) {
            return result(path, fields);
        }
        StepExpressions.Compiled goTo = expressions.withResult(path + "/goto", fields.get("goto"));
        return (view, result) ->
                new Step.Outcome(List.of(new Write(channel, message.apply(view, result))), goTo(goTo, view, result));
    }

    private List<Write> byKey(@Nullable Json result) {
        return Shapes.object(result).entrySet().stream()
                .filter(field -> channels.contains(field.getKey()))
                .map(field -> new Write(field.getKey(), field.getValue()))
                .toList();
    }

    private static @Nullable List<String> goTo(
            StepExpressions.@Nullable Compiled goTo, Step.View view, @Nullable Json result) {
        Json chosen = goTo == null ? Json.NULL : goTo.value(view, result);
        return switch (chosen) {
            case Json.Null ignored -> null;
            case Json.Text text -> RouteCompiler.target(text);
            case Json.Arr list
            when list.items().stream().allMatch(Json.Text.class::isInstance) -> RouteCompiler.target(list);
            default -> throw new StepFailure("goto gave neither a step, nor a list of steps, nor null");
        };
    }
}
