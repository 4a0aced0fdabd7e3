package dev.threadwright.testing;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** The AsyncAPI document that the server publishes, to hold records against. */
public final class AsyncApi {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();
    private static final AsyncApi DOCUMENT = new AsyncApi();

    private final JsonNode root;
    private final Map<String, Schema> schemas = new LinkedHashMap<>();
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemaRegistryConfig(SchemaRegistryConfig.builder()
                            .formatAssertionsEnabled(true)
                            .locale(Locale.ROOT)
                            .build())
                    .schemaLoader(loader -> loader.fetchRemoteResources(false)));

    private AsyncApi() {
        try (InputStream resource = AsyncApi.class.getResourceAsStream("/asyncapi.yaml")) {
            root = new YAMLMapper().readTree(resource);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static AsyncApi document() {
        return DOCUMENT;
    }

    public JsonNode root() {
        return root;
    }

    /** The names of the messages of a channel, which is named as the topic is without its prefix. */
    public Set<String> messages(String channel) {
        Set<String> names = new TreeSet<>();
        root.at("/channels/" + channel + "/messages").fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** What is wrong with a payload; null for no value. */
    public List<String> payloadProblems(String channel, String message, String json) {
        return problems(message(channel, message) + "/payload", parse(json));
    }

    public List<String> headerProblems(String channel, String message, Iterable<Header> headers) {
        ObjectNode node = JSON.createObjectNode();
        headers.forEach(header -> node.put(header.key(), text(header.value())));
        return problems(message(channel, message) + "/headers", node);
    }

    /** What is wrong with a JSON value by one of the document's schemas. */
    public List<String> schemaProblems(String schema, String json) {
        return problems("#/components/schemas/" + schema, parse(json));
    }

    /** What is wrong with a record, by the message that its type names; that it has no value is for others to judge. */
    public List<String> recordProblems(String channel, Iterable<Header> headers, byte @Nullable [] value) {
        String message = messageOf(headers);
        if (!messages(channel).contains(message)) {
            return List.of("There is no message " + message + " on " + channel);
        }
        List<String> problems = new ArrayList<>(headerProblems(channel, message, headers));
        if (value != null) {
            problems.addAll(payloadProblems(channel, message, new String(value, StandardCharsets.UTF_8)));
        }
        return problems;
    }

    /** The words of an enumeration, where it stands. */
    public Set<String> words(String pointer) {
        JsonNode words = root.at("/components/schemas" + pointer);
        Set<String> all = new TreeSet<>();
        words.forEach(word -> all.add(word.textValue()));
        return all;
    }

    public static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String messageOf(Iterable<Header> headers) {
        String message = "plain";
        for (Header header : headers) {
            if (header.key().equals("content-type") && text(header.value()).startsWith("application/cloudevents")) {
                return "structured";
            }
            if (header.key().equals("ce_type")) {
                String type = text(header.value());
                message = type.substring("dev.threadwright.".length(), type.length() - ".v1".length());
            }
        }
        return message;
    }

    private String message(String channel, String message) {
        String ref = root.at("/channels/" + channel + "/messages")
                .path(message)
                .path("$ref")
                .textValue();
        return Objects.requireNonNull(ref, () -> "No message " + message + " on " + channel);
    }

    private List<String> problems(String ref, JsonNode value) {
        return schema(ref).validate(value).stream()
                .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
                .toList();
    }

    private synchronized Schema schema(String ref) {
        return schemas.computeIfAbsent(ref, key -> {
            ObjectNode schema = JSON.createObjectNode();
            schema.put("$ref", key);
            schema.set("components", root.get("components"));
            return registry.getSchema(schema);
        });
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
