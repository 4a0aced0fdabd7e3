package dev.threadwright.ops;

import java.time.Duration;

/** Those who have asked this server something over HTTP and are not answered yet. */
public interface Callers {

    /** Answers go on, and say that the connection ends with them: who asks next, asks another server. */
    void dismiss();

    /**
     * Nobody new is answered: they are told to come back, which another server hears. Streams end as broken connections do, so that
     * clients go on elsewhere where they were.
     */
    void refuse();

    /** Who waits for something to happen is told what is known so far. */
    void hurry();

    /** Blocks until everybody is answered, or time is up; how many are left then. */
    int awaitNone(Duration atMost) throws InterruptedException;
}
