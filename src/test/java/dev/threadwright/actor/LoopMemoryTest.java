package dev.threadwright.actor;

import static dev.threadwright.actor.LoopHarness.input;
import static dev.threadwright.actor.LoopHarness.thread;
import static dev.threadwright.actor.LoopHarness.work;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.journal.Batch;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.JournalDelegate;
import dev.threadwright.journal.Publication;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Gate;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.BuiltInWorkflows;
import dev.threadwright.workflow.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A loop's memory stays flat whatever is asked of it. {@code -Dmemory.threads=1000000} has a million threads instead of
 * fewer.
 */
class LoopMemoryTest {

    private static final int THREADS = Integer.getInteger("memory.threads", 10_000);
    private static final int POLL = 500;
    private static final int MAX_MAILBOX = 2_000;
    private static final int MAX_BATCH = 500;
    private static final int MAX_ACTORS = 2_000;
    private static final int MAX_BACKLOG = 1_000;
    private static final long MAX_BACKLOG_BYTES = 16L << 20;
    private static final long MAX_BATCH_BYTES = 8L << 20;
    private static final long MAX_MAILBOX_BYTES = 64L << 20;

    /** What a heap may differ by from one look to the next; 8,000 threads that were kept would be four times that. */
    private static final long NOISE_BYTES = 12L << 20;

    private final Backlog backlog = new Backlog();
    private final ForgetfulJournal journal = new ForgetfulJournal();
    private final Loop loop = new Loop(
            "memory",
            "memory",
            new MachineThreads(),
            journal,
            LoopHarness.decider(Gate.OPEN),
            NeededWorkflows.fixed(BuiltInWorkflows.registry()),
            new LoopSettings(MAX_BATCH, MAX_BATCH_BYTES, MAX_MAILBOX, MAX_MAILBOX_BYTES, MAX_ACTORS, 64L << 20, 500),
            backlog,
            new NoSteps(),
            Turns.NONE,
            Quotas.NONE,
            batch -> {},
            command -> {},
            (partition, epoch) -> {},
            Measurements.NONE);

    private int mostInMailbox;
    private int mostActors;

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void idleThreadsCostNothing() {
        own();
        IntFunction<Command> inputs = i ->
                input(thread("t" + i), "i" + i, i, null, "echo", Json.object("text", Json.of("x".repeat(6_000) + i)));
        produce(0, THREADS / 5, inputs);
        long before = heap();
        produce(THREADS / 5, THREADS, inputs);
        long after = heap();

        assertThat(loop.load().actors()).isBetween(1, MAX_ACTORS);
        assertThat(mostActors).isLessThanOrEqualTo(MAX_ACTORS);
        assertThat(after - before)
                .as("%d threads, before %d, after %d", THREADS, before, after)
                .isLessThan(NOISE_BYTES);
    }

    @Test
    void whoeverIsFasterThanTheJournalIsMadeToWait() {
        own();
        // As slow as it can be: one commit for each poll.
        journal.isSlow = true;
        produce(0, 8_000, i -> input(thread("t" + i % 100), "i" + i, i, null, "echo"));
        assertThat(mostInMailbox).as("the limit, and one poll beyond it").isBetween(MAX_MAILBOX, MAX_MAILBOX + POLL);
    }

    @Test
    void whileNothingCanBePublishedNothingIsDecidedBeyondTheBacklog() {
        own();
        backlog.isDead = true;
        int sent = 0;
        while (!loop.isSaturated() || loop.load().mailboxWorks() < MAX_MAILBOX) {
            offer(sent, sent + POLL, i -> input(thread("t" + i % 100), "i" + i, i, null, "echo"));
            sent += POLL;
            awaitRoomOrSaturation();
        }
        // What comes from steps comes all the same.
        loop.offer(List.of(new Work.Decide(
                0,
                new Command.CompleteAction(
                        new Command.Header(thread("t1"), 1, null, "", "action.succeeded", "system"),
                        new dev.threadwright.thread.RunId("r"),
                        new ActionId("r-1"),
                        1,
                        Json.NULL),
                null,
                false)));
        assertThat(backlog.size.get()).isBetween(MAX_BACKLOG, MAX_BACKLOG + MAX_BATCH);
        assertThat(loop.load().mailboxWorks()).isLessThanOrEqualTo(MAX_MAILBOX + POLL + 1);
        long committed = journal.works.get();
        assertThat(committed).isLessThan(sent);

        backlog.goOn();
        int all = sent;
        await().atMost(Duration.ofSeconds(30)).until(() -> journal.next.get() == all);
    }

    @Test
    void whileLittleThatIsLargeCannotBePublishedItsBytesCount() {
        own();
        backlog.isDead = true;
        Json large = Json.object("text", Json.of("x".repeat(20_000)));
        IntFunction<Command> inputs = i -> input(thread("t" + i % 100), "i" + i, i, null, "echo", large);
        offer(0, 1_000, inputs);
        await().atMost(Duration.ofSeconds(30)).until(backlog::isSaturated);
        assertThat(loop.isSaturated()).isTrue();
        // All of it is decided on the loop's thread, so whatever it was at when the log was full has been committed.
        loop.release(1).join();
        assertThat(backlog.size).hasValueLessThan(MAX_BACKLOG);
        assertThat(backlog.bytes.get())
                .as("the limit, and one commit beyond it")
                .isBetween(MAX_BACKLOG_BYTES, MAX_BACKLOG_BYTES + MAX_BATCH_BYTES);
        int decided = backlog.size.get();
        assertThat(decided * 4L * 20_000).as("what it writes of each").isGreaterThan(MAX_BACKLOG_BYTES / 2);

        backlog.goOn();
        await().atMost(Duration.ofSeconds(30)).until(() -> journal.next.get() == 1_000);
    }

    private void awaitRoomOrSaturation() {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> loop.load().mailboxWorks() < MAX_BATCH || backlog.isSaturated());
    }

    private void own() {
        loop.start();
        loop.own(0, journal.claim(0, "memory", "p").epoch(), 0, List.of(), List.of(), List.of())
                .join();
    }

    /** As a consumer does: as fast as it can, but for pauses while the loop is saturated. */
    private void produce(int from, int to, IntFunction<Command> command) {
        for (int sent = from; sent < to; sent += POLL) {
            int until = Math.min(to, sent + POLL);
            offer(sent, until, command);
            LoopLoad load = loop.load();
            mostInMailbox = Math.max(mostInMailbox, load.mailboxWorks());
            mostActors = Math.max(mostActors, load.actors());
            while (loop.isSaturated()) {
                journal.goOn.release();
                Thread.onSpinWait();
            }
        }
        await().atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> {
                    journal.goOn.release();
                    return journal.next.get() >= to;
                });
    }

    private void offer(int from, int to, IntFunction<Command> command) {
        List<Work> works = new ArrayList<>(to - from);
        for (int i = from; i < to; i++) {
            works.add(work(0, i, command.apply(i)));
        }
        loop.offer(works);
    }

    /** After all that is garbage has gone. */
    private static long heap() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    /** Keeps no more than who owns what: what a test measures is the loop. */
    private static final class ForgetfulJournal extends JournalDelegate {
        final AtomicLong next = new AtomicLong();
        final AtomicLong works = new AtomicLong();
        final Semaphore goOn = new Semaphore(0);
        volatile boolean isSlow;

        ForgetfulJournal() {
            super(new InMemoryJournal());
        }

        @Override
        public void commit(Batch batch) {
            if (isSlow) {
                goOn.acquireUninterruptibly();
                goOn.drainPermits();
            }
            works.addAndGet(batch.decisions().size());
            batch.offsets().forEach(offset -> next.set(offset.next()));
        }

        @Override
        public Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads) {
            return Map.of();
        }
    }

    /** A relay whose Kafka takes everything, or nothing. */
    private static final class Backlog implements Publisher {
        final AtomicInteger size = new AtomicInteger();
        final AtomicLong bytes = new AtomicLong();
        volatile boolean isDead;

        void goOn() {
            isDead = false;
            size.set(0);
            bytes.set(0);
        }

        @Override
        public String publisherId() {
            return "p";
        }

        @Override
        public void open(List<Journal.Claim> claims) {}

        @Override
        public long opened(Journal.Claim claim) {
            return claim.position();
        }

        @Override
        public void publish(List<? extends Publication> publications) {
            if (isDead) {
                size.addAndGet(publications.size());
                bytes.addAndGet(
                        publications.stream().mapToLong(Publication::bytes).sum());
            }
        }

        @Override
        public boolean isSaturated() {
            return size.get() >= MAX_BACKLOG || bytes.get() >= MAX_BACKLOG_BYTES;
        }

        @Override
        public void awaitRoom() {}

        @Override
        public CompletionStage<Long> close(int partition) {
            return CompletableFuture.completedFuture(0L);
        }

        @Override
        public void drop(int partition) {}
    }

    private static final class NoSteps implements StepStarter {
        @Override
        public void recorded(ThreadKey thread, ActionId action, int attempt, String name) {}

        @Override
        public void start(StepCall call) {}

        @Override
        public boolean isRunning(StepCall call) {
            return true;
        }

        @Override
        public void cancel(StepCall call) {}

        @Override
        public void cancelPartition(int partition) {}
    }
}
