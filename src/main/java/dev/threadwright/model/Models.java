package dev.threadwright.model;

import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** The models that this server may ask, by the names that workflows have for them. */
public final class Models implements AutoCloseable {

    /** The one that a step means that names none. */
    public static final String DEFAULT = "default";

    private final Map<String, Model> byName = new TreeMap<>();
    private final BiPredicate<String, String> mayAsk;

    /** A model as it is asked. */
    record Model(Endpoint endpoint, OpenAiStreamingChatModel client, ModelTransport transport) {}

    /** @param mayAsk whether a tenant may ask the model of a name */
    public Models(Map<String, Endpoint> endpoints, BiPredicate<String, String> mayAsk) {
        this.mayAsk = mayAsk;
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

    /** Null if there is none for the tenant. */
    @Nullable Model find(String tenant, String name) {
        return mayAsk.test(tenant, name) ? byName.get(name) : null;
    }

    @Override
    public void close() {
        byName.values().forEach(model -> model.transport().close());
    }
}
