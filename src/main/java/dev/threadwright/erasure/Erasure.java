package dev.threadwright.erasure;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * That somebody wanted threads erased, and how far that is.
 *
 * @param requestedAtMs milliseconds since 1970
 * @param threads in the order of their names
 */
public record Erasure(String id, long requestedAtMs, String requestedBy, String reason, List<Part> threads) {

    public enum Status {
        /** It is being deleted, or that is being published. */
        REQUESTED,
        /** Its key is destroyed; rows that were in the clear are going. */
        PURGING,
        /** Nobody can read what it held. */
        ERASED
    }

    /**
     * One thread of it: once it is erased, the proof.
     *
     * @param erasedAtMs when its key was destroyed, or the last of its rows that were in the clear was gone; null before that
     * @param lastSeq its last event
     * @param decisions how many rows its journal had
     * @param rows how many rows in all held something of it
     * @param keys SHA-256 of each wrapped key that was destroyed, as hex
     * @param waitingFor why it is not further; null if nothing is in the way
     */
    public record Part(
            String thread,
            Status status,
            @Nullable Long erasedAtMs,
            @Nullable Long lastSeq,
            @Nullable Long decisions,
            @Nullable Long rows,
            List<String> keys,
            @Nullable String waitingFor) {
        public Part {
            keys = List.copyOf(keys);
        }
    }

    public Erasure {
        threads = List.copyOf(threads);
    }

    /** That of the thread that is least far. */
    public Status status() {
        return threads.stream().map(Part::status).min(Status::compareTo).orElse(Status.ERASED);
    }
}
