package dev.threadwright.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.testing.TestServers;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommittedOffsetsTest {

    private final String topic = "published-" + UUID.randomUUID();
    private final String group = "group-of-" + topic;
    private final String publisher = "publisher-" + topic;

    private Admin admin;
    private KafkaProducer<byte[], byte[]> producer;

    @BeforeEach
    void connect() throws Exception {
        Map<String, Object> connection = Map.of("bootstrap.servers", TestServers.bootstrapServers());
        admin = Admin.create(connection);
        admin.createTopics(List.of(new NewTopic(topic, 3, (short) 1))).all().get(30, TimeUnit.SECONDS);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestServers.bootstrapServers(), "transactional.id", publisher),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        publish(0, 7);
        producer.commitTransaction();
    }

    @AfterEach
    void disconnect() {
        producer.close(java.time.Duration.ZERO);
        admin.close();
    }

    private void publish(int partition, long position) {
        producer.beginTransaction();
        producer.sendOffsetsToTransaction(
                Map.of(
                        new TopicPartition(topic, partition),
                        new OffsetAndMetadata(1, PublishedPositions.metadata(position))),
                new ConsumerGroupMetadata(group));
    }

    private CommittedOffsets positions(long timeoutMs) {
        return new CommittedOffsets(admin, group, topic, timeoutMs);
    }

    @Test
    void whatHasNoPositionIsLeftOut() {
        assertThat(positions(0).read(List.of(0, 1))).isEqualTo(Map.of(0, 7L));
    }

    @Test
    void whileATransactionIsUndecidedThereIsNoAnswer_notEvenThatThereIsNoPosition() {
        publish(0, 9);
        assertThatThrownBy(() -> positions(0).read(List.of(0, 1)))
                .isInstanceOf(RelayException.class)
                .hasMessageContaining(topic + "-0")
                .hasMessageContaining("not decided");
        assertThat(positions(0).read(List.of(1))).isEmpty();
        producer.abortTransaction();

        assertThat(positions(20_000).read(List.of(0, 1))).isEqualTo(Map.of(0, 7L));
    }

    @Test
    void itWaitsUntilTheTransactionIsDecided() throws Exception {
        publish(0, 9);
        CompletableFuture<Map<Integer, Long>> answer =
                CompletableFuture.supplyAsync(() -> positions(20_000).read(List.of(0, 2)));
        producer.commitTransaction();

        assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(Map.of(0, 9L));
    }

    @Test
    void whoeverIsFencedHasPublishedNothingOfItsLastTransaction() {
        publish(0, 9);
        positions(20_000).fence(publisher);

        assertThat(positions(20_000).read(List.of(0))).isEqualTo(Map.of(0, 7L));
        assertThatThrownBy(producer::commitTransaction).isNotNull();
    }
}
