package dev.threadwright;

import dev.threadwright.ops.RecoverCommand;
import dev.threadwright.ops.VerifyCommand;
import java.util.List;

/** What was asked for at the command line. Configuration is no part of it: that is {@code -Dkey=value}. */
sealed interface CommandLine {

    String USAGE = """
            usage: threadwright [-Dkey=value ...]                  run the server
                   threadwright verify [thread | tenant/thread]    recompute one thread or all, and end
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
            case Rehearsal.NAME -> new Rehearse();
            case "help", "--help", "-h" -> new Help();
            default -> new Unknown(words[0]);
        };
    }
}
