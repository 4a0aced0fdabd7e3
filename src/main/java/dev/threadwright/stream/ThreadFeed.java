package dev.threadwright.stream;

import dev.threadwright.actor.Replies;
import dev.threadwright.journal.Batch;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.query.DecisionReads;
import dev.threadwright.query.DecisionReads.Known;
import dev.threadwright.query.DecisionReads.News;
import dev.threadwright.query.UnavailableException;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What is committed on threads that somebody of this instance follows: in order, without gaps, each event once. What this
 * instance commits it tells at once; for what others commit, one query asks for all threads together. Whatever is told
 * twice is dropped by its number, and whatever is missing is read from the journal, so neither way has to be perfect.
 *
 * <p>A thread that nobody follows costs a look into a map for each of its decisions.
 */
@ApplicationScoped
public class ThreadFeed implements Replies {

    /** Of one instance. */
    public static final int MAX_SUBSCRIPTIONS = 5_000;

    static final long POLL_MS = 25;

    /** A partition that this instance commits is polled only in case something was missed: it may have left. */
    static final long POLL_OWN_MS = 500;

    /** Who has something to take, and takes nothing for that long, is not served any more. */
    static final long STALLED_MS = 60_000;

    /** How long a follower waits for a database that is away. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration FIRST_RETRY = Duration.ofMillis(100);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(2);

    private static final Logger LOG = Logger.getLogger(ThreadFeed.class);

    private final Source source;
    private final Partitions partitions;
    private final LongSupplier nanoTime;
    private final LongConsumer delays;
    private final Ticker ticker;

    private final AtomicInteger count = new AtomicInteger();
    private final ConcurrentHashMap<ThreadKey, Watched> watched = new ConcurrentHashMap<>();
    private final Set<Integer> ownPartitions = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean polling = new AtomicBoolean();
    private volatile boolean pollFailed;

    /** The journal, as a follower reads it. */
    interface Source {
        Uni<List<Recorded>> page(ThreadKey thread, long fromSeq);

        Uni<List<News>> news(String tenant, List<Known> known);
    }

    /** Calls {@link #tick} every {@link #POLL_MS} from when it is asked to until tick says that nobody follows. */
    interface Ticker {
        void ensureRunning(ThreadFeed feed);
    }

    /** Which partition owns a thread. */
    @FunctionalInterface
    public interface Partitions {
        int of(ThreadKey thread);
    }

    /** A thread, and who follows it. */
    private static final class Watched {
        final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet(2);
        final int partition;
        volatile long nextPollNanos;

        Watched(int partition, long nextPollNanos) {
            this.partition = partition;
            this.nextPollNanos = nextPollNanos;
        }
    }

    @Inject
    ThreadFeed(DecisionReads reads, Partitions partitions, MeterRegistry meters, Vertx vertx) {
        this(
                new Source() {
                    @Override
                    public Uni<List<Recorded>> page(ThreadKey thread, long fromSeq) {
                        return reads.page(thread, fromSeq);
                    }

                    @Override
                    public Uni<List<News>> news(String tenant, List<Known> known) {
                        return reads.news(tenant, known);
                    }
                },
                partitions,
                System::nanoTime,
                delays(meters),
                new PeriodicTicker(vertx));
    }

    ThreadFeed(Source source, Partitions partitions, LongSupplier nanoTime, LongConsumer delays, Ticker ticker) {
        this.source = source;
        this.partitions = partitions;
        this.nanoTime = nanoTime;
        this.delays = delays;
        this.ticker = ticker;
    }

    /**
     * Follows a thread from now on; it need not exist yet. What is committed from here on is told, and the caller says
     * where that begins, by {@link Subscription#beginBehind}, when it has read the thread's state.
     *
     * @param executor that answers are given on
     * @return null if as many follow as there may be
     */
    public @Nullable Subscription subscribe(ThreadKey thread, Executor executor) {
        return subscribe(thread, Subscription.NOWHERE, executor);
    }

    /**
     * Follows a thread, which need not exist yet, from an event on that may be long past.
     *
     * @param afterSeq the event behind which it begins; 0 for the first
     * @param executor that answers are given on
     * @return null if as many follow as there may be
     */
    public @Nullable Subscription subscribe(ThreadKey thread, long afterSeq, Executor executor) {
        if (count.incrementAndGet() > MAX_SUBSCRIPTIONS) {
            count.decrementAndGet();
            return null;
        }
        Subscription subscription = new Subscription(this, thread, afterSeq + 1, executor, nanoTime.getAsLong());
        watched.compute(thread, (key, there) -> {
            Watched entry = there == null ? watched(key) : there;
            entry.subscriptions.add(subscription);
            return entry;
        });
        ticker.ensureRunning(this);
        return subscription;
    }

    private Watched watched(ThreadKey thread) {
        int partition = partitions.of(thread);
        long now = nanoTime.getAsLong();
        return new Watched(partition, ownPartitions.contains(partition) ? now + ms(POLL_OWN_MS) : now);
    }

    private static LongConsumer delays(MeterRegistry meters) {
        Timer delay = Timer.builder("threadwright.stream.delay")
                .description("From the commit of an event, on the instance that committed it, to its line in a stream")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(Duration.ofSeconds(10))
                .register(meters);
        return nanos -> delay.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** What somebody was told of cannot be read: is the thread deleted? */
    void askSoon(ThreadKey thread) {
        watched.computeIfPresent(thread, (key, entry) -> {
            entry.nextPollNanos = nanoTime.getAsLong();
            return entry;
        });
    }

    /** How many follow threads. */
    public int size() {
        return count.get();
    }

    Uni<List<Recorded>> read(ThreadKey thread, long fromSeq) {
        return source.page(thread, fromSeq)
                .onFailure(UnavailableException.class)
                .retry()
                .withBackOff(FIRST_RETRY, LONGEST_RETRY)
                .expireIn(PATIENCE.toMillis());
    }

    void sent(long committedNanos) {
        delays.accept(nanoTime.getAsLong() - committedNanos);
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    /** Called once by each that is closed. */
    void forget(Subscription subscription) {
        count.decrementAndGet();
        watched.computeIfPresent(subscription.thread(), (key, entry) -> {
            entry.subscriptions.remove(subscription);
            return entry.subscriptions.isEmpty() ? null : entry;
        });
    }

    @Override
    public void committed(Batch batch) {
        batch.advances().forEach(advance -> ownPartitions.add(advance.partition()));
        if (watched.isEmpty()) {
            return;
        }
        Long now = nanoTime.getAsLong();
        for (DecisionRow decision : batch.decisions()) {
            Watched entry = watched.get(decision.thread());
            if (entry != null) {
                entry.nextPollNanos = now + ms(POLL_OWN_MS);
                entry.subscriptions.forEach(subscription -> subscription.offer(decision.events(), now));
            }
        }
    }

    /** Asks for what others have committed. Returns whether anybody follows anything. */
    boolean tick() {
        long now = nanoTime.getAsLong();
        watched.values().forEach(entry -> entry.subscriptions.forEach(one -> one.closeIfStalled(now, ms(STALLED_MS))));
        if (polling.compareAndSet(false, true)) {
            Map<String, List<Known>> due = due(now);
            if (due.isEmpty()) {
                polling.set(false);
            } else {
                poll(due);
            }
        }
        return !watched.isEmpty();
    }

    private Map<String, List<Known>> due(long now) {
        Map<String, List<Known>> due = new TreeMap<>();
        watched.forEach((thread, entry) -> {
            if (entry.nextPollNanos - now > 0) {
                return;
            }
            boolean own = ownPartitions.contains(entry.partition);
            entry.nextPollNanos = now + ms(own ? POLL_OWN_MS : POLL_MS / 2);
            // Who still reads what was before asks for itself, but cannot find out so that the thread is deleted.
            long known = entry.subscriptions.stream()
                    .mapToLong(Subscription::knownSeq)
                    .max()
                    .orElse(-1);
            due.computeIfAbsent(thread.tenant(), key -> new ArrayList<>())
                    .add(new Known(thread, known < 0 ? Long.MAX_VALUE : known));
        });
        return due;
    }

    private void poll(Map<String, List<Known>> due) {
        Multi.createFrom()
                .iterable(due.entrySet())
                .onItem()
                .transformToUniAndConcatenate(tenant -> Uni.createFrom()
                        .deferred(() -> source.news(tenant.getKey(), tenant.getValue()))
                        .invoke(this::found)
                        .onItemOrFailure()
                        .transform((found, failure) -> told(failure)))
                .collect()
                .with(Collectors.reducing(true, (some, one) -> some && one))
                .onTermination()
                .invoke(() -> polling.set(false))
                .subscribe()
                .with(
                        isWhole -> {
                            if (isWhole) {
                                pollFailed = false;
                            }
                        },
                        this::told);
    }

    /** Whoever follows goes on: the database may come back. Whether nothing has failed. */
    private boolean told(@Nullable Throwable failure) {
        if (failure != null && !pollFailed) {
            pollFailed = true;
            LOG.warnf("Cannot ask for what is new on threads, will go on trying: %s", failure.getMessage());
        }
        return failure == null;
    }

    private void found(List<News> news) {
        for (News one : news) {
            Watched entry = watched.get(one.thread());
            if (entry == null) {
                continue;
            }
            switch (one) {
                // Readers do not see what was deleted, not even that it was.
                case News.Deleted ignored -> entry.subscriptions.forEach(Subscription::deleted);
                case News.Unreadable unreadable ->
                    entry.subscriptions.forEach(subscription -> subscription.unreadable(unreadable.why()));
                case News.Decided decided -> decided(entry, decided.events());
            }
        }
    }

    private void decided(Watched entry, List<Recorded> events) {
        boolean isNew = false;
        for (Subscription subscription : entry.subscriptions) {
            isNew |= subscription.offer(events, null);
        }
        if (isNew) {
            // Committed elsewhere; if it was only told late here, the partition is own again with its next commit.
            ownPartitions.remove(entry.partition);
            entry.nextPollNanos = nanoTime.getAsLong();
        }
    }

    private static long ms(long ms) {
        return ms * 1_000_000;
    }

    /** A timer of Vert.x, which runs only while somebody follows. */
    private static final class PeriodicTicker implements Ticker {
        private final Vertx vertx;
        private final AtomicBoolean running = new AtomicBoolean();

        PeriodicTicker(Vertx vertx) {
            this.vertx = vertx;
        }

        @Override
        public void ensureRunning(ThreadFeed feed) {
            if (running.compareAndSet(false, true)) {
                vertx.setPeriodic(POLL_MS, id -> {
                    if (!feed.tick()) {
                        vertx.cancelTimer(id);
                        running.set(false);
                        // Somebody may have come between the tick and the line above.
                        if (feed.size() > 0) {
                            ensureRunning(feed);
                        }
                    }
                });
            }
        }
    }
}
