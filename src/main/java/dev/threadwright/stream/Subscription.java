package dev.threadwright.stream;

import dev.threadwright.log.LogFields;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One follower's place on a thread. It takes events at its own pace: what is committed meanwhile waits in a short buffer,
 * and what does not fit is read from the journal later, so a slow follower costs no memory and misses nothing.
 */
public final class Subscription implements AutoCloseable {

    /** How many decisions wait for a follower before it has to read them. */
    static final int MAX_BUFFERED = 64;

    /** Where one stands that does not know yet where it begins. */
    static final long NOWHERE = -1;

    private static final Logger LOG = Logger.getLogger(Subscription.class);

    private final ThreadFeed feed;
    private final ThreadKey thread;
    private final Executor executor;

    /**
     * What a follower is given.
     *
     * @param events none if the thread was deleted, by somebody else than this instance
     * @param committedNanos by {@link System#nanoTime}, the time at which the first of these had been committed by this
     *     instance; null if they were read, or found
     */
    record Taken(List<Recorded> events, @Nullable Long committedNanos) {}

    private static final Taken DELETED = new Taken(List.of(), null);

    // Guarded by this.

    private final Deque<Taken> buffer = new ArrayDeque<>();

    /** What it was told of while it reads what was before. */
    private final Deque<List<Recorded>> told = new ArrayDeque<>();

    /** The event that comes behind the buffer; 0 as long as it is not known where this begins. */
    private long nextSeq;

    /** The last event that it was told of. */
    private long headSeq;

    /** Whether what comes next has to be read. */
    private boolean behind = true;

    private boolean reading;
    private boolean closed;
    private boolean deleted;
    private long idleSinceNanos;
    private @Nullable CompletableFuture<Taken> waiting;
    private @Nullable Runnable onStalled;

    Subscription(ThreadFeed feed, ThreadKey thread, long nextSeq, Executor executor, long nowNanos) {
        this.feed = feed;
        this.thread = thread;
        this.nextSeq = nextSeq;
        this.executor = executor;
        this.idleSinceNanos = nowNanos;
    }

    public ThreadKey thread() {
        return thread;
    }

    /** What is called when it is closed because nothing was taken for too long. */
    public synchronized void onStalled(Runnable action) {
        onStalled = action;
    }

    /**
     * The next events, at least one, as soon as there are any. Whoever asks again before the answer gets the same answer.
     * Fails if the journal cannot be read, and never answers after {@link #close}.
     */
    CompletionStage<Taken> take() {
        CompletableFuture<Taken> answer;
        synchronized (this) {
            idleSinceNanos = feed.nanoTime();
            if (waiting != null) {
                return waiting;
            }
            answer = new CompletableFuture<>();
            if (closed) {
                return answer;
            }
            if (!buffer.isEmpty()) {
                answer.complete(drained());
                return answer;
            }
            if (deleted) {
                answer.complete(DELETED);
                return answer;
            }
            waiting = answer;
            if (!behind || reading || nextSeq == 0) {
                return answer;
            }
            reading = true;
        }
        read();
        return answer;
    }

    /**
     * Where this begins: behind a state that was read after this had begun to be told. So nothing has to be read that was
     * committed meanwhile, unless it was more than fits.
     */
    void beginBehind(long seq) {
        synchronized (this) {
            if (nextSeq != 0) {
                throw new IllegalStateException("It has begun behind event " + (nextSeq - 1));
            }
            nextSeq = seq + 1;
            List<Recorded> fresh = new ArrayList<>();
            told.forEach(decision -> append(fresh, decision));
            told.clear();
            behind = headSeq >= nextSeq;
            if (!fresh.isEmpty()) {
                answer(new Taken(fresh, null));
            }
            if (!behind || waiting == null) {
                return;
            }
            reading = true;
        }
        read();
    }

    private Taken drained() {
        List<Recorded> all = new ArrayList<>();
        Long first = buffer.getFirst().committedNanos();
        buffer.forEach(taken -> all.addAll(taken.events()));
        buffer.clear();
        return new Taken(all, first);
    }

    /**
     * Does not block. Returns whether these are news.
     *
     * @param events of one decision
     * @param committedNanos when they had been committed; null if that is not known
     */
    boolean offer(List<Recorded> events, @Nullable Long committedNanos) {
        long first = events.getFirst().seq();
        long last = events.getLast().seq();
        synchronized (this) {
            headSeq = Math.max(headSeq, last);
            if (closed || last < nextSeq) {
                return false;
            }
            if (nextSeq == 0) {
                keep(events);
                return false;
            }
            if (behind || first > nextSeq || buffer.size() >= MAX_BUFFERED) {
                behind = true;
                keep(events);
                if (waiting == null || reading) {
                    return true;
                }
                reading = true;
            } else {
                List<Recorded> fresh = from(events, nextSeq);
                nextSeq = last + 1;
                if (buffer.isEmpty()) {
                    idleSinceNanos = feed.nanoTime();
                }
                answer(new Taken(fresh, committedNanos));
                return true;
            }
        }
        read();
        return true;
    }

    /** Nothing can be read any more; what it has been told comes first. */
    void deleted() {
        synchronized (this) {
            deleted = true;
            if (waiting != null) {
                answer(DELETED);
            }
        }
    }

    /** What comes next cannot be read. Whoever reads what was before finds that out by reading. */
    void unreadable(Throwable why) {
        synchronized (this) {
            if (!reading) {
                failed(why);
            }
        }
    }

    /** What does not fit is read again. */
    private void keep(List<Recorded> events) {
        if (told.size() >= MAX_BUFFERED) {
            told.clear();
        }
        told.add(events);
    }

    /** The last event that it has or has given; -1 while it reads what was before. */
    synchronized long knownSeq() {
        return closed || behind ? -1 : nextSeq - 1;
    }

    private void read() {
        long from;
        synchronized (this) {
            from = nextSeq;
        }
        feed.read(thread, from).subscribe().with(this::wasRead, this::failed);
    }

    private void wasRead(List<Recorded> page) {
        synchronized (this) {
            List<Recorded> fresh = new ArrayList<>();
            append(fresh, page);
            boolean joined = false;
            for (List<Recorded> decision : told) {
                joined |= append(fresh, decision);
            }
            told.clear();
            // A page may be cut, and only an empty one is known to be the last.
            behind = headSeq >= nextSeq || !(page.isEmpty() || joined);
            reading = fresh.isEmpty() && behind && !closed && !deleted;
            if (!fresh.isEmpty()) {
                answer(new Taken(fresh, null));
            }
            if (!reading) {
                return;
            }
        }
        // It was told of something that the reading was too early for, or too late.
        feed.askSoon(thread);
        read();
    }

    /** Adds what follows without a gap; returns whether there was any. */
    private boolean append(List<Recorded> fresh, List<Recorded> events) {
        if (events.isEmpty()
                || events.getFirst().seq() > nextSeq
                || events.getLast().seq() < nextSeq) {
            return false;
        }
        fresh.addAll(from(events, nextSeq));
        nextSeq = events.getLast().seq() + 1;
        return true;
    }

    private void failed(Throwable failure) {
        synchronized (this) {
            reading = false;
            CompletableFuture<Taken> answer = waiting;
            waiting = null;
            if (answer != null) {
                executor.execute(() -> answer.completeExceptionally(failure));
            }
        }
    }

    private void answer(Taken taken) {
        CompletableFuture<Taken> answer = waiting;
        waiting = null;
        if (answer == null) {
            buffer.add(taken);
        } else {
            executor.execute(() -> answer.complete(taken));
        }
    }

    private static List<Recorded> from(List<Recorded> events, long seq) {
        return events.stream().filter(event -> event.seq() >= seq).toList();
    }

    void closeIfStalled(long nowNanos, long limitNanos) {
        Runnable action;
        synchronized (this) {
            boolean hasSomething = !buffer.isEmpty() || behind;
            if (closed || waiting != null || !hasSomething || nowNanos - idleSinceNanos < limitNanos) {
                return;
            }
            action = onStalled;
        }
        try (LogFields ignored = LogFields.of(thread)) {
            LOG.infof(
                    "A follower of thread %s has taken nothing for %d s and is not served any more",
                    thread, limitNanos / 1_000_000_000);
        }
        close();
        if (action != null) {
            executor.execute(action);
        }
    }

    /** Something of what was committed at that time has been given to the follower's connection. */
    void sent(long committedNanos) {
        feed.sent(committedNanos);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            buffer.clear();
            told.clear();
            waiting = null;
        }
        feed.forget(this);
    }
}
