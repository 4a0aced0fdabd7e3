package dev.threadwright.contract;

import java.util.Locale;

/** How a leg ended. */
public enum LegStatus {
    SUCCESS,
    ERROR,
    INTERRUPTED,
    TIMEOUT,
    ROLLBACK;

    /** As clients read it. */
    public String form() {
        return name().toLowerCase(Locale.ROOT);
    }
}
