package dev.threadwright.catalog;

import dev.threadwright.expression.StepExpressions;
import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.workflow.Channel;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowRef;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a document: of which kind each is, and what such a kind may say. Those that wait for somebody or something,
 * and those that run other workflows, are made here.
 */
final class StepCompiler {

    /** What a step of each kind may say beside what all may. */
    private static final Map<String, Set<String>> FIELDS_OF_KIND = Map.of(
            "set", Set.of("goto"),
            "call", Set.of("input", "config", "result", "timeout", "retry", "idempotent", "goto"),
            "http",
                    Set.of(
                            "path",
                            "query",
                            "headers",
                            "body",
                            "callback",
                            "result",
                            "timeout",
                            "retry",
                            "idempotent",
                            "goto"),
            "work", Set.of("input", "result", "timeout", "retry", "goto"),
            "sleep", Set.of(),
            "workflow", Set.of("input", "output"),
            "interrupt", Set.of("payload", "schema", "expires", "on_expiry", "result", "goto"),
            "wait", Set.of("when", "timeout", "result", "goto"),
            "model",
                    Set.of(
                            "system",
                            "messages",
                            "tools",
                            "schema",
                            "temperature",
                            "max_tokens",
                            "result",
                            "timeout",
                            "retry",
                            "goto"),
            "tool", Set.of("allow", "result", "goto"));

    private static final Set<String> FIELDS_OF_ALL = Set.of("next", "on_error", "joins", "label");

    private static final JsonSchemas SCHEMAS = new JsonSchemas();

    private final Surroundings surroundings;
    private final RouteCompiler routes;
    private final ExpressionCompiler expressions;
    private final OutcomeCompiler outcomes;
    private final ActionCompiler actions;
    private final ModelCompiler models;
    private final Problems problems;

    /** @param tools that the document declares */
    StepCompiler(
            Surroundings surroundings,
            Map<String, Channel> channels,
            @Nullable Json tools,
            RouteCompiler routes,
            ExpressionCompiler expressions,
            Problems problems) {
        this.surroundings = surroundings;
        this.routes = routes;
        this.expressions = expressions;
        this.outcomes = new OutcomeCompiler(channels.keySet(), expressions);
        this.actions = new ActionCompiler(surroundings, expressions, outcomes, problems);
        this.models = new ModelCompiler(tools, channels, actions, expressions, outcomes, SCHEMAS, problems);
        this.problems = problems;
    }

    /** By name, in the order of the document. */
    Map<String, Step> compile(@Nullable Json declared) {
        models.checkTools();
        Map<String, Step> steps = new LinkedHashMap<>();
        Shapes.object(declared).forEach((name, step) -> {
            if (step instanceof Json.Obj fields) {
                steps.put(name, step(name, fields));
            }
        });
        return steps;
    }

    private Step step(String name, Json.Obj fields) {
        String path = Problems.at("/steps", name);
        String onError = fields.get("on_error") instanceof Json.Text text ? text.value() : null;
        return new Step(
                name,
                kind(path, fields),
                routes.compile(path + "/next", fields.get("next")),
                onError,
                new LinkedHashSet<>(Shapes.texts(fields.get("joins"))),
                fields.get("label") instanceof Json.Text label ? label.value() : null,
                choosesNext(fields));
    }

    /** Whether it, or a case of what it waits for, has a goto. */
    private static boolean choosesNext(Json.Obj fields) {
        return fields.get("goto") != null
                || (fields.get("wait") instanceof Json.Arr several
                        && several.items().stream()
                                .anyMatch(one -> one instanceof Json.Obj awaited && awaited.get("goto") != null));
    }

    private Step.Kind kind(String path, Json.Obj fields) {
        List<String> kinds = fields.fields().keySet().stream()
                .filter(FIELDS_OF_KIND::containsKey)
                .toList();
        if (kinds.size() != 1) {
            problems.add(
                    path,
                    "needs exactly one of set, call, http, work, sleep, workflow, interrupt, wait, model and tool"
                            + (kinds.isEmpty() ? "" : ", not " + kinds));
            return nothing();
        }
        String kind = kinds.getFirst();
        Set<String> allowed = FIELDS_OF_KIND.getOrDefault(kind, Set.of());
        for (String field : fields.fields().keySet()) {
            boolean ofSomeKind = FIELDS_OF_KIND.values().stream().anyMatch(own -> own.contains(field));
            if (ofSomeKind && !allowed.contains(field) && !FIELDS_OF_ALL.contains(field)) {
                problems.add(path + "/" + field, "does not go with " + kind);
            }
        }
        Step.Kind compiled = switch (kind) {
            case "set" -> outcomes.set(path, fields);
            case "call" -> actions.call(path, fields);
            case "http" -> actions.http(path, fields);
            case "work" -> actions.work(path, fields);
            case "sleep" -> sleep(path, fields);
            case "interrupt" -> interrupt(path, fields);
            case "wait" -> await(path, fields);
            case "model" -> models.model(path, fields);
            case "tool" -> models.tool(path, fields);
            default -> subgraph(path, fields);
        };
        return compiled == null ? nothing() : compiled;
    }

    /** Stands for a step that has problems, so that those of the graph are found, too. */
    private static Step.Kind nothing() {
        return new Step.Pure(view -> Step.Outcome.of(List.of()));
    }

    // --- Waiting -----------------------------------------------------------------------------------------------------

    private Step.Kind interrupt(String path, Json.Obj fields) {
        String kind = fields.get("interrupt") instanceof Json.Text text ? text.value() : "";
        StepExpressions.Compiled payload = expressions.expression(path + "/payload", fields.get("payload"));
        Json.Obj schema = fields.get("schema") instanceof Json.Obj declared ? declared : null;
        Long expiresMs = expires(path, fields);
        Json onExpiry = fields.get("on_expiry");
        String unsound = schema == null ? null : SCHEMAS.problem(schema);
        if (unsound != null) {
            problems.add(path + "/schema", "is no JSON Schema: " + unsound);
        }
        if (onExpiry != null && fields.get("expires") == null) {
            problems.add(path + "/on_expiry", "is for an interrupt that expires");
        }
        if (onExpiry != null && schema != null && unsound == null) {
            String unfit = SCHEMAS.problem(schema, onExpiry);
            if (unfit != null) {
                problems.add(path + "/on_expiry", "does not fit the schema of an answer: " + unfit);
            }
        }
        return new Step.Interrupt(
                view -> new Prompt(
                        kind, payload == null ? Json.NULL : payload.value(view), schema, expiresMs, onExpiry),
                outcomes.result(path, fields));
    }

    private @Nullable Long expires(String path, Json.Obj fields) {
        if (fields.get("expires") == null) {
            return null;
        }
        long ms = Durations.ms(path + "/expires", fields.get("expires"), 1, problems);
        if (ms > Prompt.MAX_EXPIRY_MS) {
            problems.add(path + "/expires", "must be at most " + Prompt.MAX_EXPIRY_MS / 86_400_000 + "d");
        }
        return ms;
    }

    private Step.@Nullable Kind await(String path, Json.Obj fields) {
        long ms = Durations.ms(path + "/timeout", fields.get("timeout"), 1, problems);
        List<Step.Case> cases = new ArrayList<>();
        if (fields.get("wait") instanceof Json.Text type) {
            cases.add(awaited(path, fields, type));
        } else if (fields.get("wait") instanceof Json.Arr several) {
            for (String field : List.of("when", "result", "goto")) {
                if (fields.get(field) != null) {
                    problems.add(path + "/" + field, "belongs to one of the events in wait");
                }
            }
            for (int i = 0; i < several.items().size(); i++) {
                if (several.items().get(i) instanceof Json.Obj one && one.get("event") instanceof Json.Text type) {
                    cases.add(awaited(path + "/wait/" + i, one, type));
                }
            }
        }
        return cases.isEmpty() ? null : new Step.Wait(cases, fields.get("timeout") == null ? null : view -> ms);
    }

    private Step.Case awaited(String path, Json.Obj fields, Json.Text type) {
        StepExpressions.Compiled when = expressions.eventCondition(path + "/when", fields.get("when"));
        return new Step.Case(
                type.value(),
                when == null ? null : when::holds,
                outcomes.result(path, fields, event -> Shapes.object(event).get("data")));
    }

    private Step.@Nullable Kind sleep(String path, Json.Obj fields) {
        if (fields.get("sleep") instanceof Json.Obj computed) {
            StepExpressions.Compiled ms = expressions.expression(path + "/sleep/ms", computed.get("ms"));
            return ms == null ? null : new Step.Sleep(view -> ms(path + "/sleep/ms", ms.value(view)));
        }
        long ms = Durations.ms(path + "/sleep", fields.get("sleep"), 1, problems);
        return new Step.Sleep(view -> ms);
    }

    private static long ms(String path, Json value) {
        if (value instanceof Json.Num number && number.value().compareTo(BigDecimal.valueOf(Durations.MAX_MS)) <= 0) {
            return number.value().longValue();
        }
        throw new StepFailure(path + ": gave no number of milliseconds up to " + Durations.MAX_MS);
    }

    // --- Other workflows ---------------------------------------------------------------------------------------------

    private Step.@Nullable Kind subgraph(String path, Json.Obj fields) {
        StepExpressions.Compiled input = expressions.expression(path + "/input", fields.get("input"));
        ExpressionCompiler.Writes output = fields.get("output") == null
                ? null
                : expressions.writesWithResult(path + "/output", fields.get("output"));
        WorkflowRef ref = subgraphRef(path + "/workflow", fields.get("workflow"));
        return ref == null
                ? null
                : new Step.Subgraph(
                        ref,
                        input == null ? null : input::value,
                        output == null ? null : (view, result) -> Step.Outcome.of(output.of(view, result)));
    }

    private @Nullable WorkflowRef subgraphRef(String path, @Nullable Json named) {
        if (!(named instanceof Json.Text text)) {
            return null;
        }
        WorkflowRef pinned = null;
        if (text.value().contains("@")) {
            try {
                pinned = WorkflowRef.parse(text.value());
            } catch (IllegalArgumentException e) {
                problems.add(path, "is no workflow's name or name@version");
                return null;
            }
        }
        try {
            Workflow found = pinned == null ? surroundings.latest(text.value()) : surroundings.find(pinned);
            if (found == null) {
                problems.add(path, "there is no workflow " + text.value() + "; register it first");
                return null;
            }
            int depth = surroundings.depth(found) + 1;
            if (depth > Surroundings.MAX_DEPTH) {
                problems.add(
                        path, "workflows run each other " + depth + " deep with it, at most " + Surroundings.MAX_DEPTH);
            }
            return found.ref();
        } catch (UnusableWorkflowException e) {
            problems.add(path, String.valueOf(e.getMessage()));
            return null;
        }
    }
}
