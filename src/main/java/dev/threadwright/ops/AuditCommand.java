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
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * {@code threadwright audit head} prints where the chains of the audit log end, a line each; {@code audit verify} follows them
 * all, and with {@code --expect=FILE} looks whether what such lines named is still there. The status is 0 if all is as it was
 * written, 1 if something is not, 2 if it cannot be told.
 */
public final class AuditCommand {

    public static final String NAME = "audit";

    private static final String EXPECT = "--expect=";
    private static final String USAGE = """
            usage: threadwright audit head
                   threadwright audit verify [--expect=FILE]
            The file has lines that audit head printed: what they name must still be there.
            """;
    private static final int PAGE = 1_000;
    private static final int CANNOT_TELL = 2;

    /** What is asked for. */
    public sealed interface Wanted {
        /** Where the chains end. */
        record Heads() implements Wanted {}

        /** @param expected what must still be there */
        record Verification(List<Head> expected) implements Wanted {}
    }

    private final AuditVerifier verifier;
    private final PrintStream out;
    private final PrintStream err;

    /** @param err what is no result: whoever keeps results in a file wants to see it, and not to keep it */
    public AuditCommand(ThreadwrightConfig config, PrintStream out, PrintStream err) {
        this(VerifyCommand.dataSource(config.postgres()), out, err);
    }

    AuditCommand(DataSource dataSource, PrintStream out, PrintStream err) {
        this.verifier = new AuditVerifier(new Tables(dataSource));
        this.out = out;
        this.err = err;
    }

    /** @throws WrongArgumentsException if that is nothing it could be asked for, or the file has no heads */
    public static Wanted wanted(List<String> arguments) {
        if (arguments.equals(List.of("head"))) {
            return new Wanted.Heads();
        }
        if (arguments.equals(List.of("verify"))) {
            return new Wanted.Verification(List.of());
        }
        if (arguments.size() == 2
                && arguments.getFirst().equals("verify")
                && arguments.getLast().startsWith(EXPECT)) {
            return new Wanted.Verification(heads(arguments.getLast().substring(EXPECT.length())));
        }
        throw new WrongArgumentsException(USAGE);
    }

    /** @return the process's status */
    public int run(Wanted wanted) {
        try {
            return switch (wanted) {
                case Wanted.Heads ignored -> {
                    verifier.headsNow().forEach(out::println);
                    yield 0;
                }
                case Wanted.Verification verification -> verify(verification.expected());
            };
        } catch (TablesUnavailableException e) {
            err.println("The audit log cannot be read: " + e.getMessage());
            return CANNOT_TELL;
        }
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

    private static List<Head> heads(String file) {
        List<Head> heads = new ArrayList<>();
        for (String line : lines(file)) {
            Head head = Head.parse(line);
            if (head != null) {
                heads.add(head);
            } else if (!line.isBlank()) {
                throw new WrongArgumentsException(file + ": this is no line of audit head: " + line + "\n");
            }
        }
        if (heads.isEmpty()) {
            throw new WrongArgumentsException(file + " has no line of audit head: there is nothing to expect\n");
        }
        return heads;
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new WrongArgumentsException("There is no file " + file + "\n");
        } catch (AccessDeniedException e) {
            throw new WrongArgumentsException("The file " + file + " may not be read by this user\n");
        } catch (CharacterCodingException e) {
            throw new WrongArgumentsException(
                    "The file " + file + " is no text, so that it has no lines of audit head\n");
        } catch (IOException | InvalidPathException e) {
            throw new WrongArgumentsException("The file " + file + " cannot be read: " + e.getMessage() + "\n");
        }
    }
}
