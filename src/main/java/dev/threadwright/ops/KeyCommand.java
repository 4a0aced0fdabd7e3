package dev.threadwright.ops;

import dev.threadwright.security.ApiKey;
import java.io.PrintStream;
import java.security.SecureRandom;
import java.util.List;
import java.util.regex.Pattern;

/** {@code threadwright key [name]}: makes an API key, prints it this once, and what to configure for it. */
public final class KeyCommand {

    public static final String NAME = "key";

    private static final String USAGE = """
            usage: threadwright key [name]
            The name is the caller's, of letters, digits, _ and -: the journal keeps what is done under it.
            """;

    private static final String DEFAULT_CALLER = "somebody";

    private static final Pattern CALLER = Pattern.compile("[a-zA-Z0-9_-]{1,100}");

    private final PrintStream out;

    public KeyCommand(PrintStream out) {
        this.out = out;
    }

    /** @throws WrongArgumentsException if they name none, or more than one */
    public static String caller(List<String> arguments) {
        String name = arguments.isEmpty() ? DEFAULT_CALLER : arguments.getFirst();
        if (arguments.size() > 1 || !CALLER.matcher(name).matches()) {
            throw new WrongArgumentsException(USAGE);
        }
        return name;
    }

    /** @return the process's status */
    public int run(String name) {
        String key = ApiKey.fresh(new SecureRandom());
        out.println("The key, which is not shown again. Callers send it as X-Api-Key:");
        out.println();
        out.println("  " + key);
        out.println();
        out.println("What the server is configured with, which nobody can make the key of:");
        out.println();
        out.println("  threadwright.identity.keys." + name + ".hash=" + ApiKey.hash(key));
        out.println("  threadwright.identity.keys." + name + ".roles=read,write");
        return 0;
    }
}
