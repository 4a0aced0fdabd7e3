package dev.threadwright.catalog;

import dev.threadwright.expression.StepExpressions;
import dev.threadwright.step.http.RequestRules;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.WorkflowBuilder;
import org.jspecify.annotations.Nullable;

/** Steps that call somebody, {@code call}, {@code http} and {@code work}; and how often and for how long any action tries. */
final class ActionCompiler {

    private final Surroundings surroundings;
    private final ExpressionCompiler expressions;
    private final OutcomeCompiler outcomes;
    private final Problems problems;

    ActionCompiler(
            Surroundings surroundings, ExpressionCompiler expressions, OutcomeCompiler outcomes, Problems problems) {
        this.surroundings = surroundings;
        this.expressions = expressions;
        this.outcomes = outcomes;
        this.problems = problems;
    }

    Step.Kind call(String path, Json.Obj fields) {
        String handler = fields.get("call") instanceof Json.Text text ? text.value() : "";
        if (handler.equals(RequestRules.HANDLER)) {
            // Its input may name secrets, and an expression could take those from anybody's data.
            problems.add(path + "/call", "is what http steps call; write http: and what is to be sent");
        } else if (!handler.isEmpty()) {
            requireHandler(path + "/call", handler);
        }
        StepExpressions.Compiled input = expressions.expression(path + "/input", fields.get("input"));
        return new Step.Action(
                handler,
                input == null ? Step.View::trigger : input::value,
                fields.get("config") instanceof Json.Obj config ? config : Json.EMPTY_OBJECT,
                outcomes.result(path, fields),
                timeoutMs(path, fields),
                retries(path, fields),
                isIdempotent(fields));
    }

    Step.Kind http(String path, Json.Obj fields) {
        boolean isCalledBack = fields.get("callback") instanceof Json.Obj;
        if (isCalledBack && !surroundings.callbacks()) {
            problems.add(
                    path + "/callback",
                    "needs a server that others can call back: its owner sets threadwright.callbacks.public-url");
        }
        Step.Request request = new HttpRequestForm(
                        path, problems::add, isCalledBack ? expressions::withCallback : expressions::expression)
                .compile(fields);
        return new Step.Action(
                RequestRules.HANDLER,
                request,
                Json.EMPTY_OBJECT,
                outcomes.result(path, fields),
                timeoutMs(
                        path,
                        fields,
                        isCalledBack
                                ? HttpRequestForm.DEFAULT_CALLBACK_TIMEOUT_MS
                                : HttpRequestForm.DEFAULT_TIMEOUT_MS),
                retries(path, fields),
                isIdempotent(fields));
    }

    /** There may be workers for any name, or none yet. */
    Step.Kind work(String path, Json.Obj fields) {
        StepExpressions.Compiled input = expressions.expression(path + "/input", fields.get("input"));
        return new Step.Action(
                fields.get("work") instanceof Json.Text text ? text.value() : "",
                input == null ? Step.View::trigger : input::value,
                Json.EMPTY_OBJECT,
                outcomes.result(path, fields),
                timeoutMs(path, fields),
                retries(path, fields),
                true,
                true);
    }

    // --- Of any action -----------------------------------------------------------------------------------------------

    void requireHandler(String path, String handler) {
        if (!surroundings.handlers().contains(handler)) {
            problems.add(
                    path,
                    "there is no handler \"" + handler + "\" on this server; there are "
                            + surroundings.handlers().stream().sorted().toList());
        }
    }

    static boolean isIdempotent(Json.Obj fields) {
        return !(fields.get("idempotent") instanceof Json.Bool idempotent) || idempotent.value();
    }

    /** Of one attempt. */
    long timeoutMs(String path, Json.Obj fields) {
        return timeoutMs(path, fields, WorkflowBuilder.DEFAULT_TIMEOUT_MS);
    }

    private long timeoutMs(String path, Json.Obj fields, long otherwiseMs) {
        return Durations.ms(path + "/timeout", fields.get("timeout"), otherwiseMs, problems);
    }

    Step.Retries retries(String path, Json.Obj fields) {
        return retries(path + "/retry", fields.get("retry"));
    }

    private Step.Retries retries(String path, @Nullable Json declared) {
        if (!(declared instanceof Json.Obj fields)) {
            return Step.Retries.DEFAULT;
        }
        Step.Retries standard = Step.Retries.DEFAULT;
        int max = fields.get("max") instanceof Json.Num number ? number.value().intValue() : standard.max();
        long baseMs = Durations.ms(path + "/base", fields.get("base"), standard.baseMs(), problems);
        long capMs = Durations.ms(path + "/cap", fields.get("cap"), Math.max(standard.capMs(), baseMs), problems);
        try {
            return new Step.Retries(max, baseMs, capMs);
        } catch (IllegalArgumentException e) {
            problems.add(path, String.valueOf(e.getMessage()));
            return standard;
        }
    }
}
