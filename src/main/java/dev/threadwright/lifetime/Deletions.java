package dev.threadwright.lifetime;

import dev.threadwright.thread.ThreadKey;

/** Asks that threads be deleted. */
public interface Deletions {

    /**
     * Blocks until the request is durable. What becomes of it is decided by the thread's owner: it is deleted only if it is
     * idle, and this is still its last event. Sent again for the same event, it is the same request.
     *
     * @throws RuntimeException if it could not be sent; it may be sent nevertheless
     */
    void delete(ThreadKey thread, long ifSeq);
}
