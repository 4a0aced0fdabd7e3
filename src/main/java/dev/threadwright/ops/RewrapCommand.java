package dev.threadwright.ops;

import dev.threadwright.sealing.SealedException;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.sealing.WrappedKey;
import dev.threadwright.tables.Tables;
import dev.threadwright.tables.TablesUnavailableException;
import dev.threadwright.thread.ThreadKey;
import java.io.PrintStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * {@code threadwright rewrap}: wraps the keys of threads by the newest master key, so that older ones can be taken away. Beside
 * running servers, and as often as one likes. The status is 0 if all are, 1 if some cannot be, 2 if nothing could be done.
 */
public final class RewrapCommand {

    public static final String NAME = "rewrap";

    /** Keys in one transaction. */
    static final int PAGE = 500;

    private static final String NEXT = """
            select tenant, thread, number, master_key, wrapped from thread_key
            where (tenant, thread, number) > (?, ?, ?) and wrapped is not null
            order by tenant, thread, number
            limit ?
            """;

    /** One that was erased meanwhile stays so. */
    private static final String STORE = """
            update thread_key set master_key = ?, wrapped = decode(?, 'hex')
            where tenant = ? and thread = ? and number = ? and wrapped = decode(?, 'hex')
            """;

    private final Tables tables;
    private final Sealing sealing;
    private final PrintStream out;
    private final PrintStream err;
    private long rewrapped;
    private long failed;

    RewrapCommand(DataSource dataSource, Sealing sealing, PrintStream out, PrintStream err) {
        this.tables = new Tables(dataSource);
        this.sealing = sealing;
        this.out = out;
        this.err = err;
    }

    /**
     * Of a Postgres that runs.
     *
     * @param config with its address
     * @param err why nothing could be done
     */
    public static int run(ThreadwrightConfig config, PrintStream out, PrintStream err) {
        DataSource source = VerifyCommand.dataSource(config.postgres());
        try {
            return new RewrapCommand(source, MasterKeys.sealing(config.encryption()), out, err).run();
        } catch (IllegalArgumentException e) {
            err.println("threadwright.encryption " + e.getMessage());
            return 2;
        }
    }

    private record Stored(ThreadKey thread, int number, WrappedKey key) {
        static Stored of(ResultSet row) throws SQLException {
            return new Stored(
                    new ThreadKey(row.getString(1), row.getString(2)),
                    row.getInt(3),
                    new WrappedKey(row.getString(4), row.getBytes(5)));
        }
    }

    private record Rewrapped(Stored stored, WrappedKey anew) {}

    int run() {
        Stored last = null;
        List<Stored> page;
        try {
            do {
                Stored after = last;
                page = tables.writeNow(sql -> sql.query(
                        NEXT,
                        Stored::of,
                        after == null ? "" : after.thread().tenant(),
                        after == null ? "" : after.thread().thread(),
                        after == null ? 0 : after.number(),
                        PAGE));
                List<Rewrapped> anew = new ArrayList<>();
                for (Stored stored : page) {
                    Rewrapped one = rewrapped(stored);
                    if (one != null) {
                        anew.add(one);
                    }
                }
                store(anew);
                last = page.isEmpty() ? null : page.getLast();
            } while (page.size() == PAGE);
        } catch (TablesUnavailableException e) {
            err.println(e.getMessage());
            return 2;
        }
        out.printf("%d keys wrapped anew, %d could not be%n", rewrapped, failed);
        return failed == 0 ? 0 : 1;
    }

    /** Null if it is wrapped by the newest master key already, or cannot be. */
    private @Nullable Rewrapped rewrapped(Stored stored) {
        try {
            WrappedKey anew = sealing.rewrapped(stored.thread(), stored.number(), stored.key());
            return anew == null ? null : new Rewrapped(stored, anew);
        } catch (SealedException e) {
            failed++;
            out.println(stored.thread() + ": " + e.getMessage());
            return null;
        }
    }

    private void store(List<Rewrapped> all) {
        if (all.isEmpty()) {
            return;
        }
        rewrapped += tables.writeNow(sql -> {
            int stored = 0;
            for (Rewrapped one : all) {
                stored += sql.update(
                        STORE,
                        one.anew().masterKey(),
                        hex(one.anew().bytes()),
                        one.stored().thread().tenant(),
                        one.stored().thread().thread(),
                        one.stored().number(),
                        hex(one.stored().key().bytes()));
            }
            return stored;
        });
    }

    private static String hex(byte[] bytes) {
        return java.util.HexFormat.of().formatHex(bytes);
    }
}
