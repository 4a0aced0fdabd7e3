package dev.threadwright.faults;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A worker that does all that the protocol asks nobody to do: it answers twice, takes back what it has said, answers for
 * attempts that there are not, and answers what was cancelled. What its input tells it to hold it answers when it is cancelled, or
 * when the test says so.
 */
final class FaultyWorker implements AutoCloseable {

    static final String ACTION = "charge-faulty";

    /** What it is asked and never answers. */
    static final String IGNORED = "nobody";

    private final Cluster cluster;
    private final RandomGenerator random;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final KafkaProducer<byte[], byte[]> producer;
    private final Map<String, ConsumerRecord<byte[], byte[]>> held = new ConcurrentHashMap<>();
    private final AtomicInteger ignored = new AtomicInteger();
    private final AtomicInteger answeredCancellations = new AtomicInteger();
    private final Thread thread = Thread.ofPlatform().name("faulty-worker").unstarted(this::run);
    private volatile boolean closed;
    private volatile Throwable failure;

    FaultyWorker(Cluster cluster, RandomGenerator random) {
        this.cluster = cluster;
        this.random = random;
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", cluster.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** The topic has to be there. */
    FaultyWorker start() {
        List<TopicPartition> partitions = consumer.partitionsFor(cluster.topic("actions")).stream()
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        thread.start();
        return this;
    }

    /** How many requests came that it ignores. */
    int ignored() {
        return ignored.get();
    }

    int answeredCancellations() {
        return answeredCancellations.get();
    }

    boolean holds(String thread) {
        return held.containsKey(thread);
    }

    /** Answers what it holds, and says until when that counts. */
    Instant answerHeld(String thread) {
        ConsumerRecord<byte[], byte[]> request = held.get(thread);
        succeed(request, 0);
        producer.flush();
        return Instant.parse(Ledger.header(request, "ce_deadline"));
    }

    private void run() {
        try {
            while (!closed) {
                consumer.poll(Duration.ofMillis(50)).forEach(this::receive);
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void receive(ConsumerRecord<byte[], byte[]> record) {
        String name = Ledger.header(record, "ce_actionname");
        boolean isRequest = Ledger.header(record, "ce_type").endsWith("action.request.v1");
        if (name.equals(IGNORED) && isRequest) {
            ignored.incrementAndGet();
        } else if (name.equals(ACTION) && isRequest) {
            if (new String(record.value(), UTF_8).contains("hold")) {
                held.put(new String(record.key(), UTF_8), record);
            } else {
                misbehave(record);
            }
        } else if (name.equals(ACTION)) {
            succeed(record, 0);
            answeredCancellations.incrementAndGet();
        }
    }

    private void misbehave(ConsumerRecord<byte[], byte[]> request) {
        switch (random.nextInt(4)) {
            case 0 -> {
                succeed(request, 0);
                succeed(request, 0);
            }
            case 1 -> {
                succeed(request, 0);
                answer(request, 0, "failed", "{\"error\":\"never mind\",\"kind\":\"permanent\"}");
            }
            case 2 -> {
                answer(request, 0, "failed", "{\"error\":\"busy\"}");
                succeed(request, 0);
            }
            default -> {
                succeed(request, 1);
                answer(request, 7, "heartbeat", "{}");
                succeed(request, 0);
                answer(request, 0, "heartbeat", "{}");
            }
        }
    }

    /**
     * Each time with another receipt.
     *
     * @param ahead of the attempt that was asked for
     */
    private void succeed(ConsumerRecord<byte[], byte[]> request, int ahead) {
        answer(request, ahead, "succeeded", "{\"receipt\":\"" + UUID.randomUUID() + "\"}");
    }

    private void answer(ConsumerRecord<byte[], byte[]> request, int ahead, String type, String json) {
        int attempt = Integer.parseInt(Ledger.header(request, "ce_attempt")) + ahead;
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(cluster.topic("results"), request.key(), json.getBytes(UTF_8));
        Map<String, String> headers = new HashMap<>(Map.of(
                "ce_specversion", "1.0",
                "ce_id", UUID.randomUUID().toString(),
                "ce_source", "/workers/faulty",
                "ce_type", "dev.threadwright.action." + type + ".v1",
                "ce_runid", Ledger.header(request, "ce_runid"),
                "ce_actionid", Ledger.header(request, "ce_actionid"),
                "ce_attempt", Integer.toString(attempt)));
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        producer.send(record);
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
        producer.close();
        consumer.close();
        if (failure != null) {
            throw new IllegalStateException("The faulty worker failed by itself", failure);
        }
    }
}
