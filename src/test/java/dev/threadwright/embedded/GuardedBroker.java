package dev.threadwright.embedded;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * A broker as production has it: clients come over TLS, say who they are by SCRAM, and may do what they have the right to. The tests'
 * own way in is without all of that, and may do everything.
 */
public final class GuardedBroker implements AutoCloseable {

    private final KafkaRaftServer server;
    private final int adminPort;

    private GuardedBroker(KafkaRaftServer server, int adminPort) {
        this.server = server;
        this.adminPort = adminPort;
    }

    /**
     * @param users their names and passwords
     * @param keys a PKCS #12 file
     */
    public static GuardedBroker start(Path directory, int port, Map<String, String> users, Path keys, String password)
            throws Exception {
        Path logs = Files.createDirectories(directory).toRealPath().resolve("logs");
        new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setSupportedFeatures(Feature.PRODUCTION_FEATURES)
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(1)
                .addDirectory(Files.createDirectories(logs).toString())
                .setMetadataLogDirectory(logs.toString())
                .setControllerListenerName("CONTROLLER")
                .setHasDynamicQuorum(false)
                .setScramArguments(users.entrySet().stream()
                        .map(user -> "SCRAM-SHA-512=[name=%s,password=%s]".formatted(user.getKey(), user.getValue()))
                        .toList())
                .run();
        int adminPort = LoopbackPort.findFree();
        int controllerPort = LoopbackPort.findFree();
        Map<String, String> settings = new HashMap<>();
        settings.put("process.roles", "broker,controller");
        settings.put("node.id", "1");
        settings.put("log.dirs", logs.toString());
        settings.put(
                "listeners",
                "ADMIN://127.0.0.1:%d,GUARDED://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(adminPort, port, controllerPort));
        settings.put("advertised.listeners", "ADMIN://127.0.0.1:%d,GUARDED://127.0.0.1:%d".formatted(adminPort, port));
        settings.put("listener.security.protocol.map", "ADMIN:PLAINTEXT,GUARDED:SASL_SSL,CONTROLLER:PLAINTEXT");
        settings.put("inter.broker.listener.name", "ADMIN");
        settings.put("controller.listener.names", "CONTROLLER");
        settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
        settings.put("listener.name.guarded.sasl.enabled.mechanisms", "SCRAM-SHA-512");
        settings.put(
                "listener.name.guarded.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        settings.put("listener.name.guarded.ssl.keystore.type", "PKCS12");
        settings.put("listener.name.guarded.ssl.keystore.location", keys.toString());
        settings.put("listener.name.guarded.ssl.keystore.password", password);
        settings.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.put("super.users", "User:ANONYMOUS");
        for (String internal : List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
            settings.put(internal + ".replication.factor", "1");
            settings.put(internal + ".num.partitions", "2");
        }
        settings.put("transaction.state.log.min.isr", "1");
        settings.put("share.coordinator.state.topic.min.isr", "1");
        settings.put("auto.create.topics.enable", "false");
        settings.put("group.initial.rebalance.delay.ms", "0");
        settings.put("log.cleaner.dedupe.buffer.size", "16777216");
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        server.startup();
        return new GuardedBroker(server, adminPort);
    }

    /** For those who may do everything. */
    public String adminBootstrap() {
        return "127.0.0.1:" + adminPort;
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }
}
