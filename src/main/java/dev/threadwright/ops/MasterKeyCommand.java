package dev.threadwright.ops;

import dev.threadwright.sealing.MasterKeyFile;
import java.io.PrintStream;
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

    private final PrintStream out;

    public MasterKeyCommand(PrintStream out) {
        this.out = out;
    }

    /** @return the process's status */
    public int run(List<String> arguments) {
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
            out.println("usage: threadwright master-key [--name=NAME] FILE");
            return 2;
        }
        try {
            MasterKeyFile.add(Path.of(files.getFirst()), name);
        } catch (IllegalArgumentException e) {
            out.println("threadwright: " + e.getMessage());
            return 2;
        }
        out.println(
                "Master key " + name + " is the newest of " + files.getFirst()
                        + ". Keep a copy of it where the database's backups are not: without it nothing that it seals can be read.");
        return 0;
    }
}
