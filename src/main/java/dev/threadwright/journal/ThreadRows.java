package dev.threadwright.journal;

import dev.threadwright.thread.ThreadSettings;
import dev.threadwright.thread.ThreadState;
import java.util.Locale;

/** What the row of a thread says of it. */
public final class ThreadRows {

    /** The status of what is gone; readers do not see such rows. */
    public static final String DELETED = "deleted";

    private ThreadRows() {}

    /** What it says of the settings of a thread that has none, as one has that is deleted. */
    public static String noSettings() {
        return Parts.settingsText(ThreadSettings.NONE);
    }

    public static String status(ThreadState state) {
        return state.deleted() ? DELETED : state.status().name().toLowerCase(Locale.ROOT);
    }
}
