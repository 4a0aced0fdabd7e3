package dev.threadwright.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

/** Records that are not in order, by way of real servers. {@code CampaignIT} does what is done by force. */
class ProcessFaultsIT {

    private static final long SEED = Long.getLong("threadwright.seed", System.nanoTime());
    private static final Duration DONE = Duration.ofSeconds(90);

    @Test
    void badAndMisroutedRecordsDoNotStopAPartition() throws Exception {
        try (Cluster cluster = new Cluster("bad");
                Ledger ledger = new Ledger(cluster)) {
            cluster.server("a").awaitReady();
            String input = cluster.topic("input");
            ProducerRecord<byte[], byte[]> otherKey = new ProducerRecord<>(input, 0, bytes("k"), bytes("{}"));
            Map.of("ce_specversion", "1.0", "ce_id", "1", "ce_source", "/x", "ce_subject", "other")
                    .forEach((name, value) -> otherKey.headers().add(name, bytes(value)));
            otherKey.headers().add("ce_type", bytes("dev.threadwright.user.input.v1"));
            ledger.send(otherKey);
            ledger.send(new ProducerRecord<>(input, 0, bytes("k"), null));
            ledger.send(new ProducerRecord<>(input, 0, null, bytes("{}")));
            ledger.send(new ProducerRecord<>(input, 0, bytes("k"), bytes("{\"cut")));
            for (int partition = 0; partition < Cluster.PARTITIONS; partition++) {
                ledger.send(new ProducerRecord<>(input, partition, bytes("wandering"), bytes("{\"from\":1}")));
            }
            ledger.send("t", "same", "echo", "queue", "{}");
            ledger.send("t", "same", "echo", "queue", "{}");
            ledger.send("t", "same", "echo", "queue", "{\"other\":true}");
            ledger.send("t", "same", "echo", "queue", "{\"other\":true}");
            ledger.flush();

            List<ConsumerRecord<byte[], byte[]>> dead = ledger.read("dead-letter", 4);
            assertThat(dead).hasSize(4).allSatisfy(record -> {
                assertThat(Ledger.header(record, "tw_reason")).isNotBlank();
                assertThat(Ledger.header(record, "tw_source_topic")).isEqualTo(input);
                assertThat(Ledger.header(record, "tw_source_partition")).isEqualTo("0");
            });
            assertThat(dead.stream()
                            .map(record -> Ledger.header(record, "tw_source_offset"))
                            .toList())
                    .containsExactly("0", "1", "2", "3");
            await().atMost(DONE)
                    .until(() ->
                            cluster.count("select count(*) from run where thread = 'wandering'") == Cluster.PARTITIONS);
            assertThat(cluster.count("select count(distinct causation_id) from decision where thread = 'wandering'"))
                    .isEqualTo(Cluster.PARTITIONS);
            await().atMost(DONE)
                    .until(() -> cluster.count("select count(*) from event where thread = 't'"
                                    + " and type = 'input.rejected' and event::text like '%conflict%'")
                            == 1);
            assertThat(cluster.count("select count(*) from run where thread = 't'"))
                    .isEqualTo(1);
        }
    }

    @Test
    void anotherNumberOfPartitionsIsRefusedWithWhatToDo() throws Exception {
        try (Cluster cluster = new Cluster("partitions")) {
            cluster.server("a").awaitReady().terminate();
            ServerProcess other = cluster.server("b", Map.of("threadwright.partitions", "5"));
            assertThat(other.awaitExit()).isEqualTo(1);
            assertThat(other.log()).contains("threadwright.partitions is 5").contains("Set threadwright.partitions=8");
        }
    }

    private static void awaitDecided(Cluster cluster, long count) {
        await("inputs decided")
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> cluster.count("select count(*) from outcome") >= count);
    }

    private static RandomGenerator random() {
        System.out.println("seed " + SEED);
        return RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
