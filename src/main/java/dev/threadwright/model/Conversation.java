package dev.threadwright.model;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.threadwright.json.JsonText;
import dev.threadwright.step.StepRefusedException;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A channel's messages as a model is asked them. Threads are steered, interrupted and compacted, and models refuse a
 * conversation in which a call of a tool has no result right behind it: so each call gets its result there, or is said to
 * have none, and results without a call are left out. What says nothing is left out too.
 */
final class Conversation {

    private static final String NO_RESULT = "There is no result: the call was not carried out";

    private final List<Json> given;
    private final Map<String, Json.Obj> results = new LinkedHashMap<>();
    private final List<ChatMessage> messages = new ArrayList<>();

    private Conversation(List<Json> given) {
        this.given = given;
    }

    /**
     * @param system what comes before all; null for nothing
     * @throws StepRefusedException naming the message that is none
     */
    static List<ChatMessage> of(@Nullable String system, Json given) {
        if (!(given instanceof Json.Arr list)) {
            throw new StepRefusedException("What a model is asked is a list of messages");
        }
        Conversation conversation = new Conversation(list.items());
        if (system != null && !system.isBlank()) {
            conversation.messages.add(SystemMessage.from(system));
        }
        conversation.read();
        if (conversation.messages.stream().allMatch(SystemMessage.class::isInstance)) {
            throw new StepRefusedException("There is no message to ask a model");
        }
        return conversation.messages;
    }

    private void read() {
        for (Json message : given) {
            if (message instanceof Json.Obj result
                    && kind(result).equals("tool")
                    && result.get("tool_call_id") instanceof Json.Text call) {
                results.put(call.value(), result);
            }
        }
        for (int i = 0; i < given.size(); i++) {
            add("messages[" + i + "]", given.get(i));
        }
    }

    private void add(String place, Json given) {
        if (!(given instanceof Json.Obj message)) {
            throw new StepRefusedException(place + " is no object");
        }
        switch (kind(message)) {
            case "human" -> {
                List<Content> contents = contents(place, message.get("content"));
                if (!contents.isEmpty()) {
                    messages.add(UserMessage.from(contents));
                }
            }
            case "ai" -> addAnswer(place, message);
            case "system" -> {
                String text = text(place, message.get("content"));
                if (!text.isBlank()) {
                    messages.add(SystemMessage.from(text));
                }
            }
            case "tool" -> {}
            default -> throw new StepRefusedException(place + " is of no kind that models know: " + kind(message));
        }
    }

    private void addAnswer(String place, Json.Obj message) {
        List<ToolExecutionRequest> calls = calls(place, message.get("tool_calls"));
        String text = text(place, message.get("content"));
        if (text.isBlank() && calls.isEmpty()) {
            return;
        }
        AiMessage.Builder answer = AiMessage.builder().toolExecutionRequests(calls);
        if (!text.isBlank()) {
            answer.text(text);
        }
        messages.add(answer.build());
        for (ToolExecutionRequest call : calls) {
            Json.Obj result = results.get(call.id());
            String content = result == null ? NO_RESULT : text(place, result.get("content"));
            messages.add(
                    ToolExecutionResultMessage.from(call.id(), call.name(), content.isBlank() ? "(nothing)" : content));
        }
    }

    private static List<ToolExecutionRequest> calls(String place, @Nullable Json given) {
        List<ToolExecutionRequest> calls = new ArrayList<>();
        if (given instanceof Json.Arr list) {
            for (Json call : list.items()) {
                calls.add(call(place, call));
            }
        }
        return calls;
    }

    /** {@code {"id", "name", "args"}}, or as the protocol has it: {@code {"id", "function": {"name", "arguments"}}}. */
    private static ToolExecutionRequest call(String place, Json given) {
        if (given instanceof Json.Obj call && call.get("id") instanceof Json.Text id) {
            Json.Obj function = call.get("function") instanceof Json.Obj inner ? inner : call;
            Json arguments = function == call ? call.get("args") : function.get("arguments");
            if (function.get("name") instanceof Json.Text name) {
                String text = arguments instanceof Json.Text written
                        ? written.value()
                        : JsonText.write(arguments == null ? Json.EMPTY_OBJECT : arguments);
                return ToolExecutionRequest.builder()
                        .id(id.value())
                        .name(name.value())
                        .arguments(text)
                        .build();
            }
        }
        throw new StepRefusedException(place + " has a tool call without an id or a name");
    }

    private static String kind(Json.Obj message) {
        Json named =
                message.get("type") instanceof Json.Text type && !type.value().equals("message")
                        ? type
                        : message.get("role");
        return switch (named instanceof Json.Text text ? text.value() : "human") {
            case "human", "user" -> "human";
            case "ai", "assistant" -> "ai";
            case "system", "developer" -> "system";
            case "tool", "function" -> "tool";
            case String other -> other;
        };
    }

    private static String text(String place, @Nullable Json content) {
        StringBuilder text = new StringBuilder();
        for (Content part : contents(place, content)) {
            if (!(part instanceof TextContent words)) {
                throw new StepRefusedException(place + " has more than text, which only people's messages may have");
            }
            text.append(text.isEmpty() ? "" : "\n").append(words.text());
        }
        return text.toString();
    }

    private static List<Content> contents(String place, @Nullable Json content) {
        List<Content> contents = new ArrayList<>();
        switch (content) {
            case null -> {}
            case Json.Null ignored -> {}
            case Json.Text text -> addText(contents, text);
            case Json.Arr blocks -> blocks.items().forEach(block -> addBlock(place, contents, block));
            default -> throw new StepRefusedException(place + " has a content that is neither a text nor a list");
        }
        return contents;
    }

    private static void addBlock(String place, List<Content> contents, Json block) {
        if (block instanceof Json.Text text) {
            addText(contents, text);
        } else if (block instanceof Json.Obj object && object.get("text") instanceof Json.Text text) {
            addText(contents, text);
        } else if (block instanceof Json.Obj object && object.get("image_url") instanceof Json image) {
            Json url = image instanceof Json.Obj inner ? inner.get("url") : image;
            if (!(url instanceof Json.Text address)) {
                throw new StepRefusedException(place + " has an image without a url");
            }
            try {
                contents.add(ImageContent.from(address.value()));
            } catch (IllegalArgumentException e) {
                throw new StepRefusedException(place + " has an image whose url is none");
            }
        } else {
            throw new StepRefusedException(place + " has a block that is neither text nor image_url");
        }
    }

    private static void addText(List<Content> contents, Json.Text text) {
        if (!text.value().isBlank()) {
            contents.add(TextContent.from(text.value()));
        }
    }
}
