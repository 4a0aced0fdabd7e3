package dev.threadwright.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.embedded.EmbeddedServers;
import dev.threadwright.testing.TestServers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

/** Postgres and Kafka of its own, to be taken away from a server that goes on running. */
class ServersAwayIT {

    private static final long SEED = Long.getLong("threadwright.seed", System.nanoTime());
    private static final Duration BACK = Duration.ofSeconds(60);

    private final Path directory = Path.of("target", "faults", "away-" + System.nanoTime());
    private final int postgresPort = TestServers.freePort();
    private final int kafkaPort = TestServers.freePort();

    @Test
    void awayAtTheStartAndLater_theServerSaysSoHoldsAndGoesOnByItself() throws Exception {
        System.out.println("seed " + SEED);
        EmbeddedServers first = startPostgres();
        String url = first.jdbcUrl();
        String user = first.user();
        String password = first.password();
        first.close();

        EmbeddedServers postgres = null;
        EmbeddedServers kafka = null;
        try (Cluster cluster = new Cluster("away", url, user, password, "127.0.0.1:" + kafkaPort)) {
            ServerProcess server = cluster.server("a");
            await("it says that it waits for Postgres")
                    .atMost(BACK)
                    .until(() -> server.readiness().startsWith("503")
                            && server.readiness().contains("waiting for Postgres"));
            postgres = startPostgres();
            await("it says that it waits for Kafka")
                    .atMost(BACK)
                    .until(() -> server.readiness().contains("waiting for Kafka"));
            kafka = startKafka();
            server.awaitReady();

            try (Ledger ledger = new Ledger(cluster)) {
                Load load = new Load(
                        ledger, RandomGeneratorFactory.of("L64X128MixRandom").create(SEED), 30);
                load.send(500);
                ledger.flush();
                postgres.close();
                load.send(500);
                ledger.flush();
                await("it says that Postgres is away")
                        .atMost(BACK)
                        .until(() -> server.readiness().startsWith("503"));
                postgres = startPostgres();
                ledger.awaitDone(BACK);

                load.send(300);
                ledger.flush();
                kafka.close();
                await("it says that Kafka is away").atMost(BACK).until(() -> !server.isReady());
                kafka = startKafka();
                load.send(300);
                ledger.flush();
                ledger.awaitDone(BACK);
                server.awaitReady();
                assertThat(ledger.acknowledged()).isEqualTo(1_600);
                ledger.assertExactlyOnce();
            }
        } finally {
            if (kafka != null) {
                kafka.close();
            }
            if (postgres != null) {
                postgres.close();
            }
        }
    }

    private EmbeddedServers startPostgres() {
        return EmbeddedServers.start(
                new EmbeddedServers.Settings(directory.resolve("p"), true, postgresPort, false, kafkaPort));
    }

    private EmbeddedServers startKafka() {
        return EmbeddedServers.start(
                new EmbeddedServers.Settings(directory.resolve("k"), false, postgresPort, true, kafkaPort));
    }
}
