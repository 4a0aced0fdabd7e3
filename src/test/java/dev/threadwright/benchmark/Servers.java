package dev.threadwright.benchmark;

import dev.threadwright.embedded.EmbeddedServers;
import dev.threadwright.journal.JournalSchema;
import dev.threadwright.journal.PostgresSettings;
import dev.threadwright.testing.TestServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;

/** The one Postgres and the one broker that all engines share, with a database and topics for each. */
final class Servers implements AutoCloseable {

    static final int PARTITIONS = 16;
    private static final String RECORD_BYTES = "8388608";

    private final Path directory;
    private final EmbeddedServers servers;
    private final Admin admin;
    private boolean closed;

    /** Where the server finds {@link Scenario#THREE_STEPS}: three expressions, one after the other. */
    Path workflows() throws IOException {
        Path workflows = Files.createDirectories(directory.resolve("workflows"));
        Files.writeString(workflows.resolve("three.yaml"), """
                name: %s
                version: 1
                channels: {size: last_write_wins, large: last_write_wins, answer: last_write_wins}
                start: measure
                steps:
                  measure: {set: {size: size(input.text)}, next: judge}
                  judge: {set: {large: state.size > 100}, next: answer}
                  answer: {set: {answer: 'state.large ? "large" : "small"'}}
                """.formatted(Scenario.THREE_STEPS));
        return workflows;
    }

    /** @param directory empty; deleted at the end */
    Servers(Path directory) {
        this.directory = directory;
        this.servers = EmbeddedServers.start(
                new EmbeddedServers.Settings(directory, true, TestServers.freePort(), true, TestServers.freePort()));
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap()));
    }

    String bootstrap() {
        return servers.bootstrapServers();
    }

    String user() {
        return servers.user();
    }

    String password() {
        return servers.password();
    }

    String jdbcUrl(Lane lane) {
        return servers.postgres().jdbcUrl(lane.database());
    }

    Connection connect(Lane lane) throws SQLException {
        return DriverManager.getConnection(jdbcUrl(lane), user(), password());
    }

    /** The topics and the tables are those of the server, for every engine. */
    void prepare(Lane lane) throws SQLException, ExecutionException, InterruptedException {
        try (Connection connection = DriverManager.getConnection(servers.jdbcUrl(), user(), password());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + lane.database());
        }
        JournalSchema.migrate(PostgresSettings.of(jdbcUrl(lane), user(), password()));
        Map<String, String> inbound =
                Map.of("max.message.bytes", RECORD_BYTES, "message.timestamp.type", "LogAppendTime");
        Map<String, String> outbound = Map.of("max.message.bytes", RECORD_BYTES);
        admin.createTopics(List.of(
                        topic(lane.input(), inbound),
                        topic(lane.lifecycle(), outbound),
                        topic(lane.events(), outbound)))
                .all()
                .get();
    }

    private static NewTopic topic(String name, Map<String, String> settings) {
        return new NewTopic(name, Optional.of(PARTITIONS), Optional.empty()).configs(settings);
    }

    /** What decides how durable an answer is, asked of the servers; fails if an answer would mean less than it says. */
    Map<String, String> durability() throws SQLException, ExecutionException, InterruptedException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (Lane lane : List.of(Lane.SERVER, Lane.NULL_TRANSACTIONS, Lane.NULL_PLAIN)) {
            try (Connection connection = connect(lane);
                    Statement statement = connection.createStatement()) {
                for (String name :
                        List.of("fsync", "synchronous_commit", "full_page_writes", "wal_level", "wal_sync_method")) {
                    try (ResultSet row = statement.executeQuery("show " + name)) {
                        row.next();
                        String value = row.getString(1);
                        String before = settings.put("postgres " + name, value);
                        if (before != null && !before.equals(value)) {
                            throw new IllegalStateException(name + " differs between the databases");
                        }
                    }
                }
            }
        }
        List.of("fsync", "synchronous_commit", "full_page_writes").forEach(name -> {
            if (!"on".equals(settings.get("postgres " + name))) {
                throw new IllegalStateException("Postgres has " + name + " = " + settings.get("postgres " + name));
            }
        });
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Lane.SERVER.lifecycle());
        var config = admin.describeConfigs(List.of(topic)).all().get().get(topic);
        for (String name : List.of("min.insync.replicas", "flush.messages")) {
            settings.put("kafka " + name, config.get(name).value());
        }
        settings.put("kafka producers' acks", "all");
        settings.put(
                "kafka transaction.version",
                Short.toString(admin.describeFeatures()
                        .featureMetadata()
                        .get()
                        .finalizedFeatures()
                        .get("transaction.version")
                        .maxVersionLevel()));
        return settings;
    }

    /** The process whose children serve the engines. */
    ProcessHandle postmaster() throws SQLException {
        try (Connection connection = connect(Lane.SERVER);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return ProcessHandle.of(row.getLong(1))
                    .flatMap(ProcessHandle::parent)
                    .orElseThrow(() -> new IllegalStateException("No process of Postgres is visible"));
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        admin.close();
        servers.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
