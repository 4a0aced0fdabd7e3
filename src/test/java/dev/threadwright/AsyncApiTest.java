package dev.threadwright;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.threadwright.ops.ThreadwrightConfig;
import dev.threadwright.testing.AsyncApi;
import io.smallrye.config.WithDefault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The AsyncAPI document in itself. Whether it is true is tested where the records are made and read: in the journal, the
 * relay, the ingress, and over HTTP with real ones.
 */
class AsyncApiTest {

    /** Schemas of headers and attributes, which others may stand beside. */
    private static final String OPEN = "(?!Event).*(Headers|Attributes)|CloudEvent|Structured.*";

    private final AsyncApi document = AsyncApi.document();
    private final JsonNode root = document.root();

    @Test
    void it_is_of_the_version_that_it_says() {
        assertThat(root.path("asyncapi").textValue()).isEqualTo("3.0.0");
        assertThat(root.path("defaultContentType").textValue()).isEqualTo("application/json");
    }

    @Test
    void every_reference_leads_somewhere() {
        List<String> lost = new ArrayList<>();
        walk(root, "", (path, node) -> {
            JsonNode ref = node.get("$ref");
            if (ref != null && root.at(ref.textValue().substring(1)).isMissingNode()) {
                lost.add(path + ": " + ref);
            }
        });
        assertThat(lost).isEmpty();
    }

    @Test
    void every_schema_and_message_is_used_and_every_message_on_one_channel() {
        Map<String, Integer> uses = new TreeMap<>();
        root.at("/components/schemas").fieldNames().forEachRemaining(name -> uses.put("schemas/" + name, 0));
        root.at("/components/messages").fieldNames().forEachRemaining(name -> uses.put("messages/" + name, 0));
        Map<String, Integer> channels = new TreeMap<>();
        walk(root, "", (path, node) -> {
            JsonNode ref = node.get("$ref");
            if (ref != null) {
                uses.merge(ref.textValue().replace("#/components/", ""), 1, Integer::sum);
                if (path.startsWith("/channels/")) {
                    channels.merge(ref.textValue().replace("#/components/", ""), 1, Integer::sum);
                }
            }
        });
        assertThat(uses).doesNotContainValue(0);
        assertThat(channels.values()).containsOnly(1);
    }

    @Test
    void a_message_is_named_as_its_type_is_on_the_wire() {
        root.at("/channels")
                .fields()
                .forEachRemaining(channel -> document.messages(channel.getKey()).forEach(name -> {
                    String ref = channel.getValue()
                            .at("/messages/" + name + "/$ref")
                            .textValue()
                            .substring(1);
                    if (name.contains(".")) {
                        assertThat(ref).isEqualTo("/components/messages/" + channel.getKey() + "." + name);
                        assertThat(root.at(ref + "/name").textValue()).isEqualTo("dev.threadwright." + name + ".v1");
                        boolean comesToo = channel.getKey().equals("commands")
                                && Stream.of("input", "results")
                                        .anyMatch(other ->
                                                document.messages(other).contains(name));
                        assertThat(root.at(ref + "/headers/allOf").toString())
                                .contains(
                                        comesToo
                                                ? "." + name + "/headers"
                                                : "{\"ce_type\":{\"const\":\"dev.threadwright." + name + ".v1\"}}");
                    }
                }));
    }

    @Test
    void objects_are_closed_and_require_only_what_they_describe() {
        List<String> open = new ArrayList<>();
        root.at("/components/schemas").fields().forEachRemaining(schema -> {
            if (!schema.getKey().matches(OPEN)) {
                walk(schema.getValue(), schema.getKey(), (path, node) -> {
                    if (!node.path("type").asText().equals("object") || !node.has("properties")) {
                        return;
                    }
                    if (!node.path("additionalProperties").asText().equals("false")) {
                        open.add(path + " takes other fields");
                    }
                    node.path("required").forEach(name -> {
                        if (!node.path("properties").has(name.textValue())) {
                            open.add(path + " requires " + name + ", which it does not describe");
                        }
                    });
                });
            }
        });
        assertThat(open).isEmpty();
    }

    @Test
    void the_topics_have_their_default_names_and_partitions() throws NoSuchMethodException {
        Set<String> described = new TreeSet<>();
        root.at("/channels").forEach(channel -> {
            String address = channel.path("address").textValue();
            described.add(address);
            assertThat(channel.at("/bindings/kafka/topic").textValue()).isEqualTo(address);
            assertThat(channel.at("/bindings/kafka/partitions").asText()).isEqualTo(partitions());
        });
        Set<String> defaults = new TreeSet<>();
        for (String topic : List.of("input", "commands", "results", "lifecycle", "events", "deadLetter", "actions")) {
            defaults.add(ThreadwrightConfig.Topics.class
                    .getMethod(topic)
                    .getAnnotation(WithDefault.class)
                    .value());
        }
        assertThat(described).isEqualTo(defaults);
    }

    @Test
    void what_the_server_reads_and_writes_is_an_operation() {
        Set<String> operations = new TreeSet<>();
        root.at("/operations")
                .forEach(operation ->
                        operations.add(operation.path("action").textValue() + " " + operation.at("/channel/$ref")));
        assertThat(operations)
                .containsExactlyInAnyOrder(
                        "receive \"#/channels/input\"",
                        "receive \"#/channels/results\"",
                        "receive \"#/channels/commands\"",
                        "send \"#/channels/commands\"",
                        "send \"#/channels/lifecycle\"",
                        "send \"#/channels/events\"",
                        "send \"#/channels/dead-letter\"",
                        "send \"#/channels/actions\"");
    }

    private static String partitions() {
        try {
            return ThreadwrightConfig.class
                    .getMethod("partitions")
                    .getAnnotation(WithDefault.class)
                    .value();
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    private static void walk(JsonNode node, String path, BiConsumer<String, JsonNode> visit) {
        if (node.isObject()) {
            visit.accept(path, node);
        }
        node.fields().forEachRemaining(field -> walk(field.getValue(), path + "/" + field.getKey(), visit));
        if (node.isArray()) {
            node.forEach(item -> walk(item, path + "/", visit));
        }
    }
}
