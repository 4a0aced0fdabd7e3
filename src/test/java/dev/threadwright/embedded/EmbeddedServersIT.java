package dev.threadwright.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.threadwright.testing.LogTail;
import dev.threadwright.testing.TestServers;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Level;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedServersIT {
    private static final String TOPIC = "kept";

    @TempDir
    Path directory;

    private EmbeddedServers.Settings settings;

    @BeforeEach
    void choosePorts() {
        settings = new EmbeddedServers.Settings(directory, true, TestServers.freePort(), true, TestServers.freePort());
    }

    @Test
    void rowsAndRecordsAndTheClusterIdAreStillThereAfterARestart() throws Exception {
        String clusterId;
        try (EmbeddedServers servers = EmbeddedServers.start(settings)) {
            write(servers);
            clusterId = clusterId(servers);
        }

        try (EmbeddedServers servers = EmbeddedServers.start(settings)) {
            assertThat(rows(servers)).containsExactly("row");
            assertThat(records(servers)).containsExactly("record");
            assertThat(clusterId(servers)).isEqualTo(clusterId);
        }
    }

    @Test
    void aKilledServersPostmasterIsReplacedAndWhatItHadCommittedIsKept() throws Exception {
        Process child = startChild();
        Postmaster orphan = Postmaster.runningOn(cluster()).orElseThrow();
        try {
            write("jdbc:postgresql://127.0.0.1:%d/threadwright".formatted(settings.postgresPort()), password());
        } finally {
            child.destroyForcibly().waitFor();
        }
        assertThat(orphan.process().isAlive())
                .as("the postmaster outlives its server")
                .isTrue();

        try (EmbeddedServers servers = EmbeddedServers.start(settings)) {
            assertThat(rows(servers)).containsExactly("row");
            // Where nobody reaps orphans, a process that has ended stays in the table, without a program.
            await().untilAsserted(
                            () -> assertThat(orphan.process().info().command()).isEmpty());
            assertThat(Postmaster.runningOn(cluster())).isPresent().isNotEqualTo(Optional.of(orphan));
        }
        assertThat(Postmaster.runningOn(cluster())).as("closed in order").isEmpty();
    }

    @Test
    void aPostmasterThatIsKilledIsStartedAgainAndWhatWasCommittedIsKept() throws Exception {
        settings = new EmbeddedServers.Settings(directory, true, settings.postgresPort(), false, 0);
        try (EmbeddedServers servers = EmbeddedServers.start(settings)) {
            write(servers.jdbcUrl(), servers.password());
            // Twice, since the second time it is the one that was started again.
            for (int kill = 0; kill < 2; kill++) {
                Postmaster killed = Postmaster.runningOn(cluster()).orElseThrow();
                killed.process().destroyForcibly();
                await().atMost(Duration.ofSeconds(60))
                        .ignoreExceptions()
                        .until(() -> Postmaster.runningOn(cluster())
                                .filter(running -> !running.equals(killed))
                                .isPresent());
                await().atMost(Duration.ofSeconds(60))
                        .ignoreExceptionsMatching(refused -> refused.getCause() instanceof SQLException)
                        .untilAsserted(() -> assertThat(rows(servers)).containsExactly("row"));
            }
        }
        assertThat(Postmaster.hasProcesses(cluster())).as("closed, it stays so").isFalse();
    }

    @Test
    void dataThatAreGoneAreNotReplacedByNoneUnderARunningServer() throws Exception {
        settings = new EmbeddedServers.Settings(directory, true, settings.postgresPort(), false, 0);
        Path elsewhere = directory.resolve("elsewhere");
        try (EmbeddedServers servers = EmbeddedServers.start(settings)) {
            write(servers.jdbcUrl(), servers.password());
            try (LogTail log = LogTail.from(Level.INFO)) {
                Files.move(cluster(), elsewhere);
                Postmaster.runningOn(elsewhere).orElseThrow().process().destroyForcibly();
                await().atMost(Duration.ofSeconds(60)).until(() -> log.has("are gone"));
                assertThat(cluster()).doesNotExist();
                Files.move(elsewhere, cluster());
                await().atMost(Duration.ofSeconds(60)).until(() -> log.has("runs again"));
            }
            assertThat(rows(servers)).containsExactly("row");
        }
    }

    @Test
    void aPidFileThatNamesSomebodyElsesProcessStopsNeitherThatProcessNorTheStart() throws Exception {
        settings = new EmbeddedServers.Settings(directory, true, settings.postgresPort(), false, 0);
        EmbeddedServers.start(settings).close();
        Process bystander = new ProcessBuilder("sleep", "300").start();
        try {
            Files.writeString(
                    cluster().resolve("postmaster.pid"),
                    "%d%n%s%n0%n%d%n".formatted(bystander.pid(), cluster(), settings.postgresPort()));

            try (EmbeddedServers servers = EmbeddedServers.start(settings)) {
                assertThat(value(servers.jdbcUrl(), servers.password(), "select 'up'"))
                        .isEqualTo("up");
            }
            assertThat(bystander.isAlive()).isTrue();
        } finally {
            bystander.destroyForcibly().waitFor();
        }
    }

    @Test
    void aTakenPostgresPortIsNamedWithWhoNeedsItAndTheKeysThatChangeIt() throws Exception {
        try (ServerSocket taken = listenOn(settings.postgresPort())) {
            assertThatThrownBy(() -> EmbeddedServers.start(settings))
                    .isInstanceOf(EmbeddedStartException.class)
                    .hasMessage("Port " + taken.getLocalPort() + " on 127.0.0.1 is already in use, and the embedded"
                            + " Postgres needs it: set threadwright.embedded.postgres.port to a free port, or"
                            + " threadwright.postgres.url to use your own.");
        }
        assertThat(LoopbackPort.isFree(settings.kafkaPort()))
                .as("the other one was stopped")
                .isTrue();
    }

    @Test
    void aTakenKafkaPortIsNamedWithWhoNeedsItAndTheKeysThatChangeIt() throws Exception {
        try (ServerSocket taken = listenOn(settings.kafkaPort())) {
            assertThatThrownBy(() -> EmbeddedServers.start(settings))
                    .isInstanceOf(EmbeddedStartException.class)
                    .hasMessage("Port " + taken.getLocalPort() + " on 127.0.0.1 is already in use, and the embedded"
                            + " Kafka broker needs it: set threadwright.embedded.kafka.port to a free port, or"
                            + " kafka.bootstrap.servers to use your own.");
        }
        assertThat(Postmaster.runningOn(cluster()))
                .as("the other one was stopped")
                .isEmpty();
    }

    @Test
    void aSecondServerOnTheSameDataDirectoryIsRefused() {
        settings = new EmbeddedServers.Settings(directory, true, settings.postgresPort(), false, 0);
        try (EmbeddedServers first = EmbeddedServers.start(settings)) {
            assertThatThrownBy(() -> EmbeddedServers.start(settings))
                    .isInstanceOf(EmbeddedStartException.class)
                    .hasMessageStartingWith("Another Threadwright server is using the data directory " + directory)
                    .hasMessageContaining("threadwright.data.directory");
            assertThat(value(first.jdbcUrl(), first.password(), "select 'up'")).isEqualTo("up");
        }
    }

    /** At the start of initdb, and of the postmaster. */
    @ParameterizedTest
    @ValueSource(strings = {"cluster.unfinished", "cluster/postmaster.pid"})
    void closedWhileTheyStartTheyLeaveNothingAndCanBeStartedAgain(String sign) throws Exception {
        Path begun = directory.resolve("postgres").resolve(sign);
        EmbeddedServers servers = EmbeddedServers.of(settings);
        CompletableFuture<Void> starting = CompletableFuture.runAsync(servers::start);
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> Files.exists(begun));
        servers.close();
        assertThat(Postmaster.hasProcesses(cluster())).isFalse();
        assertThat(Postmaster.hasProcesses(cluster().resolveSibling("cluster.unfinished")))
                .isFalse();
        assertThat(starting)
                .failsWithin(Duration.ofSeconds(60))
                .withThrowableThat()
                .withRootCauseInstanceOf(EmbeddedStartException.class);
        assertThatThrownBy(servers::start).isInstanceOf(EmbeddedStartException.class);

        try (EmbeddedServers again = EmbeddedServers.start(settings)) {
            assertThat(value(again.jdbcUrl(), again.password(), "select 'up'")).isEqualTo("up");
        }
    }

    @Test
    void nothingIsStartedOrLockedWhenBothAreConfigured() {
        Path untouched = directory.resolve("untouched");
        EmbeddedServers.start(new EmbeddedServers.Settings(untouched, false, 1, false, 1))
                .close();
        assertThat(untouched).doesNotExist();
    }

    @Test
    void commitsAreDurableAndTransactionsAreOfTheSecondVersion() throws Exception {
        String url = TestServers.jdbcUrl();
        for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
            assertThat(value(url, TestServers.password(), "show " + setting))
                    .as(setting)
                    .isEqualTo("on");
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", TestServers.bootstrapServers()))) {
            var features = admin.describeFeatures().featureMetadata().get().finalizedFeatures();
            assertThat(features.get("transaction.version").maxVersionLevel()).isEqualTo((short) 2);
        }
    }

    @Test
    void aDatabaseCreatedAgainIsEmpty() {
        String first = TestServers.createDatabase("created_again");
        execute(first, TestServers.password(), "create table note (text text)");

        String second = TestServers.createDatabase("created_again");

        assertThat(second).isEqualTo(first);
        assertThat(value(second, TestServers.password(), "select coalesce(to_regclass('note')::text, 'none')"))
                .isEqualTo("none");
    }

    private Process startChild() throws IOException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChildServers.class.getName(),
                        directory.toString(),
                        Integer.toString(settings.postgresPort()),
                        Integer.toString(settings.kafkaPort()))
                .redirectError(new File("target/child-servers.log"))
                .start();
        try (BufferedReader output = child.inputReader()) {
            assertThat(output.lines().filter("started"::equals).findFirst()).hasValue("started");
        }
        return child;
    }

    private Path cluster() {
        return directory.resolve("postgres").resolve("cluster");
    }

    private String password() throws IOException {
        return Files.readString(directory.resolve("postgres").resolve("password"))
                .strip();
    }

    private static ServerSocket listenOn(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"));
    }

    private static void write(EmbeddedServers servers) throws Exception {
        write(servers.jdbcUrl(), servers.password());
        Map<String, Object> client = Map.of("bootstrap.servers", servers.bootstrapServers());
        try (Admin admin = Admin.create(client);
                var producer = new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
            admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
            producer.send(new ProducerRecord<>(TOPIC, "record")).get();
        }
    }

    private static void write(String url, String password) {
        execute(url, password, "create table note (text text)");
        execute(url, password, "insert into note values ('row')");
    }

    private static void execute(String url, String password, String sql) {
        try (Connection connection = DriverManager.getConnection(url, EmbeddedPostgresServer.USER, password);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static String value(String url, String password, String sql) {
        try (Connection connection = DriverManager.getConnection(url, EmbeddedPostgresServer.USER, password);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            assertThat(result.next()).isTrue();
            return result.getString(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> rows(EmbeddedServers servers) {
        return List.of(value(servers.jdbcUrl(), servers.password(), "select string_agg(text, ',') from note"));
    }

    private static List<String> records(EmbeddedServers servers) {
        List<String> found = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of(
                        "bootstrap.servers", servers.bootstrapServers(), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(TOPIC, 0)));
            await().atMost(Duration.ofSeconds(20)).until(() -> {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(100))) {
                    found.add(each.value());
                }
                return !found.isEmpty();
            });
        }
        return found;
    }

    private static String clusterId(EmbeddedServers servers) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", servers.bootstrapServers()))) {
            return admin.describeCluster().clusterId().get();
        }
    }
}
