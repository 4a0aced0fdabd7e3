package dev.threadwright.faults.campaign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A worker that answers late, twice, with something else the second time, for other attempts, and after being cancelled. */
final class Worker implements AutoCloseable {
    private static final String ACTIONS = "threadwright.actions";
    private static final String RESULTS = "threadwright.results";

    private final Sender sender;
    private final RandomGenerator random;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Findings findings;
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    private final Thread thread = Thread.ofPlatform().name("worker").daemon().unstarted(this::run);

    /** Of attempts that were answered once and will be again, much later. */
    private final ConsumerRecord<?, ?>[] late = new ConsumerRecord<?, ?>[256];

    private volatile boolean closed;

    Worker(String bootstrap, Sender sender, RandomGenerator random, Findings findings) {
        this.sender = sender;
        this.random = random;
        this.findings = findings;
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = IntStream.range(0, Site.PARTITIONS)
                .mapToObj(partition -> new TopicPartition(ACTIONS, partition))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    void start() {
        thread.start();
    }

    /** What it was asked for. */
    int requests() {
        return requests.get();
    }

    int answers() {
        return answers.get();
    }

    private void run() {
        try {
            while (!closed) {
                consumer.poll(Duration.ofMillis(50)).forEach(this::receive);
            }
        } catch (RuntimeException e) {
            findings.add(Findings.Kind.BROKEN, "the worker failed: " + e);
        } finally {
            consumer.close();
        }
    }

    private void receive(ConsumerRecord<byte[], byte[]> record) {
        if (!header(record, "ce_type").endsWith("action.request.v1")) {
            succeed(record, 0);
            return;
        }
        requests.incrementAndGet();
        switch (random.nextInt(8)) {
            case 0 -> {
                succeed(record, 0);
                answer(record, 0, "failed", "{\"error\":\"never mind\",\"kind\":\"permanent\"}");
            }
            case 1 -> {
                answer(record, 0, "failed", "{\"error\":\"busy\"}");
                succeed(record, 0);
            }
            case 2 -> {
                succeed(record, 1);
                answer(record, 7, "heartbeat", "{}");
                succeed(record, 0);
                answer(record, 0, "heartbeat", "{}");
            }
            case 3 -> {
                succeed(record, 0);
                int place = random.nextInt(late.length);
                ConsumerRecord<?, ?> old = late[place];
                late[place] = record;
                if (old != null) {
                    succeed(old, 0);
                }
            }
            default -> {
                succeed(record, 0);
                succeed(record, 0);
            }
        }
    }

    /** Each time with another receipt. */
    private void succeed(ConsumerRecord<?, ?> request, int ahead) {
        answer(request, ahead, "succeeded", "{\"receipt\":\"" + UUID.randomUUID() + "\"}");
    }

    private void answer(ConsumerRecord<?, ?> request, int ahead, String type, String json) {
        answers.incrementAndGet();
        int attempt = Integer.parseInt(header(request, "ce_attempt")) + ahead;
        Map<String, String> headers = new HashMap<>(Map.of(
                "id", UUID.randomUUID().toString(),
                "type", "dev.threadwright.action." + type + ".v1",
                "runid", header(request, "ce_runid"),
                "actionid", header(request, "ce_actionid"),
                "attempt", Integer.toString(attempt)));
        sender.insist(RESULTS, new String((byte[]) request.key(), UTF_8), json, headers);
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
