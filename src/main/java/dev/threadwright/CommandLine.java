package dev.threadwright;

import dev.threadwright.ops.AuditCommand;
import dev.threadwright.ops.KeyCommand;
import dev.threadwright.ops.MasterKeyCommand;
import dev.threadwright.ops.RecoverCommand;
import dev.threadwright.ops.RewrapCommand;
import dev.threadwright.ops.VerifyCommand;
import java.util.List;

/** What was asked for at the command line. Configuration is no part of it: that is {@code -Dkey=value}. */
sealed interface CommandLine {

    String USAGE = """
            usage: threadwright [-Dkey=value ...]                  run the server
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

    record Verify(List<String> arguments) implements CommandLine {}

    record Recover(List<String> arguments) implements CommandLine {}

    record Audit(List<String> arguments) implements CommandLine {}

    record Key(List<String> arguments) implements CommandLine {}

    record MasterKey(List<String> arguments) implements CommandLine {}

    record Rewrap() implements CommandLine {}

    record Rehearse() implements CommandLine {}

    record Help() implements CommandLine {}

    record Unknown(String word) implements CommandLine {}

    static CommandLine of(String... words) {
        if (words.length == 0) {
            return new Serve();
        }
        return switch (words[0]) {
            case VerifyCommand.NAME -> new Verify(List.of(words).subList(1, words.length));
            case RecoverCommand.NAME -> new Recover(List.of(words).subList(1, words.length));
            case AuditCommand.NAME -> new Audit(List.of(words).subList(1, words.length));
            case KeyCommand.NAME -> new Key(List.of(words).subList(1, words.length));
            case MasterKeyCommand.NAME -> new MasterKey(List.of(words).subList(1, words.length));
            case RewrapCommand.NAME -> new Rewrap();
            case Rehearsal.NAME -> new Rehearse();
            case "help", "--help", "-h" -> new Help();
            default -> new Unknown(words[0]);
        };
    }
}
