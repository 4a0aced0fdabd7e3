package dev.threadwright.deadletter;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * That a dead letter was sent again; only its last replay is known.
 *
 * @param number 1 for its first
 * @param atMs when it began; milliseconds since 1970
 * @param by who asked for it
 */
public record Replay(int number, Status status, long atMs, String by) {

    public enum Status {
        /** Begun; for longer than sending can take, only if the server died over it: then nobody knows. */
        SENDING,
        /** Kafka has it. */
        SENT,
        /** It was not written. */
        FAILED,
        /** It may have been written. */
        UNSURE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Status ofWord(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    /** Null if there was none. */
    public static @Nullable Replay of(int number, @Nullable String status, @Nullable Long atMs, @Nullable String by) {
        return status == null || atMs == null || by == null
                ? null
                : new Replay(number, Status.ofWord(status), atMs, by);
    }
}
