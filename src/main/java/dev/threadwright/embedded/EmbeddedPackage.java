package dev.threadwright.embedded;

import java.util.ArrayList;
import java.util.List;

/**
 * What this package has of servers of its own. Built with {@code -Dembedded.scope=provided}, as for containers, it has none: then
 * those that nobody configured are missing.
 *
 * @param postgres whether there is a Postgres, for whatever platform
 * @param kafka whether there is a Kafka broker
 */
public record EmbeddedPackage(boolean postgres, boolean kafka) {

    private static final String BROKER = "kafka/server/KafkaRaftServer.class";
    private static final String UNPACKER = "org/tukaani/xz/XZInputStream.class";

    public static EmbeddedPackage of(ClassLoader loader) {
        return new EmbeddedPackage(loader.getResource(UNPACKER) != null, loader.getResource(BROKER) != null);
    }

    /** What is wrong if these servers are not configured, each with its key; nothing if they can be started. */
    public List<String> problems(boolean wantsPostgres, boolean wantsKafka) {
        List<String> problems = new ArrayList<>();
        if (wantsPostgres && !postgres) {
            problems.add(EmbeddedServers.POSTGRES_URL_KEY
                    + " is not set, and this package has no Postgres of its own: it is a JDBC URL such as"
                    + " jdbc:postgresql://host:5432/database");
        }
        if (wantsKafka && !kafka) {
            problems.add(
                    EmbeddedServers.KAFKA_BOOTSTRAP_KEY
                            + " is not set, and this package has no Kafka of its own: it is a list such as host:9092,host:9092");
        }
        return problems;
    }
}
