package dev.threadwright.simulation;

import dev.threadwright.simulation.Faults.Kind;
import dev.threadwright.simulation.Timeline.Process;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.jspecify.annotations.Nullable;

/** A transactional producer, as the relay uses it. */
final class LogProducer implements Producer<byte[], byte[]> {

    private final Process process;
    private final Broker broker;
    private final Faults faults;
    private final String id;
    private final List<ProducerRecord<byte[], byte[]>> buffer = new ArrayList<>();
    private int epoch = -1;

    LogProducer(Process process, Broker broker, Faults faults, String id) {
        this.process = process;
        this.broker = broker;
        this.faults = faults;
        this.id = id;
    }

    @Override
    public void initTransactions() {
        call(() -> epoch = broker.begin(id));
    }

    @Override
    public void beginTransaction() {
        buffer.clear();
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        return send(record, null);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
        buffer.add(record);
        return new CompletableFuture<>();
    }

    @Override
    public void sendOffsetsToTransaction(
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata groupMetadata) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void commitTransaction() {
        int half = buffer.size() / 2;
        call(() -> broker.add(id, epoch, buffer.subList(0, half)));
        call(() -> broker.add(id, epoch, buffer.subList(half, buffer.size())));
        call(() -> broker.commit(id, epoch));
    }

    @Override
    public void abortTransaction() {
        throw new UnsupportedOperationException();
    }

    private void call(Runnable effect) {
        pass();
        if (faults.isLogAway() || faults.happens(Kind.LOG_CALL_BEFORE)) {
            throw new TimeoutException("injected before the call");
        }
        effect.run();
        pass();
        if (faults.happens(Kind.LOG_CALL_AFTER)) {
            throw new TimeoutException("injected after the call");
        }
    }

    private void pass() {
        try {
            faults.pass(process);
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    @Override
    public void flush() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Map<MetricName, ? extends Metric> metrics() {
        return Map.of();
    }

    @Override
    public Uuid clientInstanceId(Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void registerMetricForSubscription(KafkaMetric metric) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void unregisterMetricFromSubscription(KafkaMetric metric) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
        // What is open stays open, until the next producer of that id or the time is up.
    }

    @Override
    public void close(Duration timeout) {
        close();
    }
}
