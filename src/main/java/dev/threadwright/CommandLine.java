package dev.threadwright;

import dev.threadwright.ops.AuditCommand;
import dev.threadwright.ops.KeyCommand;
import dev.threadwright.ops.MasterKeyCommand;
import dev.threadwright.ops.RecoverCommand;
import dev.threadwright.ops.RewrapCommand;
import dev.threadwright.ops.VerifyCommand;
import dev.threadwright.ops.WrongArgumentsException;
import java.util.List;

/** What was asked for at the command line. Configuration is no part of it: that is {@code -Dkey=value}. */
sealed interface CommandLine {

    String USAGE = """
            usage: threadwright [-Dkey=value ...]                  run the server
                   threadwright check                              whether the server can start with its configuration
                   threadwright verify [thread | tenant/thread]    recompute one thread or all, and end
                   threadwright audit verify [--expect=FILE]       hold the audit log against itself, and against heads
                   threadwright audit head                         where the chains of the audit log end, to be kept
                   threadwright key [name]                         make an API key, and what to configure for it
                   threadwright master-key [--name=N] FILE         add a master key to a file, and end
                   threadwright rewrap                             wrap the keys of threads by the newest master key, and end
                   threadwright recover (--all | --partition=N ...) [--republish] [--accept-loss]
                                                                   after a restore: bring journal and Kafka together, and end
                   threadwright rehearse                           run with servers and data of its own until it is ready, and end:
                                                                   for a JVM that is to learn of it (-XX:AOTCacheOutput)
                   threadwright help

            The keys are those of config/application.properties. The id of a thread is all that follows the first slash, if
            there is one: write default/a/b for the thread a/b.
            """;

    record Serve() implements CommandLine {}

    /** Whether the configuration can be used: what a start finds wrong before anything is started. */
    record Check() implements CommandLine {
        static final String NAME = "check";
    }

    record Rehearse() implements CommandLine {}

    record Verify(VerifyCommand.Wanted wanted) implements CommandLine {}

    record Recover(RecoverCommand.Wanted wanted) implements CommandLine {}

    record Audit(AuditCommand.Wanted wanted) implements CommandLine {}

    record Key(String caller) implements CommandLine {}

    record MasterKey(MasterKeyCommand.Wanted wanted) implements CommandLine {}

    record Rewrap() implements CommandLine {}

    record Help() implements CommandLine {}

    /** @param message what is wrong with it, in lines */
    record Misused(String message) implements CommandLine {}

    /** All of it is understood here, before anything starts. */
    static CommandLine of(String... words) {
        if (words.length == 0) {
            return new Serve();
        }
        List<String> arguments = List.of(words).subList(1, words.length);
        try {
            return switch (words[0]) {
                case VerifyCommand.NAME -> new Verify(VerifyCommand.wanted(arguments));
                case RecoverCommand.NAME -> new Recover(RecoverCommand.wanted(arguments));
                case AuditCommand.NAME -> new Audit(AuditCommand.wanted(arguments));
                case KeyCommand.NAME -> new Key(KeyCommand.caller(arguments));
                case MasterKeyCommand.NAME -> new MasterKey(MasterKeyCommand.wanted(arguments));
                case RewrapCommand.NAME -> alone(new Rewrap(), arguments);
                case Check.NAME -> alone(new Check(), arguments);
                case Rehearsal.NAME -> alone(new Rehearse(), arguments);
                case "help", "--help", "-h" -> new Help();
                default -> new Misused("threadwright: there is no command " + words[0] + "\n" + USAGE);
            };
        } catch (WrongArgumentsException e) {
            return new Misused(e.getMessage());
        }
    }

    private static CommandLine alone(CommandLine command, List<String> arguments) {
        return arguments.isEmpty()
                ? command
                : new Misused("threadwright: " + arguments.getFirst() + " is one word too many\n" + USAGE);
    }
}
