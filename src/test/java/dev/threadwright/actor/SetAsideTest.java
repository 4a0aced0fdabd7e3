package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.release;
import static dev.threadwright.actor.LoopHarness.thread;
import static dev.threadwright.actor.LoopHarness.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Batch.Offset;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.JournalDelegate;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.OutboxRow.Kind;
import dev.threadwright.journal.RejectedBatchException;
import dev.threadwright.journal.SetAsideThread;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Failure;
import dev.threadwright.thread.Gate;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.thread.policy.ParallelPolicy;
import dev.threadwright.workflow.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Threads that the server fails on: neither their partition nor anything else waits for them. */
class SetAsideTest {

    private static final ThreadKey T = thread("t");
    private static final ThreadKey OTHER = thread("other");
    private static final RunId RUN = new RunId("r");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final InMemoryJournal memory = new InMemoryJournal();

    /** Stands for a defect of the decider: whatever would begin an attempt fails. */
    private final AtomicBoolean isBroken = new AtomicBoolean(true);

    private final AtomicInteger failures = new AtomicInteger();

    private final Gate gate = (tenant, target) -> {
        if (isBroken.get()) {
            failures.incrementAndGet();
            throw new IllegalStateException("a defect \u0000 of the decider");
        }
        return false;
    };

    @Test
    void whatTheServerFailsOnAndAllThatComesBehindIsParked_andOthersGoOn() {
        try (LoopHarness harness = started(memory)) {
            harness.loop.offer(List.of(
                    work(0, 0, input(T, "before", 1, null, "echo")),
                    work(0, 1, input(T, "fails", 2, null, "delay")),
                    work(0, 2, input(T, "behind", 3, null, "echo")),
                    work(0, 3, input(OTHER, "other", 4, null, "echo"))));
            harness.awaitConsumed(0, 4);
            harness.loop.offer(List.of(
                    work(0, 4, input(T, "later", 5, null, "echo")),
                    work(0, 5, input(OTHER, "other-2", 6, null, "echo"))));
            harness.awaitConsumed(0, 6);

            assertThat(accepted(T)).containsExactly("before");
            assertThat(accepted(OTHER)).containsExactly("other", "other-2");
            assertThat(dead())
                    .extracting(OutboxRow::kind)
                    .containsExactly(Kind.FAILED, Kind.THREAD_SET_ASIDE, Kind.THREAD_SET_ASIDE);
            assertThat(dead()).extracting(row -> row.source().offset()).containsExactly(1L, 2L, 4L);
            assertThat(dead())
                    .allSatisfy(row -> assertThat(row.reason())
                            .contains("a defect ? of the decider")
                            .doesNotContain("\u0000"));
            assertThat(memory.setAside(List.of(0), 10)).singleElement().satisfies(aside -> {
                assertThat(aside.thread()).isEqualTo(T);
                assertThat(aside.cause()).isEqualTo(Kind.FAILED);
                assertThat(aside.error()).contains("a defect ? of the decider");
            });
            assertThat(failures).hasValue(1);
            assertThat(harness.lost).isEmpty();
            assertThat(harness.loop.load().setAside()).isOne();
            assertThat(harness.publisher.violations).isEmpty();
        }
    }

    @Test
    void theNextOwnerDoesNotTryItEither() {
        try (LoopHarness harness = started(memory)) {
            harness.loop.offer(List.of(work(0, 0, input(T, "fails", 1, null, "delay"))));
            harness.awaitConsumed(0, 1);
        }
        try (LoopHarness next = started(memory)) {
            next.loop.offer(List.of(work(0, 1, input(T, "next", 2, null, "delay"))));
            next.awaitConsumed(0, 2);
        }
        assertThat(failures).hasValue(1);
        assertThat(dead()).extracting(OutboxRow::kind).containsExactly(Kind.FAILED, Kind.THREAD_SET_ASIDE);
    }

    @Test
    void aRecordThatReleasesItsThreadIsDecided_andThoseBehindIt() {
        try (LoopHarness harness = started(memory)) {
            String first = fail(harness, 0);
            isBroken.set(false);
            harness.loop.offer(List.of(
                    release(1, input(T, "again", 2, ParallelPolicy.DEFAULT, "delay"), first),
                    release(2, input(T, "again-2", 3, ParallelPolicy.DEFAULT, "delay"), first),
                    work(0, 3, input(T, "new", 4, ParallelPolicy.DEFAULT, "delay"))));
            harness.awaitConsumed(0, 4);
            assertThat(accepted(T)).containsExactly("again", "again-2", "new");
            assertThat(memory.setAside(List.of(0), 10)).isEmpty();
            assertThat(harness.loop.setAside()).isEmpty();
        }
    }

    @Test
    void ifTheServerFailsAgain_whatComesBehindKeepsItsPlace() {
        try (LoopHarness harness = started(memory)) {
            String first = fail(harness, 0);
            harness.loop.offer(List.of(
                    release(1, input(T, "again", 2, null, "delay"), first),
                    release(2, input(T, "behind", 3, null, "echo"), first)));
            harness.awaitConsumed(0, 3);
            assertThat(accepted(T)).isEmpty();
            assertThat(dead())
                    .extracting(OutboxRow::kind)
                    .containsExactly(Kind.FAILED, Kind.FAILED, Kind.THREAD_SET_ASIDE);
            assertThat(memory.setAside(List.of(0), 10))
                    .singleElement()
                    .satisfies(aside -> assertThat(aside.id()).isNotEqualTo(first));
        }
    }

    @Test
    void aTimerThatTheServerFailsOnIsNotToldAgain_untilItsThreadIsReleased() {
        AtomicInteger ticks = new AtomicInteger();
        LoopHarness harness = new LoopHarness("a", memory, LoopSettings.DEFAULT, gate);
        harness.start();
        try (harness;
                Ownership ownership = ownership(harness, ticks)) {
            isBroken.set(false);
            ownership.assigned(List.of(0));
            await().until(() -> ownership.held().contains(0));
            Command.SubmitInput input = input(T, "1", 1, null, "delay");
            harness.loop.offer(List.of(work(0, 0, input)));
            harness.awaitConsumed(0, 1);
            isBroken.set(true);
            // Tried again by a timer, which needs the gate.
            harness.loop.offer(List.of(work(
                    0,
                    1,
                    new Command.FailAction(
                            header(2, "action.failed"),
                            input.newRun(),
                            new ActionId(input.newRun() + "-1"),
                            1,
                            Failure.passing("try again")))));
            await().until(() -> !memory.setAside(List.of(0), 10).isEmpty());
            int before = ticks.get();
            await().until(() -> ticks.get() > before + 30);
            assertThat(failures).as("told once, while many ticks passed").hasValue(1);
            assertThat(dead()).as("nothing of it came by Kafka").isEmpty();

            isBroken.set(false);
            memory.takeBack(memory.setAside(List.of(0), 10).getFirst());
            await().untilAsserted(() -> assertThat(harness.steps.log)
                    .containsExactly(
                            "start " + input.newRun() + "-1#1",
                            "cancel " + input.newRun() + "-1#1",
                            "start " + input.newRun() + "-1#2"));
            assertThat(harness.loop.setAside()).isEmpty();
        }
    }

    @Test
    void whatCameFromThisProcessAloneWaitsForTheRelease() {
        try (LoopHarness harness = started(memory)) {
            isBroken.set(false);
            Command.SubmitInput running = input(T, "running", 1, null, "delay");
            harness.loop.offer(List.of(work(0, 0, running)));
            harness.awaitConsumed(0, 1);
            isBroken.set(true);
            harness.loop.offer(List.of(work(0, 1, input(T, "fails", 2, ParallelPolicy.DEFAULT, "delay"))));
            harness.awaitConsumed(0, 2);
            SetAsideThread aside = harness.loop.setAside().get(T);
            harness.loop.offer(List.of(
                    new Work.Decide(
                            0,
                            new Command.CompleteAction(
                                    header(3, "action.succeeded"),
                                    running.newRun(),
                                    new ActionId(running.newRun() + "-1"),
                                    1,
                                    Json.of("done")),
                            null,
                            false),
                    work(0, 2, input(OTHER, "other", 4, null, "echo"))));
            harness.awaitConsumed(0, 3);
            assertThat(ended()).isEmpty();

            memory.takeBack(aside);
            harness.loop.released(aside);
            await().untilAsserted(() -> assertThat(ended()).containsExactly(running.newRun()));
        }
    }

    @Test
    void callsOfAThreadThatIsSetAsideBeginWhenItIsReleased_alsoWithTheNextOwner() {
        Command.SubmitInput running = input(T, "running", 1, null, "delay");
        try (LoopHarness harness = started(memory)) {
            isBroken.set(false);
            harness.loop.offer(List.of(work(0, 0, running)));
            harness.awaitConsumed(0, 1);
            isBroken.set(true);
            harness.loop.offer(List.of(work(0, 1, input(T, "fails", 2, ParallelPolicy.DEFAULT, "delay"))));
            harness.awaitConsumed(0, 2);
        }
        LoopHarness next = new LoopHarness("next", memory, LoopSettings.DEFAULT, gate);
        next.start();
        try (next;
                Ownership ownership = ownership(next, new AtomicInteger())) {
            ownership.assigned(List.of(0));
            await().until(() -> ownership.held().contains(0));
            assertThat(next.steps.log).isEmpty();
            memory.takeBack(next.loop.setAside().get(T));
            await().untilAsserted(
                            () -> assertThat(next.steps.log).containsExactly("start " + running.newRun() + "-1#1"));
        }
    }

    @Test
    void aCommandOfThisProcessThatCannotBeStoredSetsItsThreadAside() {
        isBroken.set(false);
        AtomicBoolean refuses = new AtomicBoolean();
        Journal refusing = new JournalDelegate(memory) {
            @Override
            public void commit(Batch batch) {
                if (refuses.get()
                        && batch.decisions().stream()
                                .anyMatch(row -> row.thread().equals(T))) {
                    throw new RejectedBatchException("injected", null);
                }
                super.commit(batch);
            }
        };
        try (LoopHarness harness = started(refusing)) {
            Command.SubmitInput running = input(T, "running", 1, null, "delay");
            harness.loop.offer(List.of(work(0, 0, running)));
            harness.awaitConsumed(0, 1);
            refuses.set(true);
            List<Work> works = new ArrayList<>();
            works.add(new Work.Decide(
                    0,
                    new Command.CompleteAction(
                            header(3, "action.succeeded"),
                            running.newRun(),
                            new ActionId(running.newRun() + "-1"),
                            1,
                            Json.of("done")),
                    null,
                    false));
            for (int i = 1; i < 20; i++) {
                works.add(work(0, i, input(i == 13 ? T : thread("t" + i), "i" + i, i, null, "echo")));
            }
            harness.loop.offer(works);
            harness.awaitConsumed(0, 20);

            assertThat(memory.setAside(List.of(0), 10)).singleElement().satisfies(aside -> {
                assertThat(aside.thread()).isEqualTo(T);
                assertThat(aside.cause()).isEqualTo(Kind.NOT_STORED);
            });
            assertThat(dead()).extracting(row -> row.source().offset()).containsExactly(13L);
            refuses.set(false);
            memory.takeBack(harness.loop.setAside().get(T));
            harness.loop.released(harness.loop.setAside().get(T));
            await().untilAsserted(() -> assertThat(ended()).containsExactly(running.newRun()));
        }
    }

    @Test
    void aThreadThatCannotBeReadIsTriedWithEachRecord_andGoesOnWhenItIsSound() {
        AtomicBoolean isDamaged = new AtomicBoolean(true);
        try (LoopHarness harness = started(damagedWhile(isDamaged))) {
            harness.loop.offer(List.of(work(0, 0, input(T, "1", 1, null, "echo"))));
            harness.awaitConsumed(0, 1);
            harness.loop.offer(List.of(work(0, 1, input(T, "2", 2, null, "echo"))));
            harness.awaitConsumed(0, 2);
            assertThat(memory.setAside(List.of(0), 10))
                    .extracting(SetAsideThread::cause)
                    .containsExactly(Kind.THREAD_UNREADABLE);
            isDamaged.set(false);
            harness.loop.offer(List.of(work(0, 2, input(T, "3", 3, null, "echo"))));
            harness.awaitConsumed(0, 3);
            assertThat(dead())
                    .extracting(OutboxRow::kind)
                    .containsExactly(Kind.THREAD_UNREADABLE, Kind.THREAD_UNREADABLE);
            assertThat(accepted(T)).containsExactly("3");
            assertThat(memory.setAside(List.of(0), 10)).isEmpty();
        }
    }

    @Test
    void aThreadThatIsReleasedBeforeItIsSoundIsSetAsideAgain_whenTheJournalForgetsItAfterItsRecordsCame() {
        AtomicBoolean isDamaged = new AtomicBoolean(true);
        try (LoopHarness harness = started(damagedWhile(isDamaged))) {
            SetAsideThread first = damage(harness);
            offerAgain(harness, 2, first);
            SetAsideThread again = assertAnew(first);
            memory.takeBack(first);
            harness.loop.released(first);
            assertGoesOnInOrderWhenItIsSound(harness, again, isDamaged);
        }
    }

    @Test
    void aThreadThatIsReleasedBeforeItIsSoundIsSetAsideAgain_whenTheJournalForgetsItBeforeItsRecordsCome() {
        AtomicBoolean isDamaged = new AtomicBoolean(true);
        try (LoopHarness harness = started(damagedWhile(isDamaged))) {
            SetAsideThread first = damage(harness);
            memory.takeBack(first);
            offerAgain(harness, 2, first);
            SetAsideThread again = assertAnew(first);
            // Its owner saw that it was gone, and comes too late with that.
            harness.loop.released(first);
            assertGoesOnInOrderWhenItIsSound(harness, again, isDamaged);
        }
    }

    @Test
    void aThreadThatIsReleasedBeforeItIsSoundIsSetAsideAgain_byTheNextOwner() {
        AtomicBoolean isDamaged = new AtomicBoolean(true);
        SetAsideThread first;
        try (LoopHarness harness = started(damagedWhile(isDamaged))) {
            first = damage(harness);
        }
        try (LoopHarness next = started(damagedWhile(isDamaged))) {
            // It was there when the partition was claimed.
            memory.takeBack(first);
            offerAgain(next, 2, first);
            assertGoesOnInOrderWhenItIsSound(next, assertAnew(first), isDamaged);
        }
    }

    @Test
    void aThreadThatIsReleasedBeforeItIsSoundIsSetAsideAgain_thoughNothingComes() {
        AtomicBoolean isDamaged = new AtomicBoolean(true);
        LoopHarness harness = new LoopHarness("a", damagedWhile(isDamaged), LoopSettings.DEFAULT, gate);
        harness.start();
        try (harness;
                Ownership ownership = ownership(harness, new AtomicInteger())) {
            ownership.assigned(List.of(0));
            await().until(() -> ownership.held().contains(0));
            SetAsideThread first = damage(harness);
            memory.takeBack(first);
            await().atMost(PATIENCE).untilAsserted(() -> assertAnew(first));
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(harness.loop.setAside().values())
                            .containsExactlyElementsOf(memory.setAside(List.of(0), 10)));

            isDamaged.set(false);
            memory.takeBack(harness.loop.setAside().get(T));
            await().atMost(PATIENCE).until(() -> harness.loop.setAside().isEmpty());
            assertThat(memory.setAside(List.of(0), 10)).isEmpty();
        }
    }

    private Journal damagedWhile(AtomicBoolean isDamaged) {
        return new JournalDelegate(memory) {
            @Override
            public Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads) {
                if (isDamaged.get() && threads.contains(T)) {
                    throw unreadable(T);
                }
                return super.load(threads);
            }
        };
    }

    private static SetAsideThread damage(LoopHarness harness) {
        harness.loop.offer(List.of(
                work(0, 0, input(T, "1", 1, ParallelPolicy.DEFAULT, "echo")),
                work(0, 1, input(T, "2", 2, ParallelPolicy.DEFAULT, "echo"))));
        harness.awaitConsumed(0, 2);
        return harness.loop.setAside().get(T);
    }

    /** Both of them, in two batches. */
    private static void offerAgain(LoopHarness harness, long offset, SetAsideThread released) {
        for (int i = 0; i < 2; i++) {
            harness.loop.offer(List.of(
                    release(offset + i, input(T, "" + (i + 1), i + 1, ParallelPolicy.DEFAULT, "echo"), released.id())));
            harness.awaitConsumed(0, offset + i + 1);
        }
    }

    /** The journal has it under another id. */
    private SetAsideThread assertAnew(SetAsideThread first) {
        List<SetAsideThread> journaled = memory.setAside(List.of(0), 10);
        assertThat(journaled).singleElement().satisfies(aside -> {
            assertThat(aside.id()).isNotEqualTo(first.id());
            assertThat(aside.cause()).isEqualTo(Kind.THREAD_UNREADABLE);
        });
        return journaled.getFirst();
    }

    private void assertGoesOnInOrderWhenItIsSound(LoopHarness harness, SetAsideThread again, AtomicBoolean isDamaged) {
        harness.loop.offer(List.of(work(0, 4, input(T, "3", 3, ParallelPolicy.DEFAULT, "echo"))));
        harness.awaitConsumed(0, 5);
        assertThat(dead()).hasSize(5).allSatisfy(row -> assertThat(row.kind()).isEqualTo(Kind.THREAD_UNREADABLE));
        assertThat(dead()).extracting(row -> row.source().offset()).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(harness.loop.setAside().values()).containsExactly(again);
        assertThat(memory.setAside(List.of(0), 10)).containsExactly(again);

        isDamaged.set(false);
        offerAgain(harness, 5, again);
        assertThat(accepted(T)).containsExactly("1", "2");
        assertThat(harness.loop.setAside()).isEmpty();
        assertThat(memory.setAside(List.of(0), 10)).isEmpty();
    }

    @Test
    void aJournalThatIsAwayDelaysItAndLosesNothing() {
        AtomicInteger refusals = new AtomicInteger(3);
        Journal away = new JournalDelegate(memory) {
            @Override
            public void setAside(SetAsideThread thread, long epoch) {
                if (refusals.getAndDecrement() > 0) {
                    throw new JournalUnavailableException("injected", null);
                }
                super.setAside(thread, epoch);
            }
        };
        try (LoopHarness harness = started(away)) {
            harness.loop.offer(List.of(
                    work(0, 0, input(T, "fails", 1, null, "delay")), work(0, 1, input(OTHER, "2", 2, null, "echo"))));
            harness.awaitConsumed(0, 2);
            assertThat(accepted(OTHER)).containsExactly("2");
            assertThat(dead()).extracting(OutboxRow::kind).containsExactly(Kind.FAILED);
            assertThat(harness.lost).isEmpty();
        }
    }

    @Test
    void manyOfOneBatchAreSetAsideAtOnce() {
        try (LoopHarness harness = started(memory)) {
            List<Work> works = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                works.add(work(0, i, input(thread("t" + i), "i" + i, i, null, i % 2 == 0 ? "delay" : "echo")));
            }
            harness.loop.offer(works);
            harness.awaitConsumed(0, 500);
            assertThat(memory.setAside(List.of(0), 1_000)).hasSize(250);
            assertThat(dead()).hasSize(250);
            assertThat(failures).hasValue(250);
        }
    }

    @Test
    void beyondTheLimitOfThoseThatAreRememberedACommandFailsByItself() {
        memory.claim(0, "a", "p");
        OwnedPartition partition = new OwnedPartition(0, 1, 0);
        SetAsides asides = new SetAsides(memory, 2, 1);
        for (int i = 0; i < 3; i++) {
            asides.add(partition, thread("t" + i), Kind.FAILED, "x".repeat(2_000));
        }
        assertThat(asides.size()).isEqualTo(2);
        assertThat(asides.of(thread("t2"))).isNull();
        assertThat(memory.setAside(List.of(0), 10)).as("their timers rest").hasSize(3);
        assertThat(asides.all().values())
                .allSatisfy(aside -> assertThat(aside.error()).hasSize(SetAsides.MAX_ERROR));

        Work.Decide waiting = new Work.Decide(0, lost(thread("t0")), null, false);
        asides.await(waiting);
        asides.await(new Work.Decide(0, lost(thread("t1")), null, false));
        asides.await(new Work.Decide(0, lost(thread("t2")), null, false));
        assertThat(asides.takeBack(asides.all().get(thread("t0")))).containsExactly(waiting);
        assertThat(asides.toResume()).as("all of it waited here").isEmpty();
        assertThat(asides.takeBack(asides.all().get(thread("t1")))).isEmpty();
        assertThat(asides.toResume()).as("there was no room").containsExactly(Map.entry(thread("t1"), 0));
    }

    @Test
    void whatFollowsFromDecisionsIsItsThreadsOwn_too() {
        isBroken.set(false);
        BatchBuilder builder = new BatchBuilder(
                LoopHarness.decider(gate),
                Quotas.NONE,
                // Divides by it.
                0,
                Long.MAX_VALUE,
                new EarlierBatches());
        List<Work> works = List.of(
                work(0, 0, input(T, "1", 1, null, "echo")),
                work(0, 1, input(OTHER, "1", 2, null, "echo")),
                work(0, 2, input(T, "2", 3, null, "echo")));
        assertThat(org.assertj.core.api.Assertions.catchThrowableOfType(
                                FailedThreads.class, () -> builder.build(works, Map.of(0, new OwnedPartition(0, 1, 0))))
                        .failures())
                .satisfies(failures -> {
                    assertThat(failures).containsOnlyKeys(T, OTHER);
                    assertThat(failures.get(T).index()).isZero();
                    assertThat(failures.get(OTHER).index()).isOne();
                });
    }

    private LoopHarness started(Journal journal) {
        LoopHarness harness = new LoopHarness("a", journal, LoopSettings.DEFAULT, gate);
        harness.own(0);
        return harness.start();
    }

    private String fail(LoopHarness harness, long offset) {
        harness.loop.offer(List.of(work(0, offset, input(T, "fails", 1, null, "delay"))));
        harness.awaitConsumed(0, offset + 1);
        return harness.loop.setAside().get(T).id();
    }

    private static Command lost(ThreadKey thread) {
        return new Command.LoseAction(
                new Command.Header(thread, 1, null, "", "action.lost", "system"), RUN, new ActionId("r-1"), 1);
    }

    private static Command.Header header(long timeMs, String type) {
        return new Command.Header(T, timeMs, null, "", type, "system");
    }

    private Ownership ownership(LoopHarness of, AtomicInteger ticks) {
        Inbound inbound = new Inbound() {
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
        // Time passes with each look at it.
        return new Ownership(
                "o",
                "o",
                new MachineThreads(),
                of.journal,
                of.publisher,
                of.steps,
                of.turns,
                of.loop,
                inbound,
                () -> 1_000L + 100L * ticks.incrementAndGet(),
                Measurements.NONE);
    }

    private List<String> accepted(ThreadKey thread) {
        return Journaled.accepted(memory.decisions(thread, 1, 1_000));
    }

    private List<RunId> ended() {
        return Journaled.events(memory.decisions(T, 1, 1_000)).stream()
                .filter(Event.RunCompleted.class::isInstance)
                .map(event -> ((Event.RunCompleted) event).run())
                .toList();
    }

    private List<OutboxRow> dead() {
        return Journaled.outbox(memory).stream()
                .filter(row -> row.kind().isDeadLetter())
                .toList();
    }
}
