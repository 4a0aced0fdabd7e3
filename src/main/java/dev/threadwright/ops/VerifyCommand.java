package dev.threadwright.ops;

import dev.threadwright.journal.Finding;
import dev.threadwright.journal.Verified;
import dev.threadwright.journal.Verifier;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.thread.ThreadKey;
import java.io.PrintStream;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * {@code threadwright verify [tenant/thread]}: recomputes one thread or all, prints what it finds, a line each, and ends.
 * The status is 0 if all is sound, 1 if something was found, 2 if there is no such thread.
 */
public final class VerifyCommand {

    public static final String NAME = "verify";

    private static final String SLASHES = "What stands before the first slash is the tenant: write "
            + ThreadKey.DEFAULT_TENANT + "/a/b for the thread a/b";

    private static final String USAGE = "usage: threadwright verify [thread | tenant/thread]\n" + SLASHES + "\n";

    private static final int PAGE = 1_000;

    /** @param thread null for all */
    public record Wanted(@Nullable ThreadKey thread) {}

    private final Verifier verifier;
    private final PrintStream out;
    private final PrintStream err;
    private long threads;
    private long findings;
    private long erased;

    /**
     * Of a Postgres that runs.
     *
     * @param err what is no result
     */
    public VerifyCommand(ThreadwrightConfig config, PrintStream out, PrintStream err) {
        this(dataSource(config.postgres()), MasterKeys.sealing(config.encryption()), out, err);
    }

    /** Of a journal in which nothing is sealed. */
    public VerifyCommand(
            String url, @Nullable String user, @Nullable String password, PrintStream out, PrintStream err) {
        this(dataSource(url, user, password), Sealing.none(), out, err);
    }

    VerifyCommand(DataSource dataSource, Sealing sealing, PrintStream out, PrintStream err) {
        this.verifier = new Verifier(dataSource, sealing);
        this.out = out;
        this.err = err;
    }

    static DataSource dataSource(ThreadwrightConfig.Postgres postgres) {
        return dataSource(
                postgres.url().orElseThrow(),
                postgres.username().orElse(null),
                postgres.password().orElse(null));
    }

    private static DataSource dataSource(String url, @Nullable String user, @Nullable String password) {
        PGSimpleDataSource dataSource = new PGSimpleDataSource();
        dataSource.setUrl(url);
        if (user != null) {
            dataSource.setUser(user);
        }
        if (password != null) {
            dataSource.setPassword(password);
        }
        return dataSource;
    }

    /** @throws WrongArgumentsException if that is nothing it could be asked for */
    public static Wanted wanted(List<String> arguments) {
        if (arguments.isEmpty()) {
            return new Wanted(null);
        }
        if (arguments.size() > 1 || arguments.getFirst().startsWith("--")) {
            throw new WrongArgumentsException(USAGE);
        }
        return new Wanted(key(arguments.getFirst()));
    }

    /** @return the process's status */
    public int run(Wanted wanted) {
        ThreadKey thread = wanted.thread();
        if (thread != null) {
            Verified verified = verifier.verify(thread);
            if (verified == null) {
                err.println("There is no thread \"" + thread.thread() + "\" of tenant \"" + thread.tenant() + '"');
                if (!thread.tenant().equals(ThreadKey.DEFAULT_TENANT)
                        || thread.thread().contains("/")) {
                    err.println(SLASHES);
                }
                return 2;
            }
            report(verified);
        } else {
            all();
        }
        out.printf(
                "%d thread%s verified%s, %d finding%s%n",
                threads,
                threads == 1 ? "" : "s",
                erased == 0 ? "" : " (" + erased + " erased)",
                findings,
                findings == 1 ? "" : "s");
        return findings == 0 ? 0 : 1;
    }

    private void all() {
        ThreadKey after = null;
        List<ThreadKey> page;
        do {
            page = verifier.threads(null, after, PAGE);
            for (ThreadKey thread : page) {
                Verified verified = verifier.verify(thread);
                if (verified != null) {
                    report(verified);
                }
                after = thread;
            }
        } while (page.size() == PAGE);
        for (String lost : verifier.lostPositions()) {
            findings++;
            out.println(lost);
        }
    }

    private void report(Verified verified) {
        threads++;
        if (verified.erased()) {
            erased++;
        }
        for (Finding finding : verified.findings()) {
            findings++;
            out.printf("%s at %d: %s: %s%n", verified.thread(), finding.seq(), finding.kind(), finding.message());
        }
    }

    private static ThreadKey key(String text) {
        int slash = text.indexOf('/');
        return slash < 0
                ? new ThreadKey(ThreadKey.DEFAULT_TENANT, text)
                : new ThreadKey(text.substring(0, slash), text.substring(slash + 1));
    }
}
