package dev.threadwright.limit;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * @param byTarget see {@link dev.threadwright.thread.Target}
 * @param circuit null for none
 * @param maxHeld attempts that wait here in memory; the others wait in the journal alone, and are read when there is room
 */
public record LimitSettings(
        Map<String, Limit> byTarget,
        Limit perThread,
        Limit perTenant,
        @Nullable Circuit circuit,
        int maxHeld) {

    public LimitSettings {
        byTarget = Map.copyOf(byTarget);
        if (maxHeld < 1) {
            throw new IllegalArgumentException("max-held is at least 1, not " + maxHeld);
        }
    }

    /**
     * When attempts at a target are held back because it fails.
     *
     * @param failurePercent of the last {@code window} attempts that ended
     * @param minimum attempts before that counts
     * @param pause until it is tried again
     * @param probes attempts that try it, and whose share of failures decides
     */
    public record Circuit(int failurePercent, int window, int minimum, Duration pause, int probes) {
        public Circuit {
            if (failurePercent < 1 || failurePercent > 100) {
                throw new IllegalArgumentException("circuit.failure-percent is 1 to 100, not " + failurePercent);
            }
            if (minimum < 1 || minimum > window) {
                throw new IllegalArgumentException(
                        "circuit.minimum is 1 to circuit.window, which is " + window + ", not " + minimum);
            }
            if (probes < 1) {
                throw new IllegalArgumentException("circuit.probes is at least 1, not " + probes);
            }
            if (pause.toMillis() < 1) {
                throw new IllegalArgumentException("circuit.pause is at least 1 ms, not " + pause.toMillis() + " ms");
            }
        }
    }
}
