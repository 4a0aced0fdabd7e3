package dev.threadwright.ops;

import dev.threadwright.audit.Finding;
import dev.threadwright.audit.Head;
import dev.threadwright.audit.store.AuditVerifier;
import dev.threadwright.audit.store.AuditVerifier.Page;
import dev.threadwright.audit.store.AuditVerifier.Place;
import dev.threadwright.tables.Tables;
import dev.threadwright.tables.TablesUnavailableException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * {@code threadwright audit head} prints where the chains of the audit log end, a line each; {@code audit verify} follows them
 * all, and with {@code --expect=FILE} looks whether what such lines named is still there. The status is 0 if all is as it was
 * written, 1 if something is not, 2 if it cannot be told.
 */
public final class AuditCommand {

    public static final String NAME = "audit";

    private static final String EXPECT = "--expect=";
    private static final int PAGE = 1_000;
    private static final int CANNOT_TELL = 2;

    private final AuditVerifier verifier;
    private final PrintStream out;
    private final PrintStream err;

    /** @param err what is no result: whoever keeps results in a file wants to see it, and not to keep it */
    public AuditCommand(
            String url, @Nullable String user, @Nullable String password, PrintStream out, PrintStream err) {
        this(VerifyCommand.dataSource(url, user, password), out, err);
    }

    AuditCommand(DataSource dataSource, PrintStream out, PrintStream err) {
        this.verifier = new AuditVerifier(new Tables(dataSource));
        this.out = out;
        this.err = err;
    }

    /** @return the process's status */
    public int run(List<String> arguments) {
        try {
            if (arguments.equals(List.of("head"))) {
                verifier.headsNow().forEach(out::println);
                return 0;
            }
            if (!arguments.isEmpty() && arguments.getFirst().equals("verify") && arguments.size() <= 2) {
                if (arguments.size() == 1) {
                    return verify(List.of());
                }
                if (arguments.getLast().startsWith(EXPECT)) {
                    List<Head> expected = heads(arguments.getLast().substring(EXPECT.length()));
                    return expected == null ? CANNOT_TELL : verify(expected);
                }
            }
        } catch (TablesUnavailableException e) {
            err.println("The audit log cannot be read: " + e.getMessage());
            return CANNOT_TELL;
        }
        err.println("usage: threadwright audit head");
        err.println("       threadwright audit verify [--expect=FILE]");
        err.println("The file has lines that audit head printed: what they name must still be there.");
        return CANNOT_TELL;
    }

    private int verify(List<Head> expected) {
        long findings = 0;
        long entries = 0;
        for (Finding finding : verifier.expectedNow(expected)) {
            findings++;
            out.println(finding);
        }
        Place at = null;
        do {
            Page page = verifier.pageNow(at, PAGE);
            entries += page.entries();
            findings += page.findings().size();
            page.findings().forEach(out::println);
            at = page.next();
        } while (at != null);
        out.printf(
                "%d entr%s verified, %d finding%s%n",
                entries, entries == 1 ? "y" : "ies", findings, findings == 1 ? "" : "s");
        return findings == 0 ? 0 : 1;
    }

    /** Null, and said why, if they cannot be read. */
    private @Nullable List<Head> heads(String file) {
        List<Head> heads = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(Path.of(file))) {
                Head head = Head.parse(line);
                if (head != null) {
                    heads.add(head);
                } else if (!line.isBlank()) {
                    err.println(file + ": this is no line of audit head: " + line);
                    return null;
                }
            }
        } catch (IOException | InvalidPathException e) {
            err.println("Cannot read " + file + ": " + e);
            return null;
        }
        if (heads.isEmpty()) {
            err.println(file + " has no line of audit head: there is nothing to expect");
            return null;
        }
        return heads;
    }
}
