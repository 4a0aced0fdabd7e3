package dev.threadwright.actor;

import org.jboss.logging.Logger;

/** Waits between attempts at something that has to succeed in the end, longer each time, and says so in the log. */
final class Patience {

    static final long FIRST_WAIT_MS = 50;
    static final long LONGEST_WAIT_MS = 2_000;

    private static final Logger LOG = Logger.getLogger(Patience.class);

    private final Threads threads;
    private final String what;
    private long waitMs = FIRST_WAIT_MS;

    Patience(Threads threads, String what) {
        this.threads = threads;
        this.what = what;
    }

    /** @return false if the thread was told to stop */
    boolean waitAfter(RuntimeException failure) {
        if (waitMs == FIRST_WAIT_MS || waitMs == LONGEST_WAIT_MS) {
            LOG.warnf("Cannot %s yet, will go on trying: %s", what, failure.getMessage());
        }
        try {
            threads.sleep(waitMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2);
        return true;
    }
}
