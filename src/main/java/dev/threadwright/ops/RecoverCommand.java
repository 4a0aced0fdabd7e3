package dev.threadwright.ops;

import dev.threadwright.journal.PostgresSettings;
import io.smallrye.config.SmallRyeConfig;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/**
 * {@code threadwright recover}: after Postgres or Kafka was restored or lost, says where they differ and, told to accept what that
 * costs, sets them so that servers go on. The status is 0 if there is nothing to do or it is done, 1 if there is something to do, 2
 * if it cannot be done.
 */
public final class RecoverCommand {

    public static final String NAME = "recover";

    private static final String USAGE = """
            usage: threadwright recover (--all | --partition=N ...) [--republish] [--accept-loss]
            Stop all servers first. Without --accept-loss nothing is changed: it says what it would do.
            --republish writes the events of the journal to the topics that have lost them.
            """;

    /** @param partitions none for all */
    public record Wanted(List<Integer> partitions, boolean republish, boolean acceptLoss) {}

    private final SmallRyeConfig config;
    private final PrintStream out;
    private final PrintStream err;

    /**
     * Of servers that run.
     *
     * @param config with their addresses
     * @param err why nothing could be done
     */
    public RecoverCommand(SmallRyeConfig config, PrintStream out, PrintStream err) {
        this.config = config;
        this.out = out;
        this.err = err;
    }

    /** @return the process's status */
    public int run(Wanted wanted) {
        ThreadwrightConfig server = config.getConfigMapping(ThreadwrightConfig.class);
        ThreadwrightConfig.Postgres postgres = server.postgres();
        PostgresSettings settings = PostgresSettings.of(
                postgres.url().orElseThrow(),
                postgres.username().orElse(""),
                postgres.password().orElse(""));
        KafkaClients kafka = new KafkaClients(connection(), server.limits().recordBytes());
        try (Admin admin = kafka.admin("threadwright-recover")) {
            return new Recovery(server, settings, kafka, admin, System::currentTimeMillis, out, err).run(wanted);
        }
    }

    /** As the servers have it: all that is configured under {@code kafka.}. */
    private Map<String, Object> connection() {
        Map<String, Object> connection = new HashMap<>();
        for (String name : config.getPropertyNames()) {
            if (name.startsWith("kafka.")) {
                config.getOptionalValue(name, String.class)
                        .ifPresent(value -> connection.put(name.substring("kafka.".length()), value));
            }
        }
        return connection;
    }

    /** @throws WrongArgumentsException if that is nothing it could be asked for */
    public static Wanted wanted(List<String> arguments) {
        List<Integer> partitions = new ArrayList<>();
        boolean all = false;
        boolean republish = false;
        boolean acceptLoss = false;
        for (String argument : arguments) {
            if (argument.equals("--all")) {
                all = true;
            } else if (argument.equals("--republish")) {
                republish = true;
            } else if (argument.equals("--accept-loss")) {
                acceptLoss = true;
            } else if (argument.matches("--partition=[0-9]{1,6}")) {
                partitions.add(Integer.parseInt(argument.substring("--partition=".length())));
            } else {
                throw new WrongArgumentsException(USAGE);
            }
        }
        if (all != partitions.isEmpty()) {
            throw new WrongArgumentsException(USAGE);
        }
        return new Wanted(partitions, republish, acceptLoss);
    }
}
