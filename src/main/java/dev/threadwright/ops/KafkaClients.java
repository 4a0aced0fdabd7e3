package dev.threadwright.ops;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Makes the loops' Kafka clients: the connection as configured under {@code kafka.}, the rest as the loops need it. */
final class KafkaClients {

    private static final int TRANSACTION_TIMEOUT_MS = 30_000;
    private static final int MAX_BLOCK_MS = 10_000;
    private static final int DELIVERY_TIMEOUT_MS = 20_000;
    private static final int REQUEST_TIMEOUT_MS = 10_000;

    /**
     * For how long a rebalance waits for a member that is gone and still stands in the group, as after the broker that
     * coordinates it was killed amid another one; with Kafka's default of 5 minutes, nobody would consume for that long.
     */
    private static final int REBALANCE_MS = 20_000;

    /** How long a broker may wait for more before it answers who looks. */
    private static final int LOOK_MS = 10;

    private final Map<String, Object> connection;
    private final int maxRecordBytes;

    /** @param maxRecordBytes the largest record to produce */
    KafkaClients(Map<String, Object> connection, int maxRecordBytes) {
        this.connection = new HashMap<>(connection);
        this.maxRecordBytes = maxRecordBytes;
    }

    Admin admin(String clientId) {
        Map<String, Object> config = config(clientId);
        config.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        return Admin.create(config);
    }

    /** A member of the group. Offsets in Postgres are the truth, so it never resets by itself. */
    Consumer<byte[], byte[]> groupConsumer(
            String clientId, String group, int sessionTimeoutMs, @Nullable String staticId) {
        Map<String, Object> config = consumer(clientId);
        config.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        config.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, sessionTimeoutMs);
        config.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, Math.max(1, sessionTimeoutMs / 4));
        config.put(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG, Math.max(REBALANCE_MS, 2 * sessionTimeoutMs));
        config.put(ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, CooperativeStickyAssignor.class.getName());
        if (staticId != null) {
            config.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, staticId);
        }
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** In no group; its partitions are assigned by hand. */
    Consumer<byte[], byte[]> grouplessConsumer(String clientId) {
        return new KafkaConsumer<>(consumer(clientId), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /**
     * In no group, for who reads what is there and then asks for something else: a fetch that waits for more would keep the
     * next one waiting.
     */
    Consumer<byte[], byte[]> lookingConsumer(String clientId) {
        Map<String, Object> config = consumer(clientId);
        config.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, LOOK_MS);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    Producer<byte[], byte[]> transactionalProducer(String clientId, String transactionalId) {
        Map<String, Object> config = producer(clientId);
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
        config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MS);
        // The commit flushes; until then whole batches are worth waiting for.
        config.put(ProducerConfig.LINGER_MS_CONFIG, 20);
        config.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 * 1024);
        config.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    Producer<byte[], byte[]> plainProducer(String clientId) {
        return new KafkaProducer<>(producer(clientId), new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Map<String, Object> producer(String clientId) {
        Map<String, Object> config = config(clientId);
        config.put(ProducerConfig.ACKS_CONFIG, "all");
        config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, maxRecordBytes);
        config.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(64L << 20, 4L * maxRecordBytes));
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK_MS);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MS);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, REQUEST_TIMEOUT_MS);
        return config;
    }

    private Map<String, Object> consumer(String clientId) {
        Map<String, Object> config = config(clientId);
        config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        config.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 2_000);
        config.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 << 20);
        return config;
    }

    private Map<String, Object> config(String clientId) {
        Map<String, Object> config = new HashMap<>(connection);
        config.put(CommonClientConfigs.CLIENT_ID_CONFIG, clientId);
        return QuietClients.in(config);
    }
}
