package dev.threadwright.limit;

import org.jspecify.annotations.Nullable;

/**
 * What one tenant may have; null where it may have any number.
 *
 * @param inputsPerSecond taken by each server
 * @param burst inputs that are taken at once after a quiet time; null for as many as in a second
 * @param threads that are there
 * @param outstandingRuns that have not ended, those that wait or queue too
 */
public record Quota(
        @Nullable Integer inputsPerSecond,
        @Nullable Integer burst,
        @Nullable Integer threads,
        @Nullable Integer outstandingRuns) {

    public static final Quota NONE = new Quota(null, null, null, null);

    /** Whether the database has to say how much there is. */
    boolean isCounted() {
        return threads != null || outstandingRuns != null;
    }

    /** What of it can be used up. */
    public enum Kind {
        INPUTS_PER_SECOND,
        THREADS,
        OUTSTANDING_RUNS;

        /** As the configuration has it. */
        public String key() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }
}
