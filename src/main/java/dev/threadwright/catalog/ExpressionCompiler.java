package dev.threadwright.catalog;

import dev.threadwright.expression.StepExpressions;
import dev.threadwright.workflow.Channel;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The expressions of a document, each with what it may name in its place. Where there is none, or one that cannot be
 * compiled, of which this tells, there is null.
 */
final class ExpressionCompiler {

    private final StepExpressions expressions;
    private final Set<String> channels;
    private final Problems problems;

    /** Values for channels. */
    interface Writes {
        /** @param result that the expressions were compiled for; null without one */
        List<Write> of(Step.View view, @Nullable Json result);
    }

    ExpressionCompiler(Map<String, Channel> channels, Problems problems) {
        Map<String, Channel.Type> types = new LinkedHashMap<>();
        channels.forEach((name, channel) -> types.put(name, channel.type()));
        this.expressions = new StepExpressions(types);
        this.channels = channels.keySet();
        this.problems = problems;
    }

    StepExpressions.@Nullable Compiled expression(String path, @Nullable Json text) {
        return compiled(path, text, source -> expressions.compile(path, source));
    }

    StepExpressions.@Nullable Compiled withResult(String path, @Nullable Json text) {
        return compiled(path, text, source -> expressions.compileWithResult(path, source));
    }

    StepExpressions.@Nullable Compiled withCallback(String path, @Nullable Json text) {
        return compiled(path, text, source -> expressions.compileWithCallback(path, source));
    }

    StepExpressions.@Nullable Compiled condition(String path, @Nullable Json text) {
        return compiled(path, text, source -> expressions.compileCondition(path, source));
    }

    StepExpressions.@Nullable Compiled eventCondition(String path, @Nullable Json text) {
        return compiled(path, text, source -> expressions.compileEventCondition(path, source));
    }

    Writes writes(String path, @Nullable Json declared) {
        return writes(path, declared, this::expression);
    }

    Writes writesWithResult(String path, @Nullable Json declared) {
        return writes(path, declared, this::withResult);
    }

    private interface Kind {
        StepExpressions.@Nullable Compiled compile(String path, @Nullable Json text);
    }

    private Writes writes(String path, @Nullable Json declared, Kind kind) {
        Map<String, StepExpressions.Compiled> writes = new LinkedHashMap<>();
        Shapes.object(declared).forEach((channel, text) -> {
            String at = Problems.at(path, channel);
            if (!channels.contains(channel)) {
                problems.add(at, "there is no channel \"" + channel + "\"; declare it under channels");
            }
            StepExpressions.Compiled compiled = kind.compile(at, text);
            if (compiled != null) {
                writes.put(channel, compiled);
            }
        });
        return (view, result) -> {
            List<Write> values = new ArrayList<>(writes.size());
            writes.forEach((channel, value) -> values.add(new Write(channel, value.value(view, result))));
            return values;
        };
    }

    private StepExpressions.@Nullable Compiled compiled(
            String path, @Nullable Json text, Function<String, StepExpressions.Compiled> compile) {
        if (!(text instanceof Json.Text source)) {
            return null;
        }
        try {
            return compile.apply(source.value());
        } catch (IllegalArgumentException e) {
            problems.add(path, String.valueOf(e.getMessage()));
            return null;
        }
    }
}
