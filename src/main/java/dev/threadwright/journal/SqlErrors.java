package dev.threadwright.journal;

import java.sql.SQLException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What an error says about the statement that got it. The commit is one statement in autocommit, so an ERROR of the
 * server means that nothing of it is stored; the end of the session, whoever announces it, leaves it open.
 */
final class SqlErrors {

    private static final String FENCED = "TW001";
    private static final String THREAD_DAMAGED = "TW002";
    private static final String RUN_MISSING = "TW003";

    private SqlErrors() {}

    static JournalException ofRead(SQLException e) {
        return new JournalUnavailableException("Reading failed: " + words(e), e);
    }

    /** A claim whose answer was lost may have succeeded; claiming again does no harm, so it is as good as failed. */
    static JournalException ofClaim(SQLException e) {
        return new JournalUnavailableException("Claiming failed: " + words(e), e);
    }

    /** Another commit has stored the key of the same thread; nothing of this one is. */
    static boolean isKeyConflict(SQLException e) {
        ServerErrorMessage server = fromServer(e);
        return "23505".equals(e.getSQLState()) && server != null && "thread_key_pkey".equals(server.getConstraint());
    }

    static JournalException ofCommit(SQLException e) {
        String state = e.getSQLState();
        if (state == null || state.length() != 5) {
            // The driver's own, and it does not say when.
            return unknown(e);
        }
        return switch (state) {
            case FENCED -> fenced(e);
            case THREAD_DAMAGED, RUN_MISSING -> rejected(e);
            // Keys of the same threads, again and again: both sides are sound.
            case "23505" -> isKeyConflict(e) ? unavailable(e) : rejected(e);
            // connection_does_not_exist: the driver found the connection closed before it sent anything.
            case "08003" -> unavailable(e);
            // idle_in_transaction_session_timeout and transaction_timeout end the session, as class 57P does.
            case "25P03", "25P04" -> unknown(e);
            // query_canceled: by statement_timeout or a person, while it executed; it is then rolled back.
            case "57014" -> new TimedOutBatchException("Postgres gave up the batch: " + words(e), e);
            default -> ofCommitByClass(state.substring(0, 2), e);
        };
    }

    private static JournalException ofCommitByClass(String stateClass, SQLException e) {
        return switch (stateClass) {
            // Connection exceptions: lost while sending or waiting. The server may go on with what it has.
            case "08" -> unknown(e);
            // Shutdown, crash, dropped database: the session ended, perhaps after the commit and before its answer.
            case "57" -> unknown(e);
            // Internal errors come with and without the session's end, and whether they do is not told apart.
            case "58", "XX" -> unknown(e);
            // Data exceptions, a row twice in one upsert, constraint violations, limits (a key too long for an index,
            // JSON nested too deeply): the same batch will always fail.
            case "21", "22", "23", "54" -> rejected(e);
            // Serialization and deadlock (40), resources (53), locks (55), a standby (25), schema or rights not there
            // yet (42, 3D, 3F, 28): rolled back, and not the data's fault.
            default -> unavailable(e);
        };
    }

    private static FencedException fenced(SQLException e) {
        ServerErrorMessage server = fromServer(e);
        String message = server == null ? null : server.getMessage();
        return new FencedException(
                partitions(server == null ? null : server.getDetail()), message == null ? words(e) : message, e);
    }

    private static Set<Integer> partitions(@Nullable String detail) {
        return detail == null
                ? Set.of()
                : Arrays.stream(detail.split(",", -1)).map(Integer::valueOf).collect(Collectors.toSet());
    }

    private static RejectedBatchException rejected(SQLException e) {
        return new RejectedBatchException("Postgres refuses the batch: " + words(e), e);
    }

    private static UnknownCommitException unknown(SQLException e) {
        return new UnknownCommitException("The answer to a commit was lost: " + words(e), e);
    }

    private static JournalUnavailableException unavailable(SQLException e) {
        return new JournalUnavailableException("Postgres did not commit: " + words(e), e);
    }

    /** Without where it happened: that is always the one statement, and its signature fills a page. */
    private static String words(SQLException e) {
        ServerErrorMessage server = fromServer(e);
        String message = server == null ? e.getMessage() : server.getMessage();
        String detail = server == null || server.getDetail() == null ? "" : " (" + server.getDetail() + ")";
        return message + detail + " [" + e.getSQLState() + "]";
    }

    private static @Nullable ServerErrorMessage fromServer(SQLException e) {
        return e instanceof PSQLException postgres ? postgres.getServerErrorMessage() : null;
    }
}
