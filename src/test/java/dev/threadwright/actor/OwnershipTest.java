package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.awaitLatch;
import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.publications;
import static dev.threadwright.actor.LoopHarness.thread;
import static dev.threadwright.actor.LoopHarness.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.journal.Batch.Offset;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.JournalDelegate;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.workflow.Json;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OwnershipTest {

    private static final Inbound NOTHING_COMES_IN = new Inbound() {
        @Override
        public void resume(int partition, List<Offset> offsets) {}

        @Override
        public boolean isCaughtUp(int partition) {
            return true;
        }

        @Override
        public CompletableFuture<Void> pause(int partition) {
            return CompletableFuture.completedFuture(null);
        }
    };

    @Test
    void whatOthersHaveTakenOnIsNeitherStartedAgainNorCalledUncertain() {
        Command.SubmitInput input = input(thread("t"), "1", 1, QueuePolicy.DEFAULT, "delay");
        InMemoryJournal memory = new InMemoryJournal();
        ActionId action = new ActionId(input.newRun() + "-1");
        try (LoopHarness last = new LoopHarness("last", memory, LoopSettings.DEFAULT)) {
            last.own(0);
            last.start();
            last.loop.offer(List.of(
                    work(0, 0, input),
                    work(0, 1, new Command.AcceptAction(header("action.accepted"), input.newRun(), action, 1))));
            last.awaitConsumed(0, 2);
        }
        LoopHarness next = new LoopHarness("next", memory, LoopSettings.DEFAULT);
        next.start();
        try (next;
                Ownership ownership = ownership(next)) {
            ownership.assigned(List.of(0));
            await().untilAsserted(() -> assertThat(ownership.held()).containsExactly(0));
            next.loop.offer(List.of(work(
                    0, 2, new Command.CompleteAction(header("action.callback"), input.newRun(), action, 1, DONE))));
            next.awaitConsumed(0, 3);
            assertThat(memory.decisions(thread("t"), 1, 100))
                    .flatExtracting(DecisionRow::events)
                    .extracting(recorded -> recorded.event().getClass().getSimpleName())
                    .containsSubsequence("ActionRequested", "ActionAccepted", "ActionSucceeded", "RunCompleted")
                    .doesNotContain("ActionUncertain");
            assertThat(next.steps.log).as("started").noneMatch(line -> line.startsWith("start"));
            assertThat(memory.threadsOwingCalls(0)).isEmpty();
            assertThat(publications(memory, 0))
                    .as("told to workers")
                    .noneMatch(row -> row instanceof OutboxRow outbox && outbox.kind() == OutboxRow.Kind.ACTION);
        }
    }

    @Test
    void theLogIsAskedOnceForAllThatIsAssignedAndThenForEachThatCouldNotBeOpened() {
        InMemoryJournal memory = new InMemoryJournal();
        LoopHarness next = new LoopHarness("next", memory, LoopSettings.DEFAULT);
        next.start();
        try (next;
                Ownership ownership = ownership(next)) {
            ownership.assigned(List.of(0, 1, 2));
            await().untilAsserted(() -> assertThat(ownership.held()).containsExactlyInAnyOrder(0, 1, 2));
            assertThat(next.publisher.opened).containsExactly(List.of(0, 1, 2));
            next.publisher.opened.clear();
            next.publisher.cannotOpen = partitions -> partitions.contains(4);
            ownership.assigned(List.of(3, 4, 5));
            await().untilAsserted(() -> assertThat(ownership.held()).containsExactlyInAnyOrder(0, 1, 2, 3, 5));
            assertThat(next.publisher.opened.getFirst()).containsExactly(3, 4, 5);
            next.publisher.cannotOpen = partitions -> false;
            await().untilAsserted(() -> assertThat(ownership.held()).contains(4));
            assertThat(next.publisher.opened).contains(List.of(3), List.of(4), List.of(5));
        }
    }

    private static final Json DONE = Json.of("done");

    private static Command.Header header(String type) {
        return new Command.Header(thread("t"), 2, null, "", type, "system");
    }

    @Test
    void aThreadThatCannotBeReadDoesNotKeepItsPartitionFromBeingClaimed() {
        ThreadKey damaged = thread("damaged");
        Command.SubmitInput waits = input(thread("t"), "2", 2, QueuePolicy.DEFAULT, "delay");
        InMemoryJournal memory = new InMemoryJournal();
        try (LoopHarness last = new LoopHarness("last", memory, LoopSettings.DEFAULT)) {
            last.own(0);
            last.start();
            last.loop.offer(
                    List.of(work(0, 0, input(damaged, "1", 1, QueuePolicy.DEFAULT, "delay")), work(0, 1, waits)));
            last.awaitConsumed(0, 2);
        }
        Journal journal = new JournalDelegate(memory) {
            @Override
            public Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads) {
                if (threads.contains(damaged)) {
                    throw unreadable(damaged);
                }
                return super.load(threads);
            }
        };
        LoopHarness next = new LoopHarness("next", journal, LoopSettings.DEFAULT);
        next.start();
        try (next;
                Ownership ownership = ownership(next)) {
            ownership.assigned(List.of(0));
            await().untilAsserted(() -> assertThat(ownership.held()).containsExactly(0));
            assertThat(next.steps.log)
                    .singleElement()
                    .asString()
                    .startsWith("start " + waits.newRun().value());
        }
    }

    @Test
    void whileTimersCannotBeReadHealthIsTold_untilTheyCan() {
        AtomicBoolean isAway = new AtomicBoolean(true);
        Journal journal = new JournalDelegate(new InMemoryJournal()) {
            @Override
            public List<DueTimer> timers(Collection<Integer> partitions, long dueByMs, int limit) {
                if (isAway.get()) {
                    throw new JournalUnavailableException("the store is away", null);
                }
                return super.timers(partitions, dueByMs, limit);
            }
        };
        LoopHarness harness = new LoopHarness("a", journal, LoopSettings.DEFAULT);
        harness.start();
        try (harness;
                Ownership ownership = ownership(harness)) {
            assertThat(ownership.trouble()).isNull();
            ownership.assigned(List.of(0));
            await().untilAsserted(() ->
                    assertThat(ownership.trouble()).isEqualTo("Cannot read which timers are due: the store is away"));
            isAway.set(false);
            await().untilAsserted(() -> assertThat(ownership.trouble()).isNull());
        }
    }

    @Test
    void whatWaitedForItsTurnWaitsWithTheNextOwnerAndBeginsThere() {
        Command.SubmitInput waits = input(thread("t"), "1", 2, QueuePolicy.DEFAULT, "delay");
        InMemoryJournal journal = new InMemoryJournal();
        String attempt = "turn-" + waits.newRun() + "-1#1";
        try (LoopHarness last = new LoopHarness("last", journal, LoopSettings.DEFAULT, (tenant, target) -> true)) {
            last.own(0);
            last.start();
            last.loop.offer(List.of(work(0, 0, waits)));
            last.awaitConsumed(0, 1);
            await().untilAsserted(() -> assertThat(last.turns.waiting).containsOnlyKeys(attempt));
            assertThat(last.steps.log).isEmpty();
        }
        LoopHarness next = new LoopHarness("next", journal, LoopSettings.DEFAULT);
        next.start();
        try (next;
                Ownership ownership = ownership(next)) {
            ownership.assigned(List.of(0));
            await().untilAsserted(() -> assertThat(next.turns.waiting).containsOnlyKeys(attempt));
            assertThat(next.turns.log).containsExactly("claimed []");
            next.turns.releaseAll();
            await().untilAsserted(() -> assertThat(next.steps.log).containsExactly("start " + waits.newRun() + "-1#1"));
            await().untilAsserted(() -> assertThat(next.turns.waiting).isEmpty());
            assertThat(next.turns.log).containsExactly("claimed []", "begun " + waits.newRun() + "-1#1");
        }
    }

    @Test
    void whatIsTakenAwayWhileItIsClaimedIsNotHeldWhenTheClaimSucceeds() throws Exception {
        CountDownLatch claiming = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Journal journal = new JournalDelegate(new InMemoryJournal()) {
            @Override
            public Claim claim(int partition, String owner, String publisher) {
                claiming.countDown();
                awaitLatch(goOn);
                return super.claim(partition, owner, publisher);
            }
        };
        List<String> inbound = new CopyOnWriteArrayList<>();
        LoopHarness harness = new LoopHarness("next", journal, LoopSettings.DEFAULT);
        harness.start();
        try (harness;
                Ownership ownership = ownership(harness, recording(inbound))) {
            ownership.assigned(List.of(0));
            assertThat(claiming.await(10, TimeUnit.SECONDS)).isTrue();
            ownership.lost(List.of(0));
            goOn.countDown();

            await().untilAsserted(() -> assertThat(inbound).isNotEmpty().last().isEqualTo("pause 0"));
            assertThat(inbound).doesNotContain("resume 0");
            assertThat(ownership.held()).isEmpty();
            assertThat(harness.loop.release(0).get(10, TimeUnit.SECONDS))
                    .as("what the loop owns")
                    .isNull();
        }
    }

    private static Inbound recording(List<String> log) {
        return new Inbound() {
            @Override
            public void resume(int partition, List<Offset> offsets) {
                log.add("resume " + partition);
            }

            @Override
            public boolean isCaughtUp(int partition) {
                return true;
            }

            @Override
            public CompletableFuture<Void> pause(int partition) {
                log.add("pause " + partition);
                return CompletableFuture.completedFuture(null);
            }
        };
    }

    @Test
    void whatDidNotFitIsReadAgainWhenThereIsRoom() {
        Command.SubmitInput waits = input(thread("t"), "1", 2, QueuePolicy.DEFAULT, "delay");
        InMemoryJournal journal = new InMemoryJournal();
        LoopHarness loop = new LoopHarness("loop", journal, LoopSettings.DEFAULT, (tenant, target) -> true);
        loop.start();
        try (loop;
                Ownership ownership = ownership(loop)) {
            ownership.assigned(List.of(0));
            await().untilAsserted(() -> assertThat(ownership.held()).containsExactly(0));
            loop.loop.offer(List.of(work(0, 0, waits)));
            await().untilAsserted(() -> assertThat(loop.turns.waiting).hasSize(1));
            loop.turns.waiting.clear();
            loop.turns.forgotten.add(0);
            await().untilAsserted(() -> assertThat(loop.turns.waiting).hasSize(1));
        }
    }

    @Test
    void timersWaitWhileTheLoopHasTooMuchToDo() {
        AtomicInteger looks = new AtomicInteger();
        InMemoryJournal memory = new InMemoryJournal();
        Journal journal = new JournalDelegate(memory) {
            @Override
            public List<DueTimer> timers(Collection<Integer> partitions, long dueByMs, int limit) {
                looks.incrementAndGet();
                return super.timers(partitions, dueByMs, limit);
            }
        };
        LoopHarness loop = new LoopHarness("loop", journal, LoopSettings.DEFAULT);
        loop.publisher.saturated = true;
        loop.start();
        AtomicInteger ticks = new AtomicInteger();
        Inbound watched = new Inbound() {
            @Override
            public void resume(int partition, List<Offset> offsets) {}

            @Override
            public boolean isCaughtUp(int partition) {
                ticks.incrementAndGet();
                return true;
            }

            @Override
            public CompletableFuture<Void> pause(int partition) {
                return CompletableFuture.completedFuture(null);
            }
        };
        try (loop;
                Ownership ownership = ownership(loop, watched)) {
            ownership.assigned(List.of(0));
            await().until(() -> ticks.get() > 5);
            assertThat(looks).hasValue(0);
            loop.publisher.saturated = false;
            await().until(() -> looks.get() > 0);
        }
    }

    private static Ownership ownership(LoopHarness of) {
        return ownership(of, NOTHING_COMES_IN);
    }

    private static Ownership ownership(LoopHarness of, Inbound inbound) {
        return new Ownership(
                "next",
                "next",
                new MachineThreads(),
                of.journal,
                of.publisher,
                of.steps,
                of.turns,
                of.loop,
                inbound,
                () -> 3,
                Measurements.NONE);
    }
}
