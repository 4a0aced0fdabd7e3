package dev.threadwright.stream;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the stream of a thread can be asked to tell. */
public enum ThreadMode {
    /** What each run was asked to tell. */
    RUN_MODES,

    /** That runs begin and end. */
    LIFECYCLE,

    /** What changes the state from outside of runs. */
    STATE_UPDATE;

    public String form() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Null if there is no such mode. */
    public static @Nullable ThreadMode parse(String form) {
        return Arrays.stream(values())
                .filter(mode -> mode.form().equals(form))
                .findFirst()
                .orElse(null);
    }
}
