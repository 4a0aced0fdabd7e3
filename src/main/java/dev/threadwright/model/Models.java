package dev.threadwright.model;

import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The models that this server may ask, by the names that workflows have for them. */
public final class Models implements AutoCloseable {

    /** The one that a step means that names none. */
    public static final String DEFAULT = "default";

    private final Map<String, Model> byName = new TreeMap<>();

    /** A model as it is asked. */
    record Model(Endpoint endpoint, OpenAiStreamingChatModel client, ModelTransport transport) {}

    public Models(Map<String, Endpoint> endpoints) {
        endpoints.forEach((name, endpoint) -> byName.put(name, model(endpoint)));
    }

    private static Model model(Endpoint endpoint) {
        ModelTransport transport = new ModelTransport(endpoint);
        OpenAiStreamingChatModel client = OpenAiStreamingChatModel.builder()
                .httpClientBuilder(new ModelTransport.Builder(transport))
                .baseUrl(endpoint.baseUrl().toString())
                .apiKey(endpoint.apiKey())
                .modelName(endpoint.model())
                .build();
        return new Model(endpoint, client, transport);
    }

    /** Null if there is none. */
    @Nullable Model find(String name) {
        return byName.get(name);
    }

    @Override
    public void close() {
        byName.values().forEach(model -> model.transport().close());
    }
}
