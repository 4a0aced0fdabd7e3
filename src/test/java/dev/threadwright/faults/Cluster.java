package dev.threadwright.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.ops.VerifyCommand;
import dev.threadwright.testing.TestServers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** A database, topics and a group of their own, and the servers that share them. */
final class Cluster implements AutoCloseable {

    static final int PARTITIONS = 8;
    static final int SESSION_TIMEOUT_MS = 3_000;

    private final String name;
    private final String jdbcUrl;
    private final String user;
    private final String password;
    private final String bootstrapServers;
    private final List<ServerProcess> servers = new ArrayList<>();

    /** On the servers that the tests share. */
    Cluster(String name) {
        this(
                name,
                TestServers.createDatabase("faults_" + name),
                TestServers.user(),
                TestServers.password(),
                TestServers.bootstrapServers());
    }

    Cluster(String name, String jdbcUrl, String user, String password, String bootstrapServers) {
        this.name = name;
        this.jdbcUrl = jdbcUrl;
        this.user = user;
        this.password = password;
        this.bootstrapServers = bootstrapServers;
    }

    String topic(String what) {
        return "faults-" + name + "." + what;
    }

    String bootstrapServers() {
        return bootstrapServers;
    }

    ServerProcess server(String instance) {
        return server(instance, Map.of());
    }

    String group() {
        return "faults-" + name;
    }

    ServerProcess server(String instance, Map<String, String> more) {
        Map<String, String> configuration = configuration();
        configuration.putAll(more);
        ServerProcess server = ServerProcess.start(name + "-" + instance, configuration);
        servers.add(server);
        return server;
    }

    private Map<String, String> configuration() {
        Map<String, String> configuration = new HashMap<>(Map.of(
                "kafka.bootstrap.servers",
                bootstrapServers,
                "threadwright.postgres.url",
                jdbcUrl,
                "threadwright.postgres.username",
                user,
                "threadwright.postgres.password",
                password,
                "threadwright.partitions",
                Integer.toString(PARTITIONS),
                "threadwright.group.id",
                group(),
                "threadwright.identity.enabled",
                "false",
                "threadwright.group.session-timeout-ms",
                Integer.toString(SESSION_TIMEOUT_MS)));
        for (String topic :
                List.of("input", "commands", "results", "actions", "lifecycle", "events", "dead-letter", "positions")) {
            configuration.put("threadwright.topics." + topic, topic(topic));
        }
        return configuration;
    }

    /** What the packaged server's command says; its status stands before that. */
    String recover(String... arguments) throws InterruptedException {
        return ServerProcess.command(configuration(), "recover", arguments);
    }

    /** As {@link #recover}, of verifying all threads. @param more that the servers are configured with */
    String verify(Map<String, String> more) throws InterruptedException {
        Map<String, String> configuration = configuration();
        configuration.putAll(more);
        return ServerProcess.command(configuration, "verify");
    }

    /** Records of the topic that the group has not said that it has consumed. */
    long lag(String topic) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
            for (int partition = 0; partition < PARTITIONS; partition++) {
                latest.put(new TopicPartition(topic(topic), partition), OffsetSpec.latest());
            }
            Map<TopicPartition, OffsetAndMetadata> told = admin.listConsumerGroupOffsets(group())
                    .partitionsToOffsetAndMetadata()
                    .get(30, TimeUnit.SECONDS);
            return admin.listOffsets(latest).all().get(30, TimeUnit.SECONDS).entrySet().stream()
                    .mapToLong(end -> end.getValue().offset()
                            - (told.containsKey(end.getKey())
                                    ? told.get(end.getKey()).offset()
                                    : 0))
                    .sum();
        }
    }

    /** What verifying all threads says where nothing is sealed. */
    String verify() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new VerifyCommand(jdbcUrl, user, password, new PrintStream(out, true, UTF_8), System.err)
                .run(VerifyCommand.wanted(List.of()));
        return out.toString(UTF_8);
    }

    /** The first column of all rows. */
    List<String> query(String sql) {
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                all.add(rows.getString(1));
            }
            return all;
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    Connection connection() throws SQLException {
        return DriverManager.getConnection(jdbcUrl, user, password);
    }

    long count(String sql) {
        return Long.parseLong(query(sql).getFirst());
    }

    @Override
    public void close() throws InterruptedException {
        for (ServerProcess server : servers) {
            server.close();
        }
    }
}
