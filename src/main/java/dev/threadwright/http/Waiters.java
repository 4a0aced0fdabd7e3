package dev.threadwright.http;

import dev.threadwright.actor.Replies;
import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.Batch.RunRow;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.query.OutcomeReads;
import dev.threadwright.query.OutcomeReads.Found;
import dev.threadwright.query.OutcomeReads.RunHalt;
import dev.threadwright.query.OutcomeReads.RunKey;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Callers of this instance that wait for a decision, or for a run that goes no further. What this instance commits it tells them at
 * once; for what others commit, one query asks for all of them together.
 *
 * <p>A waiter is registered before its command is produced, so no commit can come too early. Whatever is told twice is
 * ignored the second time, and what the local shortcut misses (a duplicate commits nothing; a partition may leave) the
 * poll finds.
 */
@ApplicationScoped
public class Waiters implements Replies {

    /** Of one instance; further callers are told to come back. */
    public static final int MAX_WAITERS = 5_000;

    /** Of what they have sent, which is kept until they are answered. One alone may always wait. */
    public static final long MAX_BYTES = 67_108_864;

    static final long POLL_MS = 20;

    /** A partition that this instance commits is polled only in case the shortcut missed something. */
    static final long POLL_OWN_MS = 500;

    private static final Logger LOG = Logger.getLogger(Waiters.class);

    private final BiFunction<Collection<OutcomeKey>, Collection<RunKey>, Uni<Found>> poll;
    private final LongSupplier nanoTime;
    private final Ticker ticker;

    private final AtomicInteger count = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final Set<Waiter> all = ConcurrentHashMap.newKeySet();
    private final ConcurrentHashMap<OutcomeKey, Set<Waiter>> byOutcome = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<RunKey, Set<Waiter>> byRun = new ConcurrentHashMap<>();
    private final Set<Integer> ownPartitions = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean polling = new AtomicBoolean();
    private volatile boolean pollFailed;

    /** Calls {@link #tick} every {@link #POLL_MS} from when it is asked to until tick says that nobody waits. */
    interface Ticker {
        void ensureRunning(Waiters waiters);
    }

    @Inject
    Waiters(OutcomeReads reads, Vertx vertx) {
        this(reads::find, System::nanoTime, new PeriodicTicker(vertx));
    }

    Waiters(
            BiFunction<Collection<OutcomeKey>, Collection<RunKey>, Uni<Found>> poll,
            LongSupplier nanoTime,
            Ticker ticker) {
        this.poll = poll;
        this.nanoTime = nanoTime;
        this.ticker = ticker;
    }

    /**
     * Begins to wait for what becomes of the command.
     *
     * @throws ProblemException if too many wait already, or with too much
     */
    Waiter register(CheckedCommand command, Waiter.Until until, Duration timeout) {
        if (count.incrementAndGet() > MAX_WAITERS) {
            count.decrementAndGet();
            throw new ProblemException(Problem.of(
                    ProblemType.OVERLOADED,
                    MAX_WAITERS + " callers wait on this instance already. Come back later, or send the input without"
                            + " waiting: its key makes repeating it safe"));
        }
        long size = command.bytes();
        long before = bytes.getAndAdd(size);
        if (before > 0 && before + size > MAX_BYTES) {
            bytes.addAndGet(-size);
            count.decrementAndGet();
            throw new ProblemException(Problem.of(
                    ProblemType.OVERLOADED,
                    "Callers who wait on this instance have sent " + before + " bytes, and " + MAX_BYTES
                            + " is the limit. Come back later, or send the input without waiting: its key makes"
                            + " repeating it safe"));
        }
        long now = nanoTime.getAsLong();
        long firstPoll = ownPartitions.contains(command.partition()) ? now + ms(POLL_OWN_MS) : now;
        Waiter waiter = new Waiter(this, command, until, now + timeout.toNanos(), firstPoll);
        all.add(waiter);
        link(byOutcome, command.outcomeKey(), waiter);
        link(byOutcome, command.conflictKey(), waiter);
        ticker.ensureRunning(this);
        return waiter;
    }

    /** Tells everybody what is known so far, as if their time were up. */
    void hurry() {
        all.forEach(waiter -> waiter.finish(waiter.soFar()));
    }

    /** How many wait. */
    int size() {
        return count.get();
    }

    @Override
    public void committed(Batch batch) {
        batch.advances().forEach(advance -> ownPartitions.add(advance.partition()));
        if (all.isEmpty()) {
            return;
        }
        // Outcomes first: the batch that starts a run may end it, too.
        for (OutcomeRow row : batch.outcomes()) {
            told(row);
        }
        for (OutboxRow row : batch.outbox()) {
            setAside(row);
        }
        for (RunRow row : batch.runs()) {
            if (row.status().isTerminal()) {
                RunKey key = new RunKey(row.thread(), row.run());
                if (byRun.containsKey(key)) {
                    halted(new RunHalt(
                            key,
                            row.status(),
                            Long.MAX_VALUE,
                            row.values() == null ? null : Json.object(row.values()),
                            row.error()));
                }
            }
        }
        batch.threads().forEach(row -> stopped(row.state()));
    }

    /** By the state and not by the run's row: one that goes on and stops again within a batch leaves that as it was. */
    private void stopped(ThreadState state) {
        for (StartedRun run : state.started()) {
            RunKey key = new RunKey(state.key(), run.id());
            if (byRun.containsKey(key) && RunHalt.isOne(run.status())) {
                halted(new RunHalt(key, run.status(), state.seq(), null, null));
            }
        }
    }

    /** Dead letters are rare, so nobody keeps an index for them. Callers of other instances wait until time is up. */
    private void setAside(OutboxRow row) {
        if (row.kind().isDeadLetter()) {
            for (Waiter waiter : all) {
                if (waiter.command().isIn(row)) {
                    waiter.setAside(row.reason());
                }
            }
        }
    }

    void told(OutcomeRow row) {
        for (Waiter waiter : byOutcome.getOrDefault(row.key(), Set.of())) {
            if (row.outcome() instanceof Outcome.Duplicate) {
                // It did nothing: no commit will tell where its run is.
                waiter.pollNext(nanoTime.getAsLong());
            }
            waiter.told(row);
        }
    }

    /** From now on the waiter is interested in how far the run goes; which may have been told before it was linked here. */
    void await(Waiter waiter, RunKey run) {
        link(byRun, run, waiter);
        if (!all.contains(waiter)) {
            unlink(byRun, run, waiter);
        }
    }

    void forget(Waiter waiter) {
        if (all.remove(waiter)) {
            count.decrementAndGet();
            bytes.addAndGet(-waiter.command().bytes());
            unlink(byOutcome, waiter.command().outcomeKey(), waiter);
            unlink(byOutcome, waiter.command().conflictKey(), waiter);
            RunKey run = waiter.run();
            if (run != null) {
                unlink(byRun, run, waiter);
            }
        }
    }

    /** Ends waiting whose time is up and asks for the others. Returns whether anyone still waits. */
    boolean tick() {
        long now = nanoTime.getAsLong();
        Set<OutcomeKey> outcomes = new HashSet<>();
        Set<RunKey> runs = new HashSet<>();
        boolean mayPoll = polling.compareAndSet(false, true);
        for (Waiter waiter : all) {
            if (waiter.isLate(now)) {
                waiter.finish(waiter.soFar());
            } else if (mayPoll && waiter.isDue(now)) {
                boolean own = ownPartitions.contains(waiter.command().partition());
                waiter.pollNext(now + ms(own ? POLL_OWN_MS : POLL_MS / 2));
                waiter.ask(outcomes, runs);
            }
        }
        if (mayPoll) {
            if (outcomes.isEmpty() && runs.isEmpty()) {
                polling.set(false);
            } else {
                poll(outcomes, runs);
            }
        }
        return !all.isEmpty();
    }

    private void poll(Set<OutcomeKey> outcomes, Set<RunKey> runs) {
        poll.apply(outcomes, runs)
                .onTermination()
                .invoke(() -> polling.set(false))
                .subscribe()
                .with(this::found, this::failed);
    }

    private void found(Found found) {
        pollFailed = false;
        for (OutcomeRow row : found.outcomes()) {
            for (Waiter waiter : byOutcome.getOrDefault(row.key(), Set.of())) {
                // Committed elsewhere, or a duplicate; if it was the latter, its partition is own again at once.
                ownPartitions.remove(waiter.command().partition());
                waiter.pollNext(nanoTime.getAsLong());
            }
            told(row);
        }
        found.halts().forEach(this::halted);
    }

    /** Callers go on waiting until their time is up: the database may come back. */
    private void failed(Throwable failure) {
        if (!pollFailed) {
            pollFailed = true;
            LOG.warnf("Cannot ask for outcomes, will go on trying: %s", failure.getMessage());
        }
    }

    private void halted(RunHalt halt) {
        for (Waiter waiter : byRun.getOrDefault(halt.key(), Set.of())) {
            waiter.halted(halt);
        }
    }

    private static <K> void link(ConcurrentHashMap<K, Set<Waiter>> map, K key, Waiter waiter) {
        map.compute(key, (k, waiters) -> {
            Set<Waiter> linked = waiters == null ? ConcurrentHashMap.newKeySet(2) : waiters;
            linked.add(waiter);
            return linked;
        });
    }

    private static <K> void unlink(ConcurrentHashMap<K, Set<Waiter>> map, K key, Waiter waiter) {
        map.computeIfPresent(key, (k, waiters) -> {
            waiters.remove(waiter);
            return waiters.isEmpty() ? null : waiters;
        });
    }

    private static long ms(long ms) {
        return ms * 1_000_000;
    }

    /** A timer of Vert.x, which runs only while somebody waits. */
    private static final class PeriodicTicker implements Ticker {
        private final Vertx vertx;
        private final AtomicBoolean running = new AtomicBoolean();

        PeriodicTicker(Vertx vertx) {
            this.vertx = vertx;
        }

        @Override
        public void ensureRunning(Waiters waiters) {
            if (running.compareAndSet(false, true)) {
                vertx.setPeriodic(POLL_MS, id -> {
                    if (!waiters.tick()) {
                        vertx.cancelTimer(id);
                        running.set(false);
                        // Somebody may have come between the tick and the line above.
                        if (waiters.size() > 0) {
                            ensureRunning(waiters);
                        }
                    }
                });
            }
        }
    }
}
