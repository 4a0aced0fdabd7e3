package dev.threadwright.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Batch.ThreadRow;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.ErasedRow;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.OutboxRow.Coordinates;
import dev.threadwright.journal.Publication;
import dev.threadwright.simulation.Broker.Appended;
import dev.threadwright.step.StepContext;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadAudit;
import dev.threadwright.thread.ThreadKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Sees every commit and every published record when it takes effect, and holds it against the promises: one gapless
 * order per thread, each input applied once, a result accepted once, what is published is what was committed, in its
 * order, once.
 */
final class Auditor {

    private final Timeline timeline;
    private final Map<ThreadKey, ThreadAudit> threads = new LinkedHashMap<>();
    private final Map<Integer, Long> positions = new TreeMap<>();
    private final Map<Integer, Long> epochs = new TreeMap<>();

    /** By topic and partition: what has to be published next. */
    private final Map<String, ArrayDeque<String>> owed = new TreeMap<>();

    private final Map<String, String> effects = new HashMap<>();
    private final Map<String, Integer> attempts = new HashMap<>();
    private final Set<Coordinates> deadLetters = new HashSet<>();
    private final Set<Identity> decided = new HashSet<>();
    private @Nullable Throwable violation;
    private long commits;
    private long events;
    private long published;

    /** Committed and not sent on yet: they may overtake those of other partitions. */
    private long forwards;

    Auditor(Timeline timeline) {
        this.timeline = timeline;
    }

    @Nullable Throwable violation() {
        return violation;
    }

    Iterable<ThreadAudit> threads() {
        return threads.values();
    }

    Set<Identity> decided() {
        return decided;
    }

    Set<Coordinates> deadLetters() {
        return deadLetters;
    }

    long commits() {
        return commits;
    }

    long events() {
        return events;
    }

    long published() {
        return published;
    }

    /** What is committed and not published yet. */
    long backlog() {
        return forwards + owed.values().stream().mapToLong(ArrayDeque::size).sum();
    }

    void committed(Batch batch) {
        check(() -> {
            commits++;
            timeline.note(batch.decisions().size());
            for (Batch.Advance advance : batch.advances()) {
                assertThat(advance.epoch())
                        .as("epochs of partition %d", advance.partition())
                        .isGreaterThanOrEqualTo(epochs.getOrDefault(advance.partition(), 0L));
                epochs.put(advance.partition(), advance.epoch());
            }
            List<Publication> rows = new ArrayList<>(batch.decisions());
            rows.addAll(batch.outbox());
            rows.sort(
                    java.util.Comparator.comparingInt(Publication::partition).thenComparingLong(Publication::position));
            rows.forEach(this::next);
            batch.decisions().forEach(this::decided);
            for (ThreadRow row : batch.threads()) {
                assertThat(row.state())
                        .as("what the engine takes %s for", row.state().key())
                        .isEqualTo(threads.get(row.state().key()).state());
            }
            batch.outcomes().forEach(row -> timeline.note(row.key().hash().hashCode()));
        });
    }

    private void next(Publication row) {
        long last = positions.getOrDefault(row.partition(), 0L);
        assertThat(row.position())
                .as("positions of partition %d", row.partition())
                .isEqualTo(last + 1);
        positions.put(row.partition(), row.position());
        switch (row) {
            case DecisionRow decision -> {
                for (Recorded recorded : decision.events()) {
                    owe(Names.EVENTS, row.partition(), decision.thread() + "/" + recorded.seq());
                }
            }
            case ErasedRow erased -> throw new AssertionError("Nobody has anything erased: " + erased);
            case OutboxRow outbox -> {
                switch (outbox.kind()) {
                    case ACTION ->
                        owe(
                                Names.ACTIONS,
                                row.partition(),
                                new String(outbox.headers().last("ce_id"), UTF_8));
                    case FORWARD -> forwards++;
                    case INVALID, NOT_STORED, THREAD_UNREADABLE ->
                        throw new AssertionError("Nobody sent anything that has to be set aside: " + outbox.reason());
                    case REFUSED, FAILED -> {
                        deadLetters.add(outbox.source());
                        owe(Names.DEAD_LETTER, row.partition(), Names.DEAD_LETTERS.of(outbox.place()));
                    }
                }
            }
        }
    }

    private void owe(String topic, int partition, String what) {
        owed.computeIfAbsent(topic + "-" + partition, key -> new ArrayDeque<>()).add(what);
    }

    private void decided(DecisionRow decision) {
        threads.computeIfAbsent(decision.thread(), ThreadAudit::new).follow(decision.events());
        events += decision.events().size();
        if (decision.causation() != null) {
            decided.add(decision.causation());
        }
        for (Recorded recorded : decision.events()) {
            timeline.note(recorded.event().getClass().getSimpleName().hashCode());
            if (recorded.event() instanceof Event.InputRejected rejected && rejected.identity() != null) {
                decided.add(rejected.identity());
            }
        }
    }

    /** What has become visible to readers of committed records. */
    void published(List<Appended> records) {
        check(() -> {
            for (Appended record : records) {
                String id =
                        text(record, record.partition().topic().equals(Names.DEAD_LETTER) ? "tw_dead_letter" : "ce_id");
                if (record.partition().topic().equals(Names.COMMANDS)) {
                    forwards--;
                    assertThat(forwards)
                            .as("records sent on, twice or never committed")
                            .isNotNegative();
                }
                ArrayDeque<String> next = owed.get(record.partition().toString());
                if (next == null) {
                    continue; // The lifecycle topic has some of the events, and forwards are commands again.
                }
                published++;
                assertThat(next.poll()).as("next on %s", record.partition()).isEqualTo(id);
            }
        });
    }

    static String text(Appended record, String header) {
        Header found = record.headers().lastHeader(header);
        return found == null ? "" : new String(found.value(), UTF_8);
    }

    /** A handler has begun. */
    void begun(String handler, StepContext context) {
        check(() -> {
            String what = context.thread() + " " + context.run() + " " + context.step() + " " + context.input();
            assertThat(effects.putIfAbsent(context.idempotencyKey(), what))
                    .as("whose key %s is", context.idempotencyKey())
                    .isIn(null, what);
            int times = attempts.merge(context.idempotencyKey() + " " + context.attempt(), 1, Integer::sum);
            if (handler.equals(Trades.ONCE)) {
                assertThat(times)
                        .as("times that attempt %d with key %s was begun", context.attempt(), context.idempotencyKey())
                        .isEqualTo(1);
            }
        });
    }

    /** Kept for whoever drives the history: what an engine's thread throws, nobody sees. */
    private void check(Runnable checks) {
        try {
            checks.run();
        } catch (AssertionError | RuntimeException e) {
            if (violation == null) {
                violation = e;
            }
        }
    }
}
