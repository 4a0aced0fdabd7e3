package dev.threadwright.ending;

import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.sealing.Cell;
import dev.threadwright.sealing.Opening;
import dev.threadwright.sealing.SealedColumn;
import dev.threadwright.sealing.SealedException;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The rows of {@code leg_ending}. Each call is a transaction of its own. */
public final class Endings {

    private static final Logger LOG = Logger.getLogger(Endings.class);

    private static final String WEBHOOK = "webhook";
    private static final String DELETE = "delete";

    /** What is left to do for a thread that is erased. */
    private static final String NOTHING = "{}";

    private final DataSource database;
    private final Sealing sealing;

    public Endings(DataSource database, Sealing sealing) {
        this.database = database;
        this.sealing = sealing;
    }

    /**
     * Takes what is due, the longest due first. Nobody else takes it before the given time: if this server dies, it is
     * due again then.
     */
    List<Ending> take(int max, long nowMs, long untilMs) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement("""
                        update leg_ending e
                        set due_at_ms = ?, attempts = e.attempts + 1
                        from (select tenant, thread, leg from leg_ending
                              where due_at_ms <= ?
                              order by due_at_ms
                              limit ?
                              for update skip locked) due
                        where e.tenant = due.tenant and e.thread = due.thread and e.leg = due.leg
                        returning e.tenant, e.thread, e.leg, e.attempts, e.ending""")) {
            statement.setLong(1, untilMs);
            statement.setLong(2, nowMs);
            statement.setInt(3, max);
            List<Ending> taken = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    ThreadKey thread = new ThreadKey(rows.getString(1), rows.getString(2));
                    String leg = rows.getString(3);
                    Cell cell = new Cell(thread, SealedColumn.ENDING, leg);
                    taken.add(ending(
                            thread,
                            new RunId(leg),
                            rows.getInt(4),
                            untilMs,
                            opened(sealing.opening(connection), cell, rows.getString(5))));
                }
            }
            return taken;
        }
    }

    /** @throws SealedException if it may be opened later: all that was taken is due again then */
    private static String opened(Opening opening, Cell cell, String text) {
        try {
            return opening.openOr(cell, text, NOTHING);
        } catch (SealedException e) {
            if (e.isPassing()) {
                throw e;
            }
            LOG.errorf(
                    "What is to be done at the end of run %s cannot be read, and is not done: %s",
                    cell.row(), e.getMessage());
            return NOTHING;
        }
    }

    private static Ending ending(ThreadKey thread, RunId leg, int attempt, long untilMs, String text) {
        try {
            if (JsonText.parse(text) instanceof Json.Obj ending) {
                return new Ending(
                        thread,
                        leg,
                        attempt,
                        untilMs,
                        ending.get(WEBHOOK) instanceof Json.Text webhook ? webhook.value() : null,
                        Json.TRUE.equals(ending.get(DELETE)));
            }
        } catch (InvalidJsonException e) {
            // Said below, as for what is no object.
        }
        LOG.errorf("What is to be done at the end of run %s on thread %s is not known: %s", leg, thread, text);
        return new Ending(thread, leg, attempt, untilMs, null, false);
    }

    /** Nothing is left to do. */
    void done(Ending ending) throws SQLException {
        settle(
                ending,
                "delete from leg_ending where tenant = ? and thread = ? and leg = ? and attempts = ? and due_at_ms = ?");
    }

    /** Again, then. */
    void again(Ending ending, long dueAtMs) throws SQLException {
        settle(
                ending,
                "update leg_ending set due_at_ms = " + dueAtMs
                        + " where tenant = ? and thread = ? and leg = ? and attempts = ? and due_at_ms = ?");
    }

    /**
     * The webhook is done with; only the thread's deletion is left.
     *
     * @return what is left, taken still; null if another worker has it by now
     */
    @Nullable Ending told(Ending ending) throws SQLException {
        boolean isOurs = settle(
                ending,
                "update leg_ending set attempts = 1, ending = '{\"" + DELETE + "\":true}'"
                        + " where tenant = ? and thread = ? and leg = ? and attempts = ? and due_at_ms = ?");
        return isOurs ? ending.told() : null;
    }

    private boolean settle(Ending ending, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, ending.thread().tenant());
            statement.setString(2, ending.thread().thread());
            statement.setString(3, ending.leg().value());
            statement.setInt(4, ending.attempt());
            statement.setLong(5, ending.heldUntilMs());
            return statement.executeUpdate() == 1;
        }
    }
}
