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
 * The status is 0 if all is sound, 1 if something was found, 2 if there is no such thread or the arguments are wrong.
 */
public final class VerifyCommand {

    public static final String NAME = "verify";

    private static final String SLASHES = "What stands before the first slash is the tenant: write "
            + ThreadKey.DEFAULT_TENANT + "/a/b for the thread a/b";

    private static final int PAGE = 1_000;

    private final Verifier verifier;
    private final PrintStream out;
    private long threads;
    private long findings;
    private long erased;

    public VerifyCommand(
            String url,
            @Nullable String user,
            @Nullable String password,
            ThreadwrightConfig.Encryption encryption,
            PrintStream out) {
        this(dataSource(url, user, password), MasterKeys.sealing(encryption), out);
    }

    /** Of a journal in which nothing is sealed. */
    public VerifyCommand(String url, @Nullable String user, @Nullable String password, PrintStream out) {
        this(dataSource(url, user, password), Sealing.none(), out);
    }

    VerifyCommand(DataSource dataSource, Sealing sealing, PrintStream out) {
        this.verifier = new Verifier(dataSource, sealing);
        this.out = out;
    }

    static DataSource dataSource(String url, @Nullable String user, @Nullable String password) {
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

    /** @return the process's status */
    public int run(List<String> arguments) {
        if (arguments.size() > 1
                || (!arguments.isEmpty() && arguments.getFirst().startsWith("--"))) {
            out.println("usage: threadwright verify [thread | tenant/thread]");
            out.println(SLASHES);
            return 2;
        }
        if (!arguments.isEmpty()) {
            ThreadKey thread = key(arguments.getFirst());
            Verified verified = verifier.verify(thread);
            if (verified == null) {
                out.println("There is no thread \"" + thread.thread() + "\" of tenant \"" + thread.tenant() + '"');
                if (arguments.getFirst().indexOf('/') >= 0) {
                    out.println(SLASHES);
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
