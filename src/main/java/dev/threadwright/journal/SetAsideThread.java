package dev.threadwright.journal;

import dev.threadwright.thread.ThreadKey;

/**
 * A thread that cannot be decided on until somebody releases it.
 *
 * @param id tells this time from the next one
 * @param cause {@code FAILED}, {@code NOT_STORED} or {@code THREAD_UNREADABLE}
 * @param error for people
 */
public record SetAsideThread(ThreadKey thread, int partition, String id, OutboxRow.Kind cause, String error) {

    /** Of a record that releases the thread from the time that it names, so that it is decided and not parked. */
    public static final String RELEASE_HEADER = "tw_release";
}
