package dev.threadwright.contract;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a stream can be asked to tell; {@link #METADATA}, {@link #ERROR} and {@link #END} nobody has to ask for. */
public enum Mode {
    METADATA,
    VALUES,
    UPDATES,
    MESSAGES,
    MESSAGES_TUPLE,
    CUSTOM,
    TASKS,
    CHECKPOINTS,
    DEBUG,
    EVENTS,
    TOOLS,
    LIFECYCLE,
    STATE_UPDATE,
    ERROR,
    END;

    /** As clients write it: {@code messages-tuple}. */
    public String form() {
        return this == STATE_UPDATE
                ? "state_update"
                : name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Null if there is no such mode that a stream of a run can be asked for. */
    public static @Nullable Mode parse(String form) {
        return Arrays.stream(values())
                .filter(mode -> mode.isAskedFor() && mode.form().equals(form))
                .findFirst()
                .orElse(null);
    }

    private boolean isAskedFor() {
        return switch (this) {
            case METADATA, STATE_UPDATE, ERROR, END -> false;
            case VALUES,
                    UPDATES,
                    MESSAGES,
                    MESSAGES_TUPLE,
                    CUSTOM,
                    TASKS,
                    CHECKPOINTS,
                    DEBUG,
                    EVENTS,
                    TOOLS,
                    LIFECYCLE -> true;
        };
    }
}
