package dev.threadwright.simulation;

import dev.threadwright.simulation.Faults.Kind;
import dev.threadwright.simulation.Timeline.Process;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A transactional producer, as the relay uses it; what it does not use is not there. */
public final class LogProducer {

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

    @SuppressWarnings("unchecked")
    Producer<byte[], byte[]> asProducer() {
        return (Producer<byte[], byte[]>) Partly.as(Producer.class, this);
    }

    public void initTransactions() {
        call(() -> epoch = broker.begin(id));
    }

    public void beginTransaction() {
        buffer.clear();
    }

    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        return send(record, null);
    }

    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, @Nullable Callback callback) {
        buffer.add(record);
        return new CompletableFuture<>();
    }

    public void commitTransaction() {
        int half = buffer.size() / 2;
        call(() -> broker.add(id, epoch, buffer.subList(0, half)));
        call(() -> broker.add(id, epoch, buffer.subList(half, buffer.size())));
        call(() -> broker.commit(id, epoch));
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

    public Map<MetricName, ? extends Metric> metrics() {
        return Map.of();
    }

    public void close() {
        // What is open stays open, until the next producer of that id or the time is up.
    }

    public void close(Duration timeout) {
        close();
    }
}
