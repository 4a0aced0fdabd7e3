package dev.threadwright.journal;

import dev.threadwright.thread.ThreadKey;
import java.util.Arrays;

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
        ThreadKey thread, int partition, String id, OutboxRow.Kind cause, String error, long after, boolean releasing) {

    /** A newer release may know more causes. The thread rests until it is released, as one that the server failed on. */
    static OutboxRow.Kind causeOf(String word) {
        return Arrays.stream(OutboxRow.Kind.values())
                .filter(kind -> kind.word().equals(word))
                .findAny()
                .orElse(OutboxRow.Kind.FAILED);
    }
}
