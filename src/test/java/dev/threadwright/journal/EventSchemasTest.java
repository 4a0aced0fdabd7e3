package dev.threadwright.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.threadwright.testing.AsyncApi;
import dev.threadwright.thread.Breakpoint;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Input;
import dev.threadwright.workflow.StandardReducer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the AsyncAPI document says about the data of events is what the codec writes: no field more, none less. */
class EventSchemasTest {

    private static final Path GOLDEN = Path.of("src/test/resources/golden/events/v1");
    private static final int ROUNDS = 250;

    /** Events that are taken apart field by field, which is slow. */
    private static final int TAKEN_APART = 12;

    private final AsyncApi document = AsyncApi.document();

    static List<Class<?>> types() {
        return List.of(Event.class.getPermittedSubclasses());
    }

    static List<String> golden() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            return files.map(EventSchemasTest::read).sorted().toList();
        }
    }

    @Test
    void every_type_of_event_is_a_message() {
        assertThat(document.messages("events"))
                .isEqualTo(types().stream()
                        .map(type -> EventCodec.typeOf(model(0).event(type)))
                        .collect(Collectors.toCollection(TreeSet::new)));
    }

    @ParameterizedTest
    @MethodSource("golden")
    void golden_events_are_as_described(String json) {
        assertThat(problems(json)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("types")
    void random_events_are_as_described(Class<?> type) {
        for (int seed = 0; seed < ROUNDS; seed++) {
            String json = EventCodec.write(model(seed).event(type));
            assertThat(problems(json)).as("seed %d: %s", seed, json).isEmpty();
        }
    }

    /** With the test above: what is required is always there, and what is not is sometimes absent. */
    @ParameterizedTest
    @MethodSource("types")
    void what_is_optional_is_at_times_there_and_at_times_not(Class<?> type) {
        Set<String> always = new TreeSet<>();
        Set<String> ever = new TreeSet<>();
        for (int seed = 0; seed < ROUNDS; seed++) {
            Set<String> there = new TreeSet<>();
            AsyncApi.parse(EventCodec.write(model(seed).event(type)))
                    .fieldNames()
                    .forEachRemaining(there::add);
            ever.addAll(there);
            if (seed == 0) {
                always.addAll(there);
            }
            always.retainAll(there);
        }
        JsonNode schema = document.root().at("/components/schemas/" + type.getSimpleName());
        Set<String> required = new TreeSet<>();
        schema.path("required").forEach(name -> required.add(name.textValue()));
        Set<String> described = new TreeSet<>();
        schema.path("properties").fieldNames().forEachRemaining(described::add);
        assertThat(required).isEqualTo(always);
        assertThat(described).isEqualTo(ever);
    }

    @ParameterizedTest
    @MethodSource("golden")
    void a_field_more_or_a_required_one_less_is_refused(String json) {
        ObjectNode more = (ObjectNode) AsyncApi.parse(json);
        String type = more.get("type").textValue();
        List<String> fields = new ArrayList<>();
        more.fieldNames().forEachRemaining(fields::add);
        assertThat(problems(type, more.put("unheard", 1).toString())).isNotEmpty();
        JsonNode required = document.root().at("/components/messages/events." + type + "/payload/$ref");
        document.root().at(required.textValue().substring(1) + "/required").forEach(name -> {
            ObjectNode less = (ObjectNode) AsyncApi.parse(json);
            assertThat(fields).contains(name.textValue());
            less.remove(name.textValue());
            assertThat(problems(type, less.toString())).as("without %s", name).isNotEmpty();
        });
    }

    /** However deep inside, the schema lets nothing go without which the journal could not be read. */
    @ParameterizedTest
    @MethodSource("types")
    void what_is_as_described_can_be_read(Class<?> type) {
        for (int seed = 0; seed < TAKEN_APART; seed++) {
            Event event = model(seed).event(type);
            String json = EventCodec.write(event);
            List<String> places = new ArrayList<>();
            places(AsyncApi.parse(json), "", places);
            for (String place : places.subList(0, Math.min(places.size(), 60))) {
                JsonNode less = AsyncApi.parse(json);
                int slash = place.lastIndexOf('/');
                String name = place.substring(slash + 1).replace("~1", "/").replace("~0", "~");
                ((ObjectNode) less.at(place.substring(0, slash))).remove(name);
                if (problems(EventCodec.typeOf(event), less.toString()).isEmpty()) {
                    assertThat(EventCodec.read(less.toString()))
                            .as("without %s: %s", place, json)
                            .isInstanceOf(type);
                }
            }
        }
    }

    @Test
    void enumerations_have_the_words_that_the_codec_writes() {
        assertThat(words("/InputRejected/properties/reason/enum")).isEqualTo(names(Event.Rejection.class));
        assertThat(words("/Why/properties/decision/enum")).isEqualTo(names(Event.DecisionKind.class));
        assertThat(words("/RunCancelled/properties/cause/enum")).isEqualTo(names(Event.Cause.class));
        assertThat(words("/RunStarted/properties/start/enum")).isEqualTo(names(Event.Start.class));
        assertThat(words("/InterruptExpired/properties/expiry/enum")).isEqualTo(names(Event.Expiry.class));
        assertThat(words("/Behind/enum")).isEqualTo(names(Event.Behind.class));
        assertThat(words("/Breakpoint/properties/when/enum")).isEqualTo(names(Breakpoint.When.class));
        assertThat(words("/Reducer/anyOf/0/enum")).isEqualTo(names(StandardReducer.class));
        assertThat(words("/Input/properties/type/enum"))
                .isEqualTo(Arrays.stream(Input.Type.values())
                        .map(Input.Type::wireName)
                        .collect(Collectors.toSet()));
    }

    private Set<String> words(String pointer) {
        return document.words(pointer);
    }

    private static Set<String> names(Class<? extends Enum<?>> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(word -> word.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    private List<String> problems(String json) {
        return problems(AsyncApi.parse(json).get("type").textValue(), json);
    }

    private List<String> problems(String type, String json) {
        return document.payloadProblems("events", type, json);
    }

    /** Every field of every object, as a JSON pointer. */
    private static void places(JsonNode node, String path, List<String> places) {
        node.fields().forEachRemaining(field -> {
            String place = path + "/" + field.getKey().replace("~", "~0").replace("/", "~1");
            places.add(place);
            places(field.getValue(), place, places);
        });
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                places(node.get(i), path + "/" + i, places);
            }
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static RandomModel model(int seed) {
        return new RandomModel(RandomGeneratorFactory.of("L64X128MixRandom").create(seed), true);
    }
}
