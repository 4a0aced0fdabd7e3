package dev.threadwright.catalog;

import dev.threadwright.expression.StepExpressions;
import dev.threadwright.json.JsonText;
import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.step.http.RequestRules;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Channel;
import dev.threadwright.workflow.GraphCheck;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Route;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.WorkflowRef;
import dev.threadwright.workflow.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes a workflow of a document, or says all that is wrong with it. Shapes are the schema's to check: what has the wrong
 * one is passed over here, so that both are said at once.
 */
final class DocumentCompiler {

    private static final String END = "end";

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

    private final Json.Obj document;
    private final Surroundings surroundings;
    private final List<DocumentProblem> problems = new ArrayList<>();
    private final Map<String, Channel> channels = new LinkedHashMap<>();
    private StepExpressions expressions = new StepExpressions(Map.of());

    private DocumentCompiler(Json.Obj document, Surroundings surroundings) {
        this.document = document;
        this.surroundings = surroundings;
    }

    /** @throws InvalidDocumentException with all that is wrong */
    static Workflow compile(Json.Obj document, int version, Surroundings surroundings) {
        DocumentCompiler compiler = new DocumentCompiler(document, surroundings);
        compiler.problems.addAll(DocumentSchema.problems(document));
        Workflow workflow = compiler.workflow(version);
        if (workflow == null || !compiler.problems.isEmpty()) {
            throw new InvalidDocumentException(
                    compiler.problems.stream().distinct().toList());
        }
        return workflow;
    }

    private @Nullable Workflow workflow(int version) {
        object(document.get("channels")).forEach(this::channel);
        object(document.get("tools")).forEach((name, tool) -> {
            if (tool instanceof Json.Obj declared && declared.get("parameters") instanceof Json.Obj parameters) {
                requireSchema(at("/tools", name) + "/parameters", parameters);
            }
        });
        Map<String, Channel.Type> types = new LinkedHashMap<>();
        channels.forEach((name, channel) -> types.put(name, channel.type()));
        expressions = new StepExpressions(types);
        Map<String, Step> steps = new LinkedHashMap<>();
        object(document.get("steps")).forEach((name, step) -> {
            if (step instanceof Json.Obj fields) {
                steps.put(name, step(name, fields));
            }
        });
        List<Route> start = routes("/start", document.get("start"));
        int recursionLimit = document.get("recursion_limit") instanceof Json.Num limit
                ? limit.value().intValue()
                : Workflow.DEFAULT_RECURSION_LIMIT;
        Workflow.InputMapping input = inputMapping();
        Breakpoints breakpoints = breakpoints();
        String compaction = document.get("compaction") instanceof Json.Text step ? step.value() : null;
        Long timeoutMs = runTimeoutMs();
        List<GraphCheck.Problem> graph =
                GraphCheck.problems(channels, steps, start, recursionLimit, breakpoints, compaction);
        graph.forEach(problem -> problem(pointer(problem.path()), problem.message()));
        // A step that says at run time where it goes may lead anywhere, however often.
        if (steps.values().stream().noneMatch(Step::choosesNext)) {
            unreachable(steps, start, compaction);
            new Entries(steps, start)
                    .joinsThatNeverRun()
                    .forEach((name, message) -> problem(at("/steps", name) + "/joins", message));
        }
        if (!problems.isEmpty() || !(document.get("name") instanceof Json.Text name)) {
            return null;
        }
        return new Workflow(
                new WorkflowRef(name.value(), version),
                channels,
                steps,
                start,
                input,
                recursionLimit,
                breakpoints,
                compaction,
                timeoutMs);
    }

    private @Nullable Long runTimeoutMs() {
        Json declared = document.get("timeout");
        if (declared == null) {
            return null;
        }
        long ms = duration("/timeout", declared, 1);
        if (ms > Workflow.MAX_TIMEOUT_MS) {
            problem("/timeout", "must be at most " + Workflow.MAX_TIMEOUT_MS / 86_400_000 + "d");
        }
        return ms;
    }

    private Breakpoints breakpoints() {
        return document.get("breakpoints") instanceof Json.Obj declared
                ? new Breakpoints(
                        new LinkedHashSet<>(texts(declared.get("before"))),
                        new LinkedHashSet<>(texts(declared.get("after"))))
                : Breakpoints.NONE;
    }

    // --- Channels ----------------------------------------------------------------------------------------------------

    private void channel(String name, Json declared) {
        String path = at("/channels", name);
        Json form = declared instanceof Json.Obj fields ? fields.get("reducer") : declared;
        if (!(form instanceof Json.Text text)) {
            return;
        }
        Reducer reducer;
        try {
            reducer = Reducer.parse(text.value());
        } catch (IllegalArgumentException e) {
            return; // The schema has said so.
        }
        java.util.function.BinaryOperator<Json> custom = null;
        if (reducer instanceof Reducer.Custom own) {
            custom = surroundings.reducer(own.name());
            if (custom == null) {
                problem(path, "there is no reducer bean \"" + own.name() + "\" on this server");
                return;
            }
        }
        Json.Obj fields = declared instanceof Json.Obj object ? object : Json.EMPTY_OBJECT;
        Json initial = fields.get("default");
        Channel.Type type =
                fields.get("type") instanceof Json.Text declaredType ? type(declaredType.value()) : Channel.Type.ANY;
        boolean fits = ChannelTypes.of(reducer).contains(type);
        if (!fits) {
            problem(
                    path + "/type",
                    "does not go with " + reducer.form() + ", which makes "
                            + ChannelTypes.words(ChannelTypes.of(reducer)));
        }
        Channel channel = new Channel(
                reducer, initial, type, fields.get("many_writes") instanceof Json.Bool many && many.value(), custom);
        channels.put(name, channel);
        if (initial != null && custom == null) {
            try {
                int[] ids = {0};
                Json value = reducer.reduce(Json.NULL, reducer.prepared(initial, () -> "id-" + ids[0]++));
                if (fits && !ChannelTypes.isOf(type, value)) {
                    problem(path + "/default", "is no " + ChannelTypes.word(type) + ", which the channel's type says");
                }
            } catch (StepFailure e) {
                problem(path + "/default", "its own reducer refuses it: " + e.getMessage());
            }
        }
    }

    private static Channel.Type type(String name) {
        for (Channel.Type type : Channel.Type.values()) {
            if (type.name().toLowerCase(Locale.ROOT).equals(name)) {
                return type;
            }
        }
        return Channel.Type.ANY;
    }

    private Workflow.@Nullable InputMapping inputMapping() {
        Json declared = document.get("input");
        if (!(declared instanceof Json.Obj)) {
            return null;
        }
        Map<String, StepExpressions.Compiled> writes = writes("/input", declared, false);
        return data -> values(writes, new Step.View(dev.threadwright.workflow.Channels.EMPTY, data, List.of()), null);
    }

    // --- Steps -------------------------------------------------------------------------------------------------------

    private Step step(String name, Json.Obj fields) {
        String path = at("/steps", name);
        String onError = fields.get("on_error") instanceof Json.Text text ? text.value() : null;
        return new Step(
                name,
                kind(path, fields),
                routes(path + "/next", fields.get("next")),
                onError,
                new LinkedHashSet<>(texts(fields.get("joins"))),
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
            problem(
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
                problem(path + "/" + field, "does not go with " + kind);
            }
        }
        return switch (kind) {
            case "set" -> set(path, fields);
            case "call" -> call(path, fields);
            case "http" -> http(path, fields);
            case "work" -> work(path, fields);
            case "sleep" -> sleep(path, fields);
            case "interrupt" -> interrupt(path, fields);
            case "wait" -> await(path, fields);
            case "model" -> model(path, fields);
            case "tool" -> tool(path, fields);
            default -> subgraph(path, fields);
        };
    }

    private static Step.Kind nothing() {
        return new Step.Pure(view -> Step.Outcome.of(List.of()));
    }

    private Step.Kind set(String path, Json.Obj fields) {
        Map<String, StepExpressions.Compiled> writes = writes(path + "/set", fields.get("set"), false);
        StepExpressions.Compiled goTo = expression(path + "/goto", fields.get("goto"), false);
        return new Step.Pure(view -> new Step.Outcome(values(writes, view, null), goTo(goTo, view, null)));
    }

    private Step.Kind call(String path, Json.Obj fields) {
        String handler = fields.get("call") instanceof Json.Text text ? text.value() : "";
        if (handler.equals(RequestRules.HANDLER)) {
            // Its input may name secrets, and an expression could take those from anybody's data.
            problem(path + "/call", "is what http steps call; write http: and what is to be sent");
        } else if (!handler.isEmpty()) {
            requireHandler(path + "/call", handler);
        }
        StepExpressions.Compiled input = expression(path + "/input", fields.get("input"), false);
        return new Step.Action(
                handler,
                input == null ? Step.View::trigger : input::value,
                fields.get("config") instanceof Json.Obj config ? config : Json.EMPTY_OBJECT,
                result(path, fields, result -> result),
                duration(path + "/timeout", fields.get("timeout"), WorkflowBuilder.DEFAULT_TIMEOUT_MS),
                retries(path + "/retry", fields.get("retry")),
                isIdempotent(fields));
    }

    private Step.Kind http(String path, Json.Obj fields) {
        boolean isCalledBack = fields.get("callback") instanceof Json.Obj;
        if (isCalledBack && !surroundings.callbacks()) {
            problem(
                    path + "/callback",
                    "needs a server that others can call back: its owner sets threadwright.callbacks.public-url");
        }
        Step.Request request = new HttpRequestForm(
                        path,
                        this::problem,
                        (at, text) -> isCalledBack
                                ? compiled(at, text, source -> expressions.compileWithCallback(at, source))
                                : expression(at, text, false))
                .compile(fields);
        return new Step.Action(
                RequestRules.HANDLER,
                request,
                Json.EMPTY_OBJECT,
                result(path, fields, result -> result),
                duration(
                        path + "/timeout",
                        fields.get("timeout"),
                        isCalledBack
                                ? HttpRequestForm.DEFAULT_CALLBACK_TIMEOUT_MS
                                : HttpRequestForm.DEFAULT_TIMEOUT_MS),
                retries(path + "/retry", fields.get("retry")),
                isIdempotent(fields));
    }

    private static boolean isIdempotent(Json.Obj fields) {
        return !(fields.get("idempotent") instanceof Json.Bool idempotent) || idempotent.value();
    }

    /** There may be workers for any name, or none yet. */
    private Step.Kind work(String path, Json.Obj fields) {
        StepExpressions.Compiled input = expression(path + "/input", fields.get("input"), false);
        return new Step.Action(
                fields.get("work") instanceof Json.Text text ? text.value() : "",
                input == null ? Step.View::trigger : input::value,
                Json.EMPTY_OBJECT,
                result(path, fields, result -> result),
                duration(path + "/timeout", fields.get("timeout"), WorkflowBuilder.DEFAULT_TIMEOUT_MS),
                retries(path + "/retry", fields.get("retry")),
                true,
                true);
    }

    private void requireHandler(String path, String handler) {
        if (!surroundings.handlers().contains(handler)) {
            problem(
                    path,
                    "there is no handler \"" + handler + "\" on this server; there are "
                            + surroundings.handlers().stream().sorted().toList());
        }
    }

    // --- Models and their tools --------------------------------------------------------------------------------------

    private Step.Kind model(String path, Json.Obj fields) {
        Json name = fields.get("model") instanceof Json.Text text ? text : Json.NULL;
        StepExpressions.Compiled system = expression(path + "/system", fields.get("system"), false);
        StepExpressions.Compiled messages = expression(path + "/messages", fields.get("messages"), false);
        boolean isRead = fields.get("messages") == null;
        String channel = isRead || fields.get("result") == null ? conversation(path) : null;
        Map<String, Json> config = new LinkedHashMap<>();
        if (isRead && channel != null) {
            config.put("channel", Json.of(channel));
        }
        List<Json> offered = offered(path + "/tools", fields.get("tools"));
        if (!offered.isEmpty()) {
            config.put("tools", Json.array(offered));
        }
        if (fields.get("schema") instanceof Json.Obj schema) {
            requireSchema(path + "/schema", schema);
            config.put("schema", schema);
        }
        for (String option : List.of("temperature", "max_tokens")) {
            if (fields.get(option) instanceof Json.Num number) {
                config.put(option, number);
            }
        }
        return new Step.Action(
                Step.Action.CHAT,
                view -> {
                    Map<String, Json> input = new LinkedHashMap<>();
                    input.put("model", name);
                    if (system != null) {
                        input.put("system", system.value(view));
                    }
                    if (messages != null) {
                        input.put("messages", messages.value(view));
                    }
                    return Json.object(input);
                },
                Json.object(config),
                said(path, fields, channel, (view, answer) -> object(answer).getOrDefault("message", Json.NULL)),
                duration(path + "/timeout", fields.get("timeout"), WorkflowBuilder.DEFAULT_TIMEOUT_MS),
                retries(path + "/retry", fields.get("retry")),
                true);
    }

    /** The tools that a model is told of, as the protocol has them. */
    private List<Json> offered(String path, @Nullable Json named) {
        List<Json> offered = new ArrayList<>();
        List<String> names = texts(named);
        for (int i = 0; i < names.size(); i++) {
            Json.Obj declared = declaredTool(path + "/" + i, names.get(i));
            if (declared != null) {
                Map<String, Json> function = new LinkedHashMap<>();
                function.put("name", Json.of(names.get(i)));
                function.put("description", declared.fields().getOrDefault("description", Json.of("")));
                function.put("parameters", parameters(declared));
                offered.add(Json.object(function));
            }
        }
        return offered;
    }

    private Json.@Nullable Obj declaredTool(String path, String name) {
        if (object(document.get("tools")).get(name) instanceof Json.Obj declared) {
            return declared;
        }
        problem(path, "there is no tool \"" + name + "\"; declare it under tools");
        return null;
    }

    private static Json.Obj parameters(Json.Obj tool) {
        return tool.get("parameters") instanceof Json.Obj declared
                ? declared
                : Json.object(Map.of("type", Json.of("object"), "properties", Json.EMPTY_OBJECT));
    }

    private void requireSchema(String path, Json.Obj schema) {
        String unsound = SCHEMAS.problem(schema);
        if (unsound != null) {
            problem(path, "is no JSON Schema: " + unsound);
        }
    }

    private Step.Kind tool(String path, Json.Obj fields) {
        StepExpressions.Compiled asked = expression(path + "/tool", fields.get("tool"), false);
        String channel = conversation(path);
        Step.Result result = said(path, fields, channel, (view, given) -> toolMessage(asked, view, given, false));
        Map<String, Step.Action> allowed = new LinkedHashMap<>();
        List<String> names = texts(fields.get("allow"));
        for (int i = 0; i < names.size(); i++) {
            Json.Obj declared = declaredTool(path + "/allow/" + i, names.get(i));
            if (declared != null && asked != null) {
                allowed.put(names.get(i), toolAction(names.get(i), declared, asked, result));
            }
        }
        return asked == null || channel == null
                ? nothing()
                : new Step.Tool(
                        asked::value,
                        allowed,
                        (view, error) ->
                                Step.Outcome.of(List.of(new Write(channel, toolMessage(asked, view, error, true)))));
    }

    private Step.Action toolAction(String name, Json.Obj declared, StepExpressions.Compiled asked, Step.Result result) {
        String path = at("/tools", name);
        String handler = declared.get("call") instanceof Json.Text text ? text.value() : name;
        requireHandler(path + "/call", handler);
        Json.Obj parameters = parameters(declared);
        return new Step.Action(
                handler,
                view -> {
                    Json arguments = object(asked.value(view)).getOrDefault("args", Json.EMPTY_OBJECT);
                    String unfit = SCHEMAS.problem(parameters, arguments);
                    if (unfit != null) {
                        throw new StepFailure("The arguments do not fit the parameters of \"" + name + "\": " + unfit);
                    }
                    return arguments;
                },
                Json.EMPTY_OBJECT,
                result,
                duration(path + "/timeout", declared.get("timeout"), WorkflowBuilder.DEFAULT_TIMEOUT_MS),
                retries(path + "/retry", declared.get("retry")),
                !(declared.get("idempotent") instanceof Json.Bool idempotent) || idempotent.value());
    }

    /** What a model is told of its call. */
    private static Json toolMessage(
            StepExpressions.@Nullable Compiled asked, Step.View view, Json given, boolean failed) {
        Map<String, Json> call = asked == null ? Map.of() : object(asked.value(view));
        String text = given instanceof Json.Text words ? words.value() : JsonText.write(given);
        Map<String, Json> message = new LinkedHashMap<>();
        message.put("type", Json.of("tool"));
        message.put("tool_call_id", call.getOrDefault("id", Json.of("")));
        message.put("name", call.getOrDefault("name", Json.of("")));
        message.put("content", Json.of(failed ? "Error: " + text : text));
        message.put("status", Json.of(failed ? "error" : "success"));
        return Json.object(message);
    }

    /** What becomes of a result that is a message, unless {@code result} says otherwise: it joins the conversation. */
    private Step.Result said(
            String path, Json.Obj fields, @Nullable String channel, BiFunction<Step.View, Json, Json> message) {
        if (fields.get("result") != null || channel == null) {
            return result(path, fields, result -> result);
        }
        StepExpressions.Compiled goTo = expression(path + "/goto", fields.get("goto"), true);
        return (view, result) ->
                new Step.Outcome(List.of(new Write(channel, message.apply(view, result))), goTo(goTo, view, result));
    }

    /** The channel of messages: the one that is called so, or the only one; null if that cannot be told. */
    private @Nullable String conversation(String path) {
        List<String> all = channels.entrySet().stream()
                .filter(channel -> channel.getValue().reducer() == Reducer.MESSAGES)
                .map(Map.Entry::getKey)
                .toList();
        if (all.contains("messages")) {
            return "messages";
        }
        if (all.size() != 1) {
            problem(
                    path,
                    "needs a channel \"messages\" with the reducer messages, or another one that is the only such");
            return null;
        }
        return all.getFirst();
    }

    /**
     * What becomes of a result, by {@code result} and {@code goto}.
     *
     * @param byKey what in it has keys that may name channels, for want of a {@code result}
     */
    private Step.Result result(String path, Json.Obj fields, Function<Json, @Nullable Json> byKey) {
        StepExpressions.Compiled goTo = expression(path + "/goto", fields.get("goto"), true);
        Map<String, StepExpressions.Compiled> mapping =
                fields.get("result") == null ? null : writes(path + "/result", fields.get("result"), true);
        return (view, result) -> new Step.Outcome(
                mapping == null ? byKey(byKey.apply(result)) : values(mapping, view, result), goTo(goTo, view, result));
    }

    private Step.Kind interrupt(String path, Json.Obj fields) {
        String kind = fields.get("interrupt") instanceof Json.Text text ? text.value() : "";
        StepExpressions.Compiled payload = expression(path + "/payload", fields.get("payload"), false);
        Json.Obj schema = fields.get("schema") instanceof Json.Obj declared ? declared : null;
        Long expiresMs = expires(path, fields);
        Json onExpiry = fields.get("on_expiry");
        String unsound = schema == null ? null : SCHEMAS.problem(schema);
        if (unsound != null) {
            problem(path + "/schema", "is no JSON Schema: " + unsound);
        }
        if (onExpiry != null && fields.get("expires") == null) {
            problem(path + "/on_expiry", "is for an interrupt that expires");
        }
        if (onExpiry != null && schema != null && unsound == null) {
            String unfit = SCHEMAS.problem(schema, onExpiry);
            if (unfit != null) {
                problem(path + "/on_expiry", "does not fit the schema of an answer: " + unfit);
            }
        }
        return new Step.Interrupt(
                view -> new Prompt(
                        kind, payload == null ? Json.NULL : payload.value(view), schema, expiresMs, onExpiry),
                result(path, fields, result -> result));
    }

    private @Nullable Long expires(String path, Json.Obj fields) {
        if (fields.get("expires") == null) {
            return null;
        }
        long ms = duration(path + "/expires", fields.get("expires"), 1);
        if (ms > Prompt.MAX_EXPIRY_MS) {
            problem(path + "/expires", "must be at most " + Prompt.MAX_EXPIRY_MS / 86_400_000 + "d");
        }
        return ms;
    }

    private Step.Kind await(String path, Json.Obj fields) {
        long ms = duration(path + "/timeout", fields.get("timeout"), 1);
        List<Step.Case> cases = new ArrayList<>();
        if (fields.get("wait") instanceof Json.Text type) {
            cases.add(awaited(path, fields, type));
        } else if (fields.get("wait") instanceof Json.Arr several) {
            for (String field : List.of("when", "result", "goto")) {
                if (fields.get(field) != null) {
                    problem(path + "/" + field, "belongs to one of the events in wait");
                }
            }
            for (int i = 0; i < several.items().size(); i++) {
                if (several.items().get(i) instanceof Json.Obj one && one.get("event") instanceof Json.Text type) {
                    cases.add(awaited(path + "/wait/" + i, one, type));
                }
            }
        }
        return cases.isEmpty() ? nothing() : new Step.Wait(cases, fields.get("timeout") == null ? null : view -> ms);
    }

    private Step.Case awaited(String path, Json.Obj fields, Json.Text type) {
        StepExpressions.Compiled when = compiled(
                path + "/when", fields.get("when"), text -> expressions.compileEventCondition(path + "/when", text));
        return new Step.Case(
                type.value(),
                when == null ? null : when::holds,
                result(path, fields, event -> object(event).get("data")));
    }

    private Step.Kind sleep(String path, Json.Obj fields) {
        if (fields.get("sleep") instanceof Json.Obj computed) {
            StepExpressions.Compiled ms = expression(path + "/sleep/ms", computed.get("ms"), false);
            return ms == null ? nothing() : new Step.Sleep(view -> ms(path + "/sleep/ms", ms.value(view)));
        }
        long ms = duration(path + "/sleep", fields.get("sleep"), 1);
        return new Step.Sleep(view -> ms);
    }

    private static long ms(String path, Json value) {
        if (value instanceof Json.Num number
                && number.value().compareTo(java.math.BigDecimal.valueOf(Durations.MAX_MS)) <= 0) {
            return number.value().longValue();
        }
        throw new StepFailure(path + ": gave no number of milliseconds up to " + Durations.MAX_MS);
    }

    private Step.Kind subgraph(String path, Json.Obj fields) {
        StepExpressions.Compiled input = expression(path + "/input", fields.get("input"), false);
        Map<String, StepExpressions.Compiled> output =
                fields.get("output") == null ? null : writes(path + "/output", fields.get("output"), true);
        WorkflowRef ref = subgraphRef(path + "/workflow", fields.get("workflow"));
        return ref == null
                ? nothing()
                : new Step.Subgraph(
                        ref,
                        input == null ? null : input::value,
                        output == null ? null : (view, result) -> Step.Outcome.of(values(output, view, result)));
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
                problem(path, "is no workflow's name or name@version");
                return null;
            }
        }
        try {
            Workflow found = pinned == null ? surroundings.latest(text.value()) : surroundings.find(pinned);
            if (found == null) {
                problem(path, "there is no workflow " + text.value() + "; register it first");
                return null;
            }
            int depth = surroundings.depth(found) + 1;
            if (depth > Surroundings.MAX_DEPTH) {
                problem(path, "workflows run each other " + depth + " deep with it, at most " + Surroundings.MAX_DEPTH);
            }
            return found.ref();
        } catch (UnusableWorkflowException e) {
            problem(path, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private Step.Retries retries(String path, @Nullable Json declared) {
        if (!(declared instanceof Json.Obj fields)) {
            return Step.Retries.DEFAULT;
        }
        Step.Retries standard = Step.Retries.DEFAULT;
        int max = fields.get("max") instanceof Json.Num number ? number.value().intValue() : standard.max();
        long baseMs = duration(path + "/base", fields.get("base"), standard.baseMs());
        long capMs = duration(path + "/cap", fields.get("cap"), Math.max(standard.capMs(), baseMs));
        try {
            return new Step.Retries(max, baseMs, capMs);
        } catch (IllegalArgumentException e) {
            problem(path, String.valueOf(e.getMessage()));
            return standard;
        }
    }

    private long duration(String path, @Nullable Json declared, long otherwiseMs) {
        if (declared instanceof Json.Text text) {
            try {
                return Durations.ms(text.value());
            } catch (IllegalArgumentException e) {
                problem(path, String.valueOf(e.getMessage()));
            }
        }
        return otherwiseMs;
    }

    // --- Routes ------------------------------------------------------------------------------------------------------

    private List<Route> routes(String path, @Nullable Json declared) {
        return switch (declared) {
            case null -> List.of();
            case Json.Text text -> List.of(new Route.To(target(text)));
            case Json.Obj route -> route(path, route);
            case Json.Arr several -> {
                List<Route> routes = new ArrayList<>();
                for (int i = 0; i < several.items().size(); i++) {
                    routes.addAll(routes(path + "/" + i, several.items().get(i)));
                }
                yield routes;
            }
            default -> List.of();
        };
    }

    private List<Route> route(String path, Json.Obj route) {
        boolean choose = route.get("choose") != null;
        boolean each = route.get("each") != null;
        if (choose == each) {
            problem(path, "needs either choose or each");
            return List.of();
        }
        return choose ? choose(path, route) : each(path, route);
    }

    private List<Route> choose(String path, Json.Obj route) {
        if (route.get("to") != null || route.get("otherwise") != null) {
            problem(path, "has choose, whose cases say where they lead");
        }
        List<Route.Case> cases = new ArrayList<>();
        List<Json> declared = route.get("choose") instanceof Json.Arr list ? list.items() : List.of();
        for (int i = 0; i < declared.size(); i++) {
            if (!(declared.get(i) instanceof Json.Obj one)) {
                return List.of();
            }
            String at = path + "/choose/" + i;
            boolean last = i == declared.size() - 1;
            if (last == (one.get("when") != null)) {
                problem(at, last ? "is the last case and has no when" : "needs a when; only the last case has none");
                return List.of();
            }
            StepExpressions.Compiled when = condition(at + "/when", one.get("when"));
            cases.add(new Route.Case(when == null ? null : when::holds, target(one.get("to"))));
            if (!last && when == null) {
                return List.of();
            }
        }
        return cases.isEmpty() ? List.of() : List.of(new Route.Choose(cases));
    }

    private List<Route> each(String path, Json.Obj route) {
        if (!(route.get("to") instanceof Json.Text to)) {
            problem(path, "needs a to: the step that runs for each item");
            return List.of();
        }
        StepExpressions.Compiled items = expression(path + "/each", route.get("each"), false);
        return items == null
                ? List.of()
                : List.of(new Route.Each(items::value, to.value(), target(route.get("otherwise"))));
    }

    private static List<String> target(@Nullable Json declared) {
        List<String> steps = declared instanceof Json.Text text ? List.of(text.value()) : texts(declared);
        return steps.stream().filter(step -> !step.equals(END)).toList();
    }

    /** A step that nothing leads to is a mistake. That of compaction needs nothing that leads to it, and leads nowhere. */
    private void unreachable(Map<String, Step> steps, List<Route> start, @Nullable String compaction) {
        Set<String> reached = new LinkedHashSet<>();
        List<String> todo = new ArrayList<>(targets(start));
        while (!todo.isEmpty()) {
            String name = todo.removeLast();
            Step step = steps.get(name);
            if (step != null && reached.add(name)) {
                todo.addAll(targets(step.routes()));
                if (step.onError() != null) {
                    todo.add(step.onError());
                }
            }
        }
        steps.keySet().stream()
                .filter(name -> !reached.contains(name) && !name.equals(compaction))
                .forEach(name -> problem(at("/steps", name), "nothing leads here"));
    }

    private static List<String> targets(List<Route> routes) {
        List<String> targets = new ArrayList<>();
        for (Route route : routes) {
            switch (route) {
                case Route.To to -> targets.addAll(to.steps());
                case Route.Choose choose -> choose.cases().forEach(one -> targets.addAll(one.steps()));
                case Route.Each each -> {
                    targets.add(each.step());
                    targets.addAll(each.otherwise());
                }
            }
        }
        return targets;
    }

    // --- Expressions -------------------------------------------------------------------------------------------------

    private Map<String, StepExpressions.Compiled> writes(String path, @Nullable Json declared, boolean withResult) {
        Map<String, StepExpressions.Compiled> writes = new LinkedHashMap<>();
        object(declared).forEach((channel, text) -> {
            String at = at(path, channel);
            if (!channels.containsKey(channel)) {
                problem(at, "there is no channel \"" + channel + "\"; declare it under channels");
            }
            StepExpressions.Compiled compiled = expression(at, text, withResult);
            if (compiled != null) {
                writes.put(channel, compiled);
            }
        });
        return writes;
    }

    private StepExpressions.@Nullable Compiled expression(String path, @Nullable Json text, boolean withResult) {
        return compiled(
                path,
                text,
                source -> withResult ? expressions.compileWithResult(path, source) : expressions.compile(path, source));
    }

    private StepExpressions.@Nullable Compiled condition(String path, @Nullable Json text) {
        return compiled(path, text, source -> expressions.compileCondition(path, source));
    }

    private StepExpressions.@Nullable Compiled compiled(
            String path, @Nullable Json text, Function<String, StepExpressions.Compiled> compile) {
        if (!(text instanceof Json.Text source)) {
            return null;
        }
        try {
            return compile.apply(source.value());
        } catch (IllegalArgumentException e) {
            problem(path, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static List<Write> values(
            Map<String, StepExpressions.Compiled> writes, Step.View view, @Nullable Json result) {
        List<Write> values = new ArrayList<>(writes.size());
        writes.forEach((channel, value) -> values.add(new Write(channel, value.value(view, result))));
        return values;
    }

    private List<Write> byKey(@Nullable Json result) {
        return object(result).entrySet().stream()
                .filter(field -> channels.containsKey(field.getKey()))
                .map(field -> new Write(field.getKey(), field.getValue()))
                .toList();
    }

    private static @Nullable List<String> goTo(
            StepExpressions.@Nullable Compiled goTo, Step.View view, @Nullable Json result) {
        Json chosen = goTo == null ? Json.NULL : goTo.value(view, result);
        return switch (chosen) {
            case Json.Null ignored -> null;
            case Json.Text text -> target(text);
            case Json.Arr list when list.items().stream().allMatch(Json.Text.class::isInstance) -> target(list);
            default -> throw new StepFailure("goto gave neither a step, nor a list of steps, nor null");
        };
    }

    private void problem(String pointer, String message) {
        problems.add(new DocumentProblem(pointer, message));
    }

    /** A JSON pointer to what a pointer's place has under a name. */
    static String at(String pointer, String name) {
        return pointer + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    /** Of a graph's path, {@code steps.<name>.joins}; a name may be wrong and have dots of its own. */
    private static String pointer(String path) {
        int first = path.indexOf('.');
        int last = path.lastIndexOf('.');
        return first == last
                ? "/" + path.replace('.', '/')
                : at(at("/" + path.substring(0, first), path.substring(first + 1, last)), path.substring(last + 1));
    }

    private static Map<String, Json> object(@Nullable Json json) {
        return json instanceof Json.Obj object ? object.fields() : Map.of();
    }

    private static List<String> texts(@Nullable Json json) {
        return json instanceof Json.Arr list
                ? list.items().stream()
                        .filter(Json.Text.class::isInstance)
                        .map(item -> ((Json.Text) item).value())
                        .toList()
                : List.of();
    }
}
