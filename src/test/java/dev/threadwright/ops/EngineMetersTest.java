package dev.threadwright.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.actor.Measurements.CommitFailure;
import dev.threadwright.actor.Measurements.Rebalance;
import dev.threadwright.actor.RawRecord;
import dev.threadwright.actor.Work;
import dev.threadwright.journal.Batch;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.OutboxRow.Coordinates;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Event.DecisionKind;
import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.thread.Event.Why;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EngineMetersTest {

    private static final long NOW_MS = 10_000;
    private static final ThreadKey T = new ThreadKey("default", "t");

    private final MeterRegistry registry = new SimpleMeterRegistry();
    private final EngineMeters meters =
            new EngineMeters(registry, Map.of("in", "input", "com", "commands"), () -> NOW_MS);

    @ParameterizedTest
    @CsvSource({
        "interrupt, interrupt",
        "interrupt(prependSuperseded), interrupt",
        "queue(max=100), queue",
        "'custom(of-somebody): reject', custom",
        "'', none",
        "invented, other",
    })
    void aPolicyIsCountedByItsKind(String words, String kind) {
        assertThat(EngineMeters.policy(words)).isEqualTo(kind);
    }

    @Test
    void whatABatchDecidedIsCounted() {
        Identity identity = new Identity("s", "i");
        meters.committed(
                List.of(),
                batch(
                        List.of(
                                new Event.InputAccepted(
                                        input(identity), new RunId("r"), why(DecisionKind.QUEUE, "queue(max=7)")),
                                new Event.InputAccepted(
                                        input(identity), new RunId("r"), why(DecisionKind.QUEUE, "queue(max=8)")),
                                new Event.InputRejected(
                                        identity,
                                        "user.input",
                                        Rejection.BUSY,
                                        "busy",
                                        why(DecisionKind.REJECT, "custom(mine): reject")),
                                new Event.InputRejected(identity, "run.cancel", Rejection.UNKNOWN_RUN, "?", null)),
                        List.of(dead(OutboxRow.Kind.REFUSED), dead(OutboxRow.Kind.FORWARD))),
                5_000_000);

        assertThat(count("threadwright.decisions", "policy", "queue", "decision", "queue"))
                .isEqualTo(2);
        assertThat(count("threadwright.decisions", "policy", "custom", "decision", "reject"))
                .isOne();
        assertThat(registry.find("threadwright.decisions").counters()).hasSize(2);
        assertThat(count("threadwright.rejections", "reason", "busy")).isOne();
        assertThat(count("threadwright.rejections", "reason", "unknown_run")).isOne();
        assertThat(count("threadwright.events", "type", "input.accepted")).isEqualTo(2);
        assertThat(count("threadwright.dead.letters", "kind", "refused")).isOne();
        assertThat(count("threadwright.dead.letters", "kind", "invalid")).isZero();
        assertThat(count("threadwright.forwards")).isOne();
        assertThat(registry.get("threadwright.commit").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(5);
    }

    @Test
    void aRecordsDelayIsFromItsAppend() {
        meters.committed(
                List.of(
                        work("in", NOW_MS - 40),
                        work("in", NOW_MS + 40),
                        work("com", NOW_MS - 2),
                        work("elsewhere", 0),
                        new Work.Decide(
                                0,
                                new Command.FireTimers(
                                        new Command.Header(T, NOW_MS - 7, null, "", "timer.due", "system"), NOW_MS),
                                null,
                                false)),
                batch(List.of(), List.of()),
                1);

        assertThat(delay("input")).isEqualTo(40);
        assertThat(registry.get("threadwright.decision.delay")
                        .tag("topic", "input")
                        .timer()
                        .count())
                .as("one from the future included")
                .isEqualTo(2);
        assertThat(delay("commands")).isEqualTo(2);
        assertThat(registry.get("threadwright.timer.delay").timer().totalTime(TimeUnit.MILLISECONDS))
                .isEqualTo(7);
        assertThat(registry.get("threadwright.batch.works").summary().totalAmount())
                .isEqualTo(5);
        assertThat(registry.get("threadwright.batch.bytes").summary().totalAmount())
                .as("key and value of four records")
                .isEqualTo(4 * 5);
    }

    @Test
    void whatHappensToOwnershipIsCounted() {
        meters.commitFailed(CommitFailure.FENCED);
        meters.rebalanced(Rebalance.LOST, 3);
        meters.claimed(1);
        meters.claimFailed();

        assertThat(count("threadwright.commit.failures", "cause", "fenced")).isOne();
        assertThat(count("threadwright.commit.failures", "cause", "unanswered")).isZero();
        assertThat(count("threadwright.rebalances", "kind", "lost")).isOne();
        assertThat(registry.get("threadwright.claim").timer().count()).isOne();
        assertThat(count("threadwright.claim.failures")).isOne();
    }

    private double delay(String topic) {
        return registry.get("threadwright.decision.delay")
                .tag("topic", topic)
                .timer()
                .totalTime(TimeUnit.MILLISECONDS);
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }

    private static Input input(Identity identity) {
        return new Input(identity, Input.Type.USER_INPUT, null, Json.NULL, null);
    }

    private static Why why(DecisionKind decision, String policy) {
        return new Why(decision, policy, null, "idle", List.of());
    }

    private static Work work(String topic, long timeMs) {
        return new Work.SetAside(
                0,
                OutboxRow.Kind.INVALID,
                "",
                new RawRecord(
                        ThreadKey.DEFAULT_TENANT,
                        new Coordinates(topic, 0, 1),
                        new byte[2],
                        new byte[3],
                        RawHeaders.NONE,
                        timeMs));
    }

    private static OutboxRow dead(OutboxRow.Kind kind) {
        return new OutboxRow(
                ThreadKey.DEFAULT_TENANT, kind, 0, 2, new Coordinates("in", 0, 1), null, null, RawHeaders.NONE, "", 0);
    }

    private static Batch batch(List<Event> events, List<OutboxRow> outbox) {
        List<Recorded> recorded = new ArrayList<>();
        events.forEach(event -> recorded.add(new Recorded(recorded.size() + 1, 0, event)));
        return new Batch(
                List.of(),
                recorded.isEmpty() ? List.of() : List.of(new DecisionRow(T, 0, 1, 0, null, "", recorded)),
                outbox,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }
}
