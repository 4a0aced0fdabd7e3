package dev.threadwright.ending;

import dev.threadwright.log.LogFields;
import dev.threadwright.workflow.Json;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Does what is to be done when legs have ended. One on every server; a row is taken by one of them at a time. Whatever
 * goes wrong here, the run is not concerned.
 */
public final class EndingWorker implements AutoCloseable {

    /** How many endings one server sees to at a time. */
    public static final int MAX_AT_ONCE = 32;

    /** How often it looks. */
    static final long POLL_MS = 250;

    /** After which what was taken is due again; longer than everything that is waited for in between. */
    static final long HOLD_MS = 120_000;

    /** For a read of the run, and for a deletion. */
    static final long PORT_TIMEOUT_MS = 20_000;

    /** Of a webhook at most, so that all of it stays below {@link #HOLD_MS}. */
    public static final long MAX_TIMEOUT_MS = 60_000;

    private static final Logger LOG = Logger.getLogger(EndingWorker.class);

    private final Endings endings;
    private final EndedRuns runs;
    private final ThreadDeletions deletions;
    private final Webhooks webhooks;
    private final Retries retries;
    private final LongSupplier clock;
    private final RandomGenerator random;
    private final Semaphore free = new Semaphore(MAX_AT_ONCE);
    private final ExecutorService work = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService poll = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("leg-endings").daemon().factory());
    private final LongAdder delivered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder givenUp = new LongAdder();
    private final LongAdder deleted = new LongAdder();

    /**
     * @param maxAttempts of a webhook, and of a deletion
     * @param clock milliseconds since 1970
     */
    public EndingWorker(
            Endings endings,
            EndedRuns runs,
            ThreadDeletions deletions,
            Webhooks webhooks,
            int maxAttempts,
            LongSupplier clock,
            RandomGenerator random) {
        this.endings = endings;
        this.runs = runs;
        this.deletions = deletions;
        this.webhooks = webhooks;
        this.retries = new Retries(maxAttempts);
        this.clock = clock;
        this.random = random;
    }

    public void start() {
        poll.scheduleWithFixedDelay(this::poll, POLL_MS, POLL_MS, TimeUnit.MILLISECONDS);
    }

    public EndingCounts counts() {
        return new EndingCounts(delivered.sum(), failed.sum(), givenUp.sum(), deleted.sum());
    }

    private void poll() {
        try {
            turn();
        } catch (SQLException | RuntimeException e) {
            // Postgres is away, or not ready yet; what is due stays so.
            LOG.debugf("Cannot look for ended runs: %s", e.getMessage());
        }
    }

    /**
     * Takes what is due now, as far as there is room.
     *
     * @return what it has begun to do; each completes when it is settled, and never fails
     */
    List<CompletableFuture<Void>> turn() throws SQLException {
        int room = free.drainPermits();
        List<Ending> taken = List.of();
        try {
            if (room > 0) {
                long nowMs = clock.getAsLong();
                taken = endings.take(room, nowMs, nowMs + HOLD_MS);
            }
        } finally {
            free.release(room - taken.size());
        }
        List<CompletableFuture<Void>> begun = new ArrayList<>();
        for (Ending ending : taken) {
            begun.add(CompletableFuture.runAsync(() -> settle(ending), work));
        }
        return begun;
    }

    private void settle(Ending ending) {
        try {
            Ending left = tell(ending);
            if (left != null) {
                delete(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (SQLException | RuntimeException e) {
            try (LogFields ignored = LogFields.of(ending.thread()).run(ending.leg())) {
                LOG.warnf("The end of run %s is seen to again later: %s", ending.leg(), e.getMessage());
            }
        } finally {
            free.release();
        }
    }

    /** @return what is left to do; null for nothing now */
    private @Nullable Ending tell(Ending ending) throws SQLException, InterruptedException {
        String url = ending.webhook();
        if (url == null) {
            return ending;
        }
        switch (attempt(ending, url)) {
            case Webhooks.Result.Delivered ignored -> delivered.increment();
            case Webhooks.Result.Unwanted unwanted -> giveUp("The webhook", ending, unwanted.reason());
            case Webhooks.Result.Failed failure -> {
                if (isAgain("The webhook", ending, failure.reason())) {
                    return null;
                }
            }
        }
        return ending.delete() ? endings.told(ending) : ending;
    }

    private Webhooks.Result attempt(Ending ending, String url) throws InterruptedException {
        try {
            Optional<Json.Obj> run = await(runs.find(ending.thread(), ending.leg()), PORT_TIMEOUT_MS);
            return run.isEmpty()
                    ? new Webhooks.Result.Unwanted("The run is no longer there")
                    : await(webhooks.deliver(ending, url, run.get(), clock.getAsLong()), MAX_TIMEOUT_MS);
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            return new Webhooks.Result.Failed(words(e));
        }
    }

    private void delete(Ending ending) throws SQLException, InterruptedException {
        if (ending.delete()) {
            try {
                await(deletions.delete(ending.thread()), PORT_TIMEOUT_MS);
                deleted.increment();
            } catch (ExecutionException | TimeoutException | RuntimeException e) {
                if (isAgain("The deletion of the thread", ending, words(e))) {
                    return;
                }
            }
        }
        endings.done(ending);
    }

    /** Whether it is tried again, and if so, when. */
    private boolean isAgain(String what, Ending ending, String reason) throws SQLException {
        if (retries.isLast(ending.attempt())) {
            giveUp(what, ending, reason);
            return false;
        }
        failed.increment();
        long waitMs = retries.waitMs(ending.attempt(), random);
        LOG.debugf("%s after run %s failed, again in %d ms: %s", what, ending.leg(), waitMs, reason);
        endings.again(ending, clock.getAsLong() + waitMs);
        return true;
    }

    private void giveUp(String what, Ending ending, String reason) {
        givenUp.increment();
        try (LogFields ignored = LogFields.of(ending.thread()).run(ending.leg())) {
            LOG.warnf(
                    "%s after run %s on thread %s is given up at attempt %d: %s",
                    what, ending.leg(), ending.thread(), ending.attempt(), reason);
        }
    }

    private static <T> T await(CompletionStage<T> stage, long ms)
            throws InterruptedException, ExecutionException, TimeoutException {
        return stage.toCompletableFuture().get(ms, TimeUnit.MILLISECONDS);
    }

    private static String words(Exception e) {
        Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** What is under way is left to another server. */
    @Override
    public void close() {
        poll.shutdownNow();
        work.shutdownNow();
    }
}
