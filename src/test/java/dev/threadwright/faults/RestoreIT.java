package dev.threadwright.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.testing.TestServers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** Postgres restored from a backup while Kafka went on, and then Kafka lost while Postgres is whole. */
class RestoreIT {

    private static final long SEED = Long.getLong("threadwright.seed", System.nanoTime());
    private static final Duration DONE = Duration.ofSeconds(90);
    private static final String DATABASE = "faults_restore";
    private static final String BACKUP = "faults_restore_backup";

    private static final String RECORDED = "select count(*) from audit_entry where act = 'server.recover' and target ";

    @Test
    void whicheverOfThemIsBehind_recoverSaysWhereTheyDifferAndServersGoOnFromThere() throws Exception {
        System.out.println("seed " + SEED);
        try (Cluster cluster = new Cluster("restore");
                Ledger ledger = new Ledger(cluster)) {
            Load load = new Load(
                    ledger, RandomGeneratorFactory.of("L64X128MixRandom").create(SEED), 20);
            workedOff(cluster.server("a"), ledger, load, 200);
            copyDatabase(DATABASE, BACKUP);
            workedOff(cluster.server("b"), ledger, load, 200);
            long before = ledger.read("events", 0).size();
            copyDatabase(BACKUP, DATABASE);

            postgresIsBehind(cluster);
            List<String> diverging =
                    cluster.query("select json_object_keys(detail) from recovery where to_position > from_position");
            assertThat(diverging).isNotEmpty();
            ServerProcess after = cluster.server("after").awaitReady();
            ledger.awaitDone(DONE);
            assertThat(cluster.count("select count(*) from outcome"))
                    .as("inputs decided, those after the backup anew")
                    .isEqualTo(ledger.acknowledged());
            assertThat(after.terminate()).isZero();
            assertThat(cluster.verify()).contains(" verified, 0 findings");
            assertLatestOfEachIsTheJournal(cluster, ledger, before);

            loseKafka(cluster);
            kafkaIsBehind(cluster);
            workedOff(cluster.server("last"), ledger, load, 50);
            ledger.assertPublishedAsJournaled();
            assertThat(cluster.verify()).contains(" verified, 0 findings");
        }
    }

    private static void postgresIsBehind(Cluster cluster) throws Exception {
        ServerProcess stopped = cluster.server("stopped");
        await("it says that its partitions are stopped")
                .atMost(DONE)
                .until(() -> stopped.readiness().contains("Postgres is older than Kafka"));
        assertThat(cluster.recover("--all", "--accept-loss")).startsWith("2: ").contains("stop all servers first");
        stopped.terminate();

        assertThat(cluster.recover("--all"))
                .startsWith("1: ")
                .contains("Postgres is behind Kafka: its journal ends at ")
                .containsPattern("thread default/t\\d+: the journal ends at \\d+, and events up to \\d+ are published")
                .endsWith("Nothing was changed: --accept-loss does it\n");
        assertThat(cluster.count("select count(*) from recovery")).isZero();
        assertThat(cluster.recover("--all", "--accept-loss")).startsWith("0: ").endsWith("Done: start the servers\n");
        assertThat(cluster.recover("--all")).isEqualTo("0: Nothing to do\n");
        assertThat(cluster.count(RECORDED + "like 'partition-%'")).isPositive();
        assertThat(cluster.count(RECORDED + "= 'topics'")).isZero();
    }

    private static void kafkaIsBehind(Cluster cluster) throws Exception {
        ServerProcess refused = cluster.server("refused");
        assertThat(refused.awaitExit()).isEqualTo(1);
        assertThat(refused.log())
                .contains("was created anew since this journal consumed it")
                .contains("threadwright recover --all");
        assertThat(cluster.recover("--all"))
                .startsWith("1: ")
                .contains("Topic " + cluster.topic("input") + " was created anew")
                .contains("--republish writes them again");
        assertThat(cluster.recover("--all", "--republish", "--accept-loss"))
                .startsWith("0: ")
                .contains("events are published again");
        assertThat(cluster.count(RECORDED + "= 'topics'")).isOne();
    }

    private static void workedOff(ServerProcess server, Ledger ledger, Load load, int inputs) throws Exception {
        server.awaitReady(); // Which has the topics then.
        load.send(inputs);
        ledger.flush();
        ledger.awaitDone(DONE);
        assertThat(server.terminate()).isZero();
    }

    /** Who reads from the first record on, and takes the later of two that are the same event, has the journal. */
    private static void assertLatestOfEachIsTheJournal(Cluster cluster, Ledger ledger, long before) {
        Map<String, String> latest = new LinkedHashMap<>();
        List<ConsumerRecord<byte[], byte[]>> records = ledger.read("events", before + 1);
        records.forEach(record -> latest.put(Ledger.header(record, "ce_id"), new String(record.value(), UTF_8)));
        assertThat(latest)
                .containsAllEntriesOf(
                        journal(cluster).collect(java.util.stream.Collectors.toMap(row -> row[0], row -> row[1])));
    }

    private static Stream<String[]> journal(Cluster cluster) {
        return cluster.query("select tenant || '/' || thread || '/' || seq || ' ' || event::text from event").stream()
                .map(row -> row.split(" ", 2));
    }

    private static void copyDatabase(String from, String to) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(TestServers.jdbcUrl(), TestServers.user(), TestServers.password());
                Statement statement = connection.createStatement()) {
            statement.execute("drop database if exists " + to + " with (force)");
            statement.execute("create database " + to + " template " + from + " strategy wal_log");
        }
    }

    private static void loseKafka(Cluster cluster) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()))) {
            List<String> topics = admin.listTopics().names().get(30, TimeUnit.SECONDS).stream()
                    .filter(name -> name.startsWith(cluster.topic("")))
                    .toList();
            assertThat(topics).isNotEmpty();
            admin.deleteTopics(topics).all().get(30, TimeUnit.SECONDS);
            admin.deleteConsumerGroups(List.of(cluster.group())).all().get(30, TimeUnit.SECONDS);
        }
    }
}
