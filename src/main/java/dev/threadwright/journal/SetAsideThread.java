package dev.threadwright.journal;

import dev.threadwright.thread.ThreadKey;

/**
 * A thread that cannot be decided on until somebody releases it, and what was parked for it meanwhile is decided.
 *
 * @param id tells this time from the next one
 * @param cause {@code FAILED}, {@code NOT_STORED} or {@code THREAD_UNREADABLE}
 * @param error for people
 * @param after the partition's position after which its parked commands are
 * @param releasing whether somebody has released it: what is parked is decided, and what comes meanwhile is parked behind
 */
public record SetAsideThread(
        ThreadKey thread,
        int partition,
        String id,
        OutboxRow.Kind cause,
        String error,
        long after,
        boolean releasing) {}
