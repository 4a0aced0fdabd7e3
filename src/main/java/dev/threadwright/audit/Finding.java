package dev.threadwright.audit;

import java.util.Locale;

/**
 * Where a chain is not as it was written.
 *
 * @param number the first entry of which that is so
 */
public record Finding(String tenant, String chain, long number, Kind kind, String message) {

    public enum Kind {
        /** Not what its hash was made of. */
        ALTERED,
        /** The chain has none of that number, and has some behind it. */
        MISSING,
        /** It does not follow on the one before it: one of them was put in another's place. */
        UNLINKED,
        /** The chain ends before where it ended once. */
        TRUNCATED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public String toString() {
        return tenant + "/" + chain + " at " + number + ": " + kind + ": " + message;
    }
}
