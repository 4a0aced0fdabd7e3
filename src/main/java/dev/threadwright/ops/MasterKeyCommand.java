package dev.threadwright.ops;

import dev.threadwright.sealing.MasterKeyFile;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code threadwright master-key [--name=N] FILE}: adds a master key to a file, or makes the file. Servers use it from their
 * next start on. The status is 0, or 2 if it cannot be done.
 */
public final class MasterKeyCommand {

    public static final String NAME = "master-key";

    private static final String OF_NAME = "--name=";

    private static final String USAGE = "usage: threadwright master-key [--name=NAME] FILE\n";

    private final PrintStream out;
    private final PrintStream err;

    /** What is asked for. */
    public record Wanted(String name, Path file) {}

    /** @param err why it cannot be done */
    public MasterKeyCommand(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** @throws WrongArgumentsException if that is nothing it could be asked for */
    public static Wanted wanted(List<String> arguments) {
        List<String> files = new ArrayList<>();
        // A name without a day of its own would say nothing when there are many.
        String name = Instant.now().toString().replaceAll("[:.].*", "").replace('T', '-');
        for (String argument : arguments) {
            if (argument.startsWith(OF_NAME)) {
                name = argument.substring(OF_NAME.length());
            } else {
                files.add(argument);
            }
        }
        if (files.size() != 1 || files.getFirst().startsWith("--")) {
            throw new WrongArgumentsException(USAGE);
        }
        try {
            return new Wanted(name, Path.of(files.getFirst()));
        } catch (InvalidPathException e) {
            throw new WrongArgumentsException(USAGE);
        }
    }

    /** @return the process's status */
    public int run(Wanted wanted) {
        try {
            MasterKeyFile.add(wanted.file(), wanted.name());
        } catch (IllegalArgumentException e) {
            err.println("threadwright: " + e.getMessage());
            return 2;
        }
        out.println(
                "Master key " + wanted.name() + " is the newest of " + wanted.file()
                        + ". Keep a copy of it where the database's backups are not: without it nothing that it seals can be read.");
        return 0;
    }
}
