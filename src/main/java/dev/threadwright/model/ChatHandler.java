package dev.threadwright.model;

import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.threadwright.json.JsonText;
import dev.threadwright.step.BlockingStepHandler;
import dev.threadwright.step.StepContext;
import dev.threadwright.step.StepRefusedException;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Asks a chat model, and tells its words while they come.
 *
 * <p>Input: {@code model}, the name of one that the server has; {@code system}; {@code messages}, unless the config names
 * their {@code channel}: then a long conversation is not journaled anew with each question. Config: {@code channel}, {@code
 * tools}, {@code schema}, {@code temperature}, {@code max_tokens}. Result: {@code message}, {@code usage}, {@code
 * finish_reason}, {@code model}, and {@code parsed} with a schema.
 */
@ApplicationScoped
public class ChatHandler implements BlockingStepHandler {

    private final Models models;

    ChatHandler(Models models) {
        this.models = models;
    }

    @Override
    public String name() {
        return Step.Action.CHAT;
    }

    @Override
    public Json handle(StepContext context) {
        if (!(context.input() instanceof Json.Obj input)) {
            throw new StepRefusedException("chat needs an object");
        }
        String name = input.get("model") instanceof Json.Text text ? text.value() : Models.DEFAULT;
        String tenant = context.thread().tenant();
        Models.Model model = models.find(tenant, name);
        if (model == null) {
            throw new StepRefusedException(unknown(tenant, name));
        }
        String id = context.idempotencyKey() + "-" + context.attempt();
        Pieces pieces = new Pieces(id, context.progress());
        model.transport().within(context.trace(), () -> model.client().chat(request(context, input), pieces));
        Json.Obj schema = context.config().get("schema") instanceof Json.Obj declared ? declared : null;
        return Answer.of(id, pieces.whole(), schema);
    }

    private static String unknown(String tenant, String name) {
        return tenant.equals(ThreadKey.DEFAULT_TENANT)
                ? "There is no model \"" + name + "\" on this server: set "
                        + (name.equals(Models.DEFAULT) ? "OPENAI_BASE_URL and OPENAI_API_KEY, or " : "")
                        + "threadwright.models." + name + ".base-url"
                : "There is no model \"" + name + "\" for this tenant: threadwright.tenants." + tenant
                        + ".models lists those that it may ask";
    }

    private static ChatRequest request(StepContext context, Json.Obj input) {
        Json.Obj config = context.config();
        Json messages = config.get("channel") instanceof Json.Text channel
                ? context.state().get(channel.value())
                : input.get("messages");
        String system = input.get("system") instanceof Json.Text text ? text.value() : null;
        OpenAiChatRequestParameters.Builder parameters = OpenAiChatRequestParameters.builder();
        if (config.get("temperature") instanceof Json.Num temperature) {
            parameters.temperature(temperature.value().doubleValue());
        }
        if (config.get("max_tokens") instanceof Json.Num most) {
            parameters.maxOutputTokens(most.value().intValueExact());
        }
        parameters.customParameters(custom(config));
        return ChatRequest.builder()
                .messages(Conversation.of(system, messages == null ? Json.NULL : messages))
                .parameters(parameters.build())
                .build();
    }

    /** JSON Schemas as they were written: the library's own form of them has fewer words. */
    private static Map<String, Object> custom(Json.Obj config) {
        Map<String, Object> custom = new LinkedHashMap<>();
        if (config.get("tools") instanceof Json.Arr tools && !tools.items().isEmpty()) {
            custom.put(
                    "tools",
                    tools.items().stream()
                            .map(tool -> Map.of("type", "function", "function", plain(tool)))
                            .toList());
        }
        if (config.get("schema") instanceof Json.Obj schema) {
            custom.put(
                    "response_format",
                    Map.of("type", "json_schema", "json_schema", Map.of("name", "answer", "schema", plain(schema))));
        }
        return custom;
    }

    private static Object plain(Json value) {
        return switch (value) {
            case Json.Obj object -> {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>();
                object.fields()
                        .forEach((name, field) -> fields.put(name, field instanceof Json.Null ? null : plain(field)));
                yield fields;
            }
            case Json.Arr list -> {
                List<@Nullable Object> items = new ArrayList<>();
                list.items().forEach(item -> items.add(item instanceof Json.Null ? null : plain(item)));
                yield items;
            }
            case Json.Text text -> text.value();
            case Json.Num number -> number.value();
            case Json.Bool bool -> bool.value();
            case Json.Null ignored ->
                throw new StepRefusedException("chat needs an object, not " + JsonText.write(value));
        };
    }
}
