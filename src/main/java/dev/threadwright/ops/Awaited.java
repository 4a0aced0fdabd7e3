package dev.threadwright.ops;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/** What a start has to wait for: each is tried again for as long as its server is away. */
final class Awaited {

    static final long FIRST_WAIT_MS = 250;
    static final long LONGEST_WAIT_MS = 5_000;

    private static final Logger LOG = Logger.getLogger(Awaited.class);

    private final Set<String> now = new ConcurrentSkipListSet<>();
    private final Wait wait;

    /** Waits so long. */
    @FunctionalInterface
    interface Wait {
        void forMs(long ms) throws InterruptedException;
    }

    Awaited() {
        this(TimeUnit.MILLISECONDS::sleep);
    }

    Awaited(Wait wait) {
        this.wait = wait;
    }

    /** What is waited for just now, whichever thread does. The log says why it is not there yet. */
    List<String> now() {
        return List.copyOf(now);
    }

    /**
     * @param what for people
     * @throws RuntimeException of the attempt, if no waiting helps against it
     * @throws InterruptedException if the start was ended meanwhile
     */
    <T> T get(String what, Supplier<T> attempt) throws InterruptedException {
        now.add(what);
        for (long waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
            try {
                T got = attempt.get();
                now.remove(what);
                return got;
            } catch (RuntimeException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedException("Ended while waiting for " + what);
                }
                if (!Passing.is(e)) {
                    throw e;
                }
                if (waitMs == FIRST_WAIT_MS || waitMs == LONGEST_WAIT_MS) {
                    // Here and not where anybody can ask: it may name users and addresses.
                    String why = PostgresUrl.without(String.valueOf(e.getMessage()));
                    LOG.warnf(
                            "Still waiting for %s: %s",
                            what, why.lines().findFirst().orElse(""));
                }
                wait.forMs(waitMs);
            }
        }
    }
}
