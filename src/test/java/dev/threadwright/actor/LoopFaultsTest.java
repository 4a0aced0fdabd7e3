package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.publications;
import static dev.threadwright.actor.LoopHarness.thread;
import static dev.threadwright.actor.LoopHarness.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.FaultyJournal;
import dev.threadwright.journal.FaultyJournal.Faults;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Publication;
import dev.threadwright.thread.Fold;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.thread.policy.MergePolicy;
import dev.threadwright.thread.policy.ParallelPolicy;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.thread.policy.RollbackPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop over a journal that fails before or after a commit took effect, as the seed says. */
class LoopFaultsTest {

    private static final int WORKS = 250;
    private static final List<Policy> POLICIES =
            List.of(QueuePolicy.DEFAULT, ParallelPolicy.DEFAULT, new MergePolicy(), new RollbackPolicy());

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void failingAndUnknownCommitsLeaveTheSameJournalAndPublishItOnce(long seed) {
        List<Work> works = works(random(seed));
        InMemoryJournal sound = new InMemoryJournal();
        InMemoryJournal memory = new InMemoryJournal();
        run(sound, sound, works, new Faults(0, 0, 0, 0), seed);
        run(memory, memory, works, new Faults(0.05, 0.1, 0.1, 0.05), seed);

        List<Publication> expected = publications(sound, 0);
        assertThat(publications(memory, 0)).as("seed %d", seed).isEqualTo(expected);
        Map<ThreadKey, List<Recorded>> journal = expected.stream()
                .map(DecisionRow.class::cast)
                .collect(Collectors.groupingBy(
                        DecisionRow::thread,
                        Collectors.flatMapping(row -> row.events().stream(), Collectors.toList())));
        Map<ThreadKey, ThreadState> live = memory.load(journal.keySet());
        journal.forEach((thread, events) -> {
            ThreadState folded = ThreadState.absent(thread);
            for (Recorded recorded : events) {
                folded = Fold.evolve(folded, recorded);
            }
            assertThat(live.get(thread)).as("seed %d, %s", seed, thread).isEqualTo(folded);
        });
    }

    private static void run(InMemoryJournal memory, InMemoryJournal same, List<Work> works, Faults faults, long seed) {
        FaultyJournal journal = new FaultyJournal(memory, random(seed * 31), faults);
        try (LoopHarness harness =
                new LoopHarness("a", journal, new LoopSettings(8, 1 << 20, 10_000, 1 << 24, 3, 1 << 24, 20))) {
            harness.own(0);
            harness.start();
            harness.loop.offer(works);
            harness.awaitConsumed(0, WORKS);
            assertThat(harness.publisher.violations).as("seed %d", seed).isEmpty();
            assertThat(harness.publisher.published).as("seed %d", seed).isEqualTo(publications(same, 0));
            // Callers are told first.
            await().untilAsserted(() -> assertThat(harness.measured)
                    .as("seed %d: each commit is measured once", seed)
                    .isEqualTo(harness.committed));
        }
    }

    private static List<Work> works(RandomGenerator random) {
        List<Work> works = new ArrayList<>();
        for (int i = 0; i < WORKS; i++) {
            Policy policy = random.nextInt(3) == 0 ? null : POLICIES.get(random.nextInt(POLICIES.size()));
            // Some ids come twice.
            String id = "i" + (random.nextInt(6) == 0 ? random.nextInt(i + 1) : i);
            works.add(work(
                    0,
                    i,
                    input(
                            thread("t" + random.nextInt(6)),
                            id,
                            1_000 + i,
                            policy,
                            random.nextInt(2) == 0 ? "delay" : "echo")));
        }
        return works;
    }

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }
}
