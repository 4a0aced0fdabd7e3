package dev.threadwright.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.thread.Event;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class CodecRoundTripTest {

    private static final int ROUNDS = 300;

    @Test
    void every_event_is_read_as_it_was_written() {
        for (Class<?> type : Event.class.getPermittedSubclasses()) {
            for (int seed = 0; seed < ROUNDS; seed++) {
                Event event = model(seed).event(type);
                String text = EventCodec.write(event);
                assertThat(EventCodec.read(text)).as("%s, seed %d", type, seed).isEqualTo(event);
                assertThat(text).startsWith("{\"type\":\"" + EventCodec.typeOf(event) + '"');
            }
        }
    }

    @Test
    void a_decision_is_read_with_its_numbers_and_time() {
        RandomModel model = model(1);
        List<Recorded> events = new ArrayList<>();
        for (Class<?> type : Event.class.getPermittedSubclasses()) {
            events.add(new Recorded(
                    7 + events.size(),
                    42,
                    model.event(type),
                    events.size() % 2 == 0 ? null : model.trace().parent()));
        }
        String text = EventCodec.writeAll(events);
        assertThat(EventCodec.readAll(text, 7, 42)).isEqualTo(events);
        Json.Arr stored = (Json.Arr) StoredJson.parse(text);
        for (int i = 0; i < events.size(); i++) {
            Recorded recorded = events.get(i);
            Json one = stored.items().get(i);
            assertThat(EventCodec.traceParent(one)).isEqualTo(recorded.traceParent());
            assertThat(EventCodec.withoutTrace(one)).isEqualTo(StoredJson.parse(EventCodec.write(recorded.event())));
        }
    }

    @Test
    void every_state_is_read_as_it_was_written() {
        ThreadKey key = new ThreadKey("default", "t");
        for (int seed = 0; seed < ROUNDS; seed++) {
            ThreadState state = model(seed).state(key);
            assertThat(SnapshotCodec.read(key, SnapshotCodec.write(state)))
                    .as("seed %d", seed)
                    .isEqualTo(state);
        }
    }

    @Test
    void a_snapshot_of_another_version_is_passed_over() {
        assertThat(SnapshotCodec.read(new ThreadKey("default", "t"), "{\"v\":1000,\"unheard\":[]}"))
                .isNull();
    }

    @Test
    void every_outcome_is_read_as_it_was_written() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Outcome outcome = model(seed).outcome();
            assertThat(OutcomeCodec.read(OutcomeCodec.write(outcome)))
                    .as("seed %d", seed)
                    .isEqualTo(outcome);
        }
    }

    @Test
    void older_versions_are_lifted_one_by_one() {
        Upcasters upcasters = new Upcasters(Map.of(
                "run.timed_out",
                List.of(
                        old -> Json.object("id", old.fields().get("turn")),
                        old -> Json.object("run", old.fields().get("id")))));
        EventReader reader = new EventReader(upcasters);
        for (String stored : List.of(
                "{\"type\":\"run.timed_out\",\"turn\":\"r\"}",
                "{\"type\":\"run.timed_out\",\"v\":2,\"id\":\"r\"}",
                "{\"type\":\"run.timed_out\",\"v\":3,\"run\":\"r\"}")) {
            assertThat(reader.read(StoredJson.parse(stored))).isEqualTo(new Event.RunTimedOut(new RunId("r")));
        }
    }

    @Test
    void what_a_newer_release_wrote_is_refused_by_name() {
        assertThatThrownBy(() -> EventCodec.read("{\"type\":\"run.started\",\"v\":2}"))
                .isInstanceOf(UnreadableException.class)
                .hasMessage(
                        "Event run.started is of version 2 and this release reads up to 1; this server needs an update");
        assertThatThrownBy(() -> EventCodec.read("{\"type\":\"run.paused\"}"))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("run.paused");
        assertThatThrownBy(() -> EventCodec.read("{\"type\":\"run.cancelled\",\"run\":\"r\",\"cause\":\"bored\"}"))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("bored");
    }

    @Test
    void damaged_text_is_refused() {
        for (String text : List.of("", "{", "[]", "{\"type\":1}", "{\"type\":\"run.timed_out\"}", "x")) {
            assertThatThrownBy(() -> EventCodec.read(text)).as(text).isInstanceOf(UnreadableException.class);
        }
    }

    private static RandomModel model(int seed) {
        return new RandomModel(RandomGeneratorFactory.of("L64X128MixRandom").create(seed));
    }
}
