package dev.threadwright.journal;

import dev.threadwright.thread.ThreadKey;
import java.util.Arrays;

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

    /** A newer release may know more causes. The thread rests until it is released, as one that the server failed on. */
    static OutboxRow.Kind causeOf(String word) {
        return Arrays.stream(OutboxRow.Kind.values())
                .filter(kind -> kind.word().equals(word))
                .findAny()
                .orElse(OutboxRow.Kind.FAILED);
    }
}
