package dev.threadwright.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.Feature;

/**
 * An Apache Kafka broker and its controller (KRaft) inside this JVM. Its log directory is formatted once with every
 * production feature, so that transactions are those of {@code transaction.version} 2. The caller holds the lock of the
 * data directory.
 */
public final class EmbeddedKafkaBroker implements AutoCloseable {
    private static final int NODE_ID = 1;
    private static final String CONTROLLER = "CONTROLLER";

    private final int port;
    private final KafkaRaftServer server;

    private EmbeddedKafkaBroker(int port, KafkaRaftServer server) {
        this.port = port;
        this.server = server;
    }

    /** A second way in, for clients that reach the broker through something else, which has another port. */
    record Listener(String name, int port, int advertisedPort) {}

    /** Starts on {@code directory}, which is formatted if it is new and otherwise keeps its cluster id and topics. */
    public static EmbeddedKafkaBroker start(Path directory, int port) {
        return start(directory, port, List.of());
    }

    static EmbeddedKafkaBroker start(Path directory, int port, List<Listener> more) {
        LoopbackPort.requireFree(
                port, "Kafka broker", EmbeddedServers.KAFKA_PORT_KEY, EmbeddedServers.KAFKA_BOOTSTRAP_KEY);
        try {
            Files.createDirectories(directory);
            Path logs = directory.toRealPath().resolve("logs");
            format(logs);
            int controllerPort = controllerPortIn(directory.resolve("controller.port"), port);
            Map<String, String> settings = settings(logs, port, controllerPort);
            more.forEach(listener -> add(settings, listener));
            KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
            try {
                server.startup();
            } catch (RuntimeException | Error e) {
                server.shutdown();
                throw e;
            }
            return new EmbeddedKafkaBroker(port, server);
        } catch (EmbeddedStartException e) {
            throw e;
        } catch (Exception e) {
            throw new EmbeddedStartException(
                    "The embedded Kafka broker could not start on %s: %s".formatted(directory, e), e);
        }
    }

    public String bootstrapServers() {
        return LoopbackPort.HOST + ":" + port;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static Map<String, String> settings(Path logs, int port, int controllerPort) {
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", Integer.toString(NODE_ID));
        settings.put("log.dirs", logs.toString());
        settings.put(
                "listeners",
                "PLAINTEXT://%1$s:%2$d,%3$s://%1$s:%4$d"
                        .formatted(LoopbackPort.HOST, port, CONTROLLER, controllerPort));
        settings.put("advertised.listeners", "PLAINTEXT://%s:%d".formatted(LoopbackPort.HOST, port));
        settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
        settings.put("inter.broker.listener.name", "PLAINTEXT");
        settings.put("controller.listener.names", CONTROLLER);
        settings.put("controller.quorum.voters", NODE_ID + "@" + LoopbackPort.HOST + ":" + controllerPort);

        settings.put("auto.create.topics.enable", "false");
        settings.put("num.partitions", "1");
        settings.put("default.replication.factor", "1");
        settings.put("min.insync.replicas", "1");
        settings.put("log.retention.check.interval.ms", "300000");

        // One broker; few internal partitions, because each costs time at the first use of a group or a transaction.
        settings.put("offsets.topic.replication.factor", "1");
        settings.put("offsets.topic.num.partitions", "4");
        settings.put("transaction.state.log.replication.factor", "1");
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("transaction.state.log.num.partitions", "4");
        settings.put("share.coordinator.state.topic.replication.factor", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("share.coordinator.state.topic.num.partitions", "1");

        // A killed owner is to be noticed soon, and a group of one need not wait for others.
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("group.min.session.timeout.ms", "1000");
        settings.put("group.consumer.min.session.timeout.ms", "1000");
        settings.put("group.consumer.min.heartbeat.interval.ms", "300");
        settings.put("transaction.max.timeout.ms", "900000");
        settings.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000");
        settings.put("transactional.id.expiration.ms", "604800000");

        // After a kill the controller, itself restarted, takes the old broker for alive until its session ends, and
        // lets no other one in; the default is 9 s. Long enough for a pause of the garbage collector.
        settings.put("broker.session.timeout.ms", "2000");
        settings.put("broker.heartbeat.interval.ms", "400");

        // Sized for one machine that also runs the server.
        settings.put("num.network.threads", "2");
        settings.put("num.io.threads", "4");
        settings.put("background.threads", "2");
        settings.put("log.cleaner.dedupe.buffer.size", "16777216");
        return settings;
    }

    private static void add(Map<String, String> settings, Listener listener) {
        String address = ",%s://%s:%d";
        settings.merge(
                "listeners", address.formatted(listener.name(), LoopbackPort.HOST, listener.port()), String::concat);
        settings.merge(
                "advertised.listeners",
                address.formatted(listener.name(), LoopbackPort.HOST, listener.advertisedPort()),
                String::concat);
        settings.merge("listener.security.protocol.map", "," + listener.name() + ":PLAINTEXT", String::concat);
    }

    private static void format(Path logs) throws Exception {
        // The file is written last in the directory; without it a format did not end, and nothing was stored yet.
        if (Files.exists(logs.resolve("meta.properties"))) {
            return;
        }
        Files.createDirectories(logs);
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(NODE_ID)
                .addDirectory(logs.toString())
                .setMetadataLogDirectory(logs.toString())
                .setControllerListenerName(CONTROLLER)
                .setHasDynamicQuorum(false)
                .setIgnoreFormatted(true)
                .run();
    }

    /** Nobody but the broker uses it; it keeps its number while that is free, for logs and firewalls. */
    private static int controllerPortIn(Path file, int brokerPort) throws IOException {
        if (Files.exists(file)) {
            int known = Integer.parseInt(Files.readString(file).strip());
            if (known != brokerPort && LoopbackPort.isFree(known)) {
                return known;
            }
        }
        int found = LoopbackPort.findFree();
        Path unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        Files.writeString(unfinished, found + "\n");
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return found;
    }
}
