package dev.threadwright.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.actor.LoopHarness;
import dev.threadwright.actor.LoopSettings;
import dev.threadwright.actor.MachineThreads;
import dev.threadwright.actor.Ownership;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.testing.TestServers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Two processes that were given the same static id, on a real broker. */
class StaticMembersTest {

    private static final int PARTITIONS = 2;

    private final String run = UUID.randomUUID().toString();
    private final String input = "in-" + run;
    private final InMemoryJournal journal = new InMemoryJournal();

    @Test
    void theyShareThePartitionsInsteadOfFencingEachOtherForEver() throws Exception {
        Map<String, Object> broker = Map.of("bootstrap.servers", TestServers.bootstrapServers());
        try (Admin admin = Admin.create(broker)) {
            admin.createTopics(List.of(input, commands(), results()).stream()
                            .map(topic -> new NewTopic(topic, PARTITIONS, (short) 1))
                            .toList())
                    .all()
                    .get();
        }
        try (Member first = new Member("first")) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(first.ownership.held()).containsExactlyInAnyOrder(0, 1));
            try (Member second = new Member("second");
                    KafkaProducer<byte[], byte[]> producer =
                            new KafkaProducer<>(broker, new ByteArraySerializer(), new ByteArraySerializer())) {
                await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                    assertThat(first.ownership.held()).hasSize(1);
                    assertThat(second.ownership.held()).hasSize(1).doesNotContainAnyElementsOf(first.ownership.held());
                });
                for (int i = 0; i < 20; i++) {
                    byte[] key = ("t" + i).getBytes(StandardCharsets.UTF_8);
                    producer.send(new ProducerRecord<>(input, KeyPartitions.of(key, PARTITIONS), key, new byte[] {'1'}))
                            .get();
                }
                await().atMost(Duration.ofSeconds(30))
                        .untilAsserted(() -> assertThat(decided()).hasSize(20));
                assertThat(decided()).doesNotHaveDuplicates();
                assertThat(first.joined).as("static, then not").hasValue(2);
                assertThat(second.joined).hasValue(1);
                assertThat(first.consumers.trouble()).isNull();
            }
        }
    }

    private List<String> decided() {
        return IntStream.range(0, PARTITIONS)
                .boxed()
                .flatMap(partition -> LoopHarness.publications(journal, partition).stream())
                .map(row -> ((DecisionRow) row).thread().thread())
                .toList();
    }

    private String commands() {
        return "commands-" + run;
    }

    private String results() {
        return "results-" + run;
    }

    private final class Member implements AutoCloseable {
        final LoopHarness harness;
        final Consumers consumers;
        final Ownership ownership;
        final AtomicInteger joined = new AtomicInteger();

        Member(String name) {
            harness = new LoopHarness(name, journal, LoopSettings.DEFAULT).start();
            consumers = new Consumers(
                    name,
                    new MachineThreads(),
                    isStatic -> {
                        joined.incrementAndGet();
                        return consumer(
                                isStatic
                                        ? Map.of("group.id", "group-" + run, "group.instance.id", "the-same")
                                        : Map.of("group.id", "group-" + run));
                    },
                    consumer(Map.of()),
                    new RecordDecoder(topic -> "default", policy -> {}, 1 << 16),
                    input,
                    Map.of(input, TopicRole.INPUT, commands(), TopicRole.COMMANDS, results(), TopicRole.RESULTS),
                    PARTITIONS,
                    harness.loop,
                    Pace.FREE,
                    60_000);
            ownership = harness.ownership(consumers);
            consumers.start(ownership);
        }

        private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> membership) {
            Map<String, Object> config = new HashMap<>(membership);
            config.put("bootstrap.servers", TestServers.bootstrapServers());
            config.put("enable.auto.commit", false);
            config.put("auto.offset.reset", "none");
            config.put("session.timeout.ms", 6_000);
            config.put("heartbeat.interval.ms", 200);
            config.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
            return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }

        @Override
        public void close() {
            consumers.close();
            ownership.close();
            harness.close();
        }
    }
}
