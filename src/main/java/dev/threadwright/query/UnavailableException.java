package dev.threadwright.query;

import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Nothing was read because the database cannot be reached or is too busy; trying again later may help. */
public final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    static UnavailableException because(Throwable failure) {
        return failure instanceof UnavailableException already
                ? already
                : new UnavailableException("The database is not available: " + failure.getMessage(), failure);
    }

    /** Whether it is the connection that failed, and not the query. */
    static boolean isCauseOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnavailableException
                    || cause instanceof IOException
                    || cause instanceof ConnectionPoolTooBusyException
                    || cause instanceof PgException postgres && isTransient(postgres.getSqlState())) {
                return true;
            }
            String message = cause.getMessage();
            // Vert.x has no type of its own for these.
            if (message != null && (message.contains("max wait queue size") || message.contains("Timeout"))) {
                return true;
            }
        }
        return false;
    }

    /** Connection trouble, too many connections, cancelled by its time limit, shutting down. */
    private static boolean isTransient(@Nullable String sqlState) {
        return sqlState != null
                && (sqlState.startsWith("08") || sqlState.startsWith("53") || sqlState.startsWith("57"));
    }
}
