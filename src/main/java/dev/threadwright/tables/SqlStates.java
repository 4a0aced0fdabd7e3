package dev.threadwright.tables;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Which of the database's errors may pass by themselves, as their codes tell. */
public final class SqlStates {

    private SqlStates() {}

    /**
     * Connection trouble, the driver's and the pool's own troubles, a standby, conflicts between transactions, too many
     * connections, locks, time limits, shutting down, disks; and a database that is not there yet.
     *
     * @param state null if the error is none of the server's
     */
    public static boolean isPassing(@Nullable String state) {
        return state == null
                || state.startsWith("08")
                || state.startsWith("25")
                || state.startsWith("40")
                || state.startsWith("53")
                || state.startsWith("55")
                || state.startsWith("57")
                || state.startsWith("58")
                || state.equals("3D000");
    }

    /** The innermost, which is the server's or the driver's; null if none has led to this. */
    public static @Nullable SQLException within(Throwable failure) {
        SQLException found = null;
        for (Throwable one = failure; one != null; one = one.getCause()) {
            if (one instanceof SQLException sql) {
                found = sql;
            }
        }
        return found;
    }
}
