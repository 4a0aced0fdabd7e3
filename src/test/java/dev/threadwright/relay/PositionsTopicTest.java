package dev.threadwright.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.threadwright.testing.TestServers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PositionsTopicTest {

    private static final long SOON_MS = 20_000;

    private final String topic = "positions-" + UUID.randomUUID();
    private final String publisher = "publisher-of-" + topic;
    private final Supplier<Consumer<byte[], byte[]>> consumers = () -> new KafkaConsumer<>(
            Map.of(
                    "bootstrap.servers",
                    TestServers.bootstrapServers(),
                    "isolation.level",
                    "read_committed",
                    "auto.offset.reset",
                    "none",
                    "enable.auto.commit",
                    false),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());

    private Admin admin;
    private KafkaProducer<byte[], byte[]> producer;
    private PositionsTopic positions;

    @BeforeEach
    void connect() throws Exception {
        admin = Admin.create(Map.of("bootstrap.servers", TestServers.bootstrapServers()));
        admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1))).all().get(30, TimeUnit.SECONDS);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestServers.bootstrapServers(), "transactional.id", publisher),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        positions = new PositionsTopic(admin, consumers, topic, SOON_MS);
        begin(0, 7);
        producer.commitTransaction();
    }

    @AfterEach
    void disconnect() {
        positions.close();
        producer.close(Duration.ZERO);
        admin.close();
    }

    private void begin(int partition, long position) {
        producer.beginTransaction();
        producer.send(PositionRecords.of(topic, partition, position));
        producer.flush();
    }

    private PositionsTopic impatient() {
        return new PositionsTopic(admin, consumers, topic, 500);
    }

    @Test
    void whatHasNoPositionIsLeftOut() {
        assertThat(positions.read(List.of(0, 1))).isEqualTo(Map.of(0, 7L));
        assertThat(positions.read(List.of())).isEmpty();
    }

    @Test
    void theLastOneCounts_notTheHighest() {
        begin(0, 9);
        producer.send(PositionRecords.of(topic, 1, 4));
        producer.send(PositionRecords.of(topic, 0, 5));
        producer.commitTransaction();

        assertThat(positions.read(List.of(0, 1, 2))).isEqualTo(Map.of(0, 5L, 1, 4L));
    }

    @Test
    void whatWasAbortedNeverWas_howeverMuchThereIsOfIt() {
        for (int i = 0; i < 2 * PositionsTopic.FIRST_LOOK; i++) {
            begin(0, 100 + i);
            producer.abortTransaction();
        }
        assertThat(positions.read(List.of(0, 1))).isEqualTo(Map.of(0, 7L));

        begin(0, 8);
        producer.commitTransaction();
        assertThat(positions.read(List.of(0, 1))).isEqualTo(Map.of(0, 8L));
    }

    @Test
    void whileATransactionIsUndecidedThereIsNoAnswer_notEvenThatThereIsNoPosition() {
        begin(1, 9);
        try (PositionsTopic impatient = impatient()) {
            assertThatThrownBy(() -> impatient.read(List.of(0, 1)))
                    .isInstanceOf(RelayException.class)
                    .hasMessageContaining(topic + "-1")
                    .hasMessageNotContaining(topic + "-0")
                    .hasMessageContaining("not decided");
            assertThat(positions.read(List.of(0))).isEqualTo(Map.of(0, 7L));
            producer.abortTransaction();
        }
        assertThat(positions.read(List.of(0, 1))).isEqualTo(Map.of(0, 7L));
    }

    @Test
    void itWaitsUntilTheTransactionIsDecided() throws Exception {
        begin(0, 9);
        FutureTask<Map<Integer, Long>> answer = new FutureTask<>(() -> positions.read(List.of(0, 2)));
        Thread.ofPlatform().start(answer);
        await().during(Duration.ofMillis(500)).atMost(Duration.ofSeconds(30)).until(() -> !answer.isDone());
        producer.commitTransaction();

        assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(Map.of(0, 9L));
    }

    @Test
    void whoeverIsFencedHasPublishedNothingOfItsLastTransaction() {
        begin(0, 9);
        positions.fence(publisher);

        assertThat(positions.read(List.of(0))).isEqualTo(Map.of(0, 7L));
        assertThatThrownBy(producer::commitTransaction).isNotNull();
    }

    @Test
    void whatIsNoPositionIsPassedOver() {
        byte[] key = PositionRecords.of(topic, 0, 1).key();
        producer.beginTransaction();
        for (int i = 0; i < PositionsTopic.FIRST_LOOK; i++) {
            producer.send(new ProducerRecord<>(topic, 0, key, "seven".getBytes(UTF_8)));
        }
        producer.send(new ProducerRecord<>(topic, 0, null, "8".getBytes(UTF_8)));
        producer.send(new ProducerRecord<>(topic, 0, key, null));
        producer.send(new ProducerRecord<>(topic, 0, key, "-9".getBytes(UTF_8)));
        producer.send(new ProducerRecord<>(topic, 0, key, "99999999999999999999".getBytes(UTF_8)));
        producer.send(new ProducerRecord<>(topic, 2, key, new byte[100_000]));
        producer.commitTransaction();

        assertThat(positions.read(List.of(0, 1, 2))).isEqualTo(Map.of(0, 7L));
    }

    @Test
    void aTopicThatIsNotThereIsNoAnswer() {
        try (PositionsTopic missing = new PositionsTopic(admin, consumers, topic + "-not", 500)) {
            assertThatThrownBy(() -> missing.read(List.of(0))).isInstanceOf(RelayException.class);
        }
    }
}
