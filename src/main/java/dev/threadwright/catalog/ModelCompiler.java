package dev.threadwright.catalog;

import dev.threadwright.expression.StepExpressions;
import dev.threadwright.json.JsonText;
import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.workflow.Channel;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Steps that ask models, and those that run the tools which models ask for: {@code model} and {@code tool}. */
final class ModelCompiler {

    private final Map<String, Json> tools;
    private final Map<String, Channel> channels;
    private final ActionCompiler actions;
    private final ExpressionCompiler expressions;
    private final OutcomeCompiler outcomes;
    private final JsonSchemas schemas;
    private final Problems problems;

    /** @param tools that the document declares */
    ModelCompiler(
            @Nullable Json tools,
            Map<String, Channel> channels,
            ActionCompiler actions,
            ExpressionCompiler expressions,
            OutcomeCompiler outcomes,
            JsonSchemas schemas,
            Problems problems) {
        this.tools = Shapes.object(tools);
        this.channels = channels;
        this.actions = actions;
        this.expressions = expressions;
        this.outcomes = outcomes;
        this.schemas = schemas;
        this.problems = problems;
    }

    /** Of all tools, those too that no step names. */
    void checkTools() {
        tools.forEach((name, tool) -> {
            if (tool instanceof Json.Obj declared && declared.get("parameters") instanceof Json.Obj parameters) {
                requireSchema(Problems.at("/tools", name) + "/parameters", parameters);
            }
        });
    }

    Step.Kind model(String path, Json.Obj fields) {
        Json name = fields.get("model") instanceof Json.Text text ? text : Json.NULL;
        StepExpressions.Compiled system = expressions.expression(path + "/system", fields.get("system"));
        StepExpressions.Compiled messages = expressions.expression(path + "/messages", fields.get("messages"));
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
                outcomes.said(
                        path,
                        fields,
                        channel,
                        (view, answer) -> Shapes.object(answer).getOrDefault("message", Json.NULL)),
                actions.timeoutMs(path, fields),
                actions.retries(path, fields),
                true);
    }

    /** The tools that a model is told of, as the protocol has them. */
    private List<Json> offered(String path, @Nullable Json named) {
        List<Json> offered = new ArrayList<>();
        List<String> names = Shapes.texts(named);
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
        if (tools.get(name) instanceof Json.Obj declared) {
            return declared;
        }
        problems.add(path, "there is no tool \"" + name + "\"; declare it under tools");
        return null;
    }

    private static Json.Obj parameters(Json.Obj tool) {
        return tool.get("parameters") instanceof Json.Obj declared
                ? declared
                : Json.object(Map.of("type", Json.of("object"), "properties", Json.EMPTY_OBJECT));
    }

    private void requireSchema(String path, Json.Obj schema) {
        String unsound = schemas.problem(schema);
        if (unsound != null) {
            problems.add(path, "is no JSON Schema: " + unsound);
        }
    }

    /** Null if it has problems, of which this tells. */
    Step.@Nullable Kind tool(String path, Json.Obj fields) {
        StepExpressions.Compiled asked = expressions.expression(path + "/tool", fields.get("tool"));
        String channel = conversation(path);
        Step.Result result =
                outcomes.said(path, fields, channel, (view, given) -> toolMessage(asked, view, given, false));
        Map<String, Step.Action> allowed = new LinkedHashMap<>();
        List<String> names = Shapes.texts(fields.get("allow"));
        for (int i = 0; i < names.size(); i++) {
            Json.Obj declared = declaredTool(path + "/allow/" + i, names.get(i));
            if (declared != null && asked != null) {
                allowed.put(names.get(i), toolAction(names.get(i), declared, asked, result));
            }
        }
        return asked == null || channel == null
                ? null
                : new Step.Tool(
                        asked::value,
                        allowed,
                        (view, error) ->
                                Step.Outcome.of(List.of(new Write(channel, toolMessage(asked, view, error, true)))));
    }

    private Step.Action toolAction(String name, Json.Obj declared, StepExpressions.Compiled asked, Step.Result result) {
        String path = Problems.at("/tools", name);
        String handler = declared.get("call") instanceof Json.Text text ? text.value() : name;
        actions.requireHandler(path + "/call", handler);
        Json.Obj parameters = parameters(declared);
        return new Step.Action(
                handler,
                view -> {
                    Json arguments = Shapes.object(asked.value(view)).getOrDefault("args", Json.EMPTY_OBJECT);
                    String unfit = schemas.problem(parameters, arguments);
                    if (unfit != null) {
                        throw new StepFailure("The arguments do not fit the parameters of \"" + name + "\": " + unfit);
                    }
                    return arguments;
                },
                Json.EMPTY_OBJECT,
                result,
                actions.timeoutMs(path, declared),
                actions.retries(path, declared),
                ActionCompiler.isIdempotent(declared));
    }

    /** What a model is told of its call. */
    private static Json toolMessage(
            StepExpressions.@Nullable Compiled asked, Step.View view, Json given, boolean failed) {
        Map<String, Json> call = asked == null ? Map.of() : Shapes.object(asked.value(view));
        String text = given instanceof Json.Text words ? words.value() : JsonText.write(given);
        Map<String, Json> message = new LinkedHashMap<>();
        message.put("type", Json.of("tool"));
        message.put("tool_call_id", call.getOrDefault("id", Json.of("")));
        message.put("name", call.getOrDefault("name", Json.of("")));
        message.put("content", Json.of(failed ? "Error: " + text : text));
        message.put("status", Json.of(failed ? "error" : "success"));
        return Json.object(message);
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
            problems.add(
                    path,
                    "needs a channel \"messages\" with the reducer messages, or another one that is the only such");
            return null;
        }
        return all.getFirst();
    }
}
