package dev.threadwright.model;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.langchain4j.model.output.TokenUsage;
import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A model's whole answer as it is journaled: the message as clients know it, what it cost, and why it ended. */
final class Answer {

    /** In one message; each becomes an action. */
    static final int MAX_TOOL_CALLS = 64;

    private static final JsonSchemas SCHEMAS = new JsonSchemas();

    private Answer() {}

    /**
     * @param id of the message
     * @param schema that its content has to fit, unless it asks for tools first; null for any
     * @throws ModelUnavailableException if it cannot be used
     */
    static Json.Obj of(String id, ChatResponse response, Json.@Nullable Obj schema) {
        FinishReason reason = response.finishReason();
        if (reason == null) {
            throw new ModelUnavailableException("The model's stream ended before its answer did");
        }
        String content =
                response.aiMessage().text() == null ? "" : response.aiMessage().text();
        List<Json> calls = calls(id, response.aiMessage().toolExecutionRequests());
        Json.Obj usage = usage(response.tokenUsage());
        Map<String, Json> message = new LinkedHashMap<>();
        message.put("type", Json.of("ai"));
        message.put("id", Json.of(id));
        message.put("content", Json.of(content));
        message.put("tool_calls", Json.array(calls));
        if (!usage.fields().isEmpty()) {
            message.put("usage_metadata", usage);
        }
        Map<String, Json> answer = new LinkedHashMap<>();
        answer.put("message", Json.object(message));
        answer.put("usage", usage);
        answer.put("finish_reason", Json.of(words(reason)));
        answer.put("model", response.modelName() == null ? Json.NULL : Json.of(response.modelName()));
        if (schema != null && calls.isEmpty()) {
            answer.put("parsed", parsed(content, schema, reason));
        }
        return Json.object(answer);
    }

    private static List<Json> calls(String message, List<ToolExecutionRequest> requests) {
        if (requests.size() > MAX_TOOL_CALLS) {
            throw new ModelUnavailableException(
                    "The model asks for " + requests.size() + " tool calls at once, at most " + MAX_TOOL_CALLS);
        }
        List<Json> calls = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        for (ToolExecutionRequest request : requests) {
            String given = request.id() == null ? "" : request.id();
            // Some servers give none, or all the same; results are told apart by them.
            String id = given.isBlank() || ids.contains(given) ? message + "-call-" + calls.size() : given;
            ids.add(id);
            Map<String, Json> call = new LinkedHashMap<>();
            call.put("id", Json.of(id));
            call.put("name", Json.of(request.name() == null ? "" : request.name()));
            call.put("args", arguments(request));
            call.put("type", Json.of("tool_call"));
            calls.add(Json.object(call));
        }
        return calls;
    }

    private static Json arguments(ToolExecutionRequest request) {
        String text = request.arguments();
        if (text == null || text.isBlank()) {
            return Json.EMPTY_OBJECT;
        }
        try {
            if (JsonText.parse(text) instanceof Json.Obj object) {
                return object;
            }
        } catch (InvalidJsonException e) {
            throw new ModelUnavailableException(
                    "The model asks for \"" + request.name() + "\" with arguments that are broken: " + e.getMessage());
        }
        throw new ModelUnavailableException(
                "The model asks for \"" + request.name() + "\" with arguments that are no JSON object");
    }

    private static Json.Obj usage(@Nullable TokenUsage usage) {
        Map<String, Json> counts = new LinkedHashMap<>();
        if (usage != null) {
            put(counts, "input_tokens", usage.inputTokenCount());
            put(counts, "output_tokens", usage.outputTokenCount());
            put(counts, "total_tokens", usage.totalTokenCount());
        }
        return Json.object(counts);
    }

    private static void put(Map<String, Json> counts, String name, @Nullable Integer count) {
        if (count != null) {
            counts.put(name, Json.of(count));
        }
    }

    private static String words(FinishReason reason) {
        return reason == FinishReason.TOOL_EXECUTION
                ? "tool_calls"
                : reason.name().toLowerCase(Locale.ROOT);
    }

    private static Json parsed(String content, Json.Obj schema, FinishReason reason) {
        String cut = reason == FinishReason.LENGTH ? " (it was cut: there were no tokens left)" : "";
        Json parsed;
        try {
            parsed = JsonText.parse(content);
        } catch (InvalidJsonException e) {
            throw new ModelUnavailableException("The model's answer is no JSON" + cut + ": " + e.getMessage());
        }
        String problem = SCHEMAS.problem(schema, parsed);
        if (problem != null) {
            throw new ModelUnavailableException("The model's answer does not fit its schema" + cut + ": " + problem);
        }
        return parsed;
    }
}
