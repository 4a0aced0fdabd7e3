package dev.threadwright.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a fixed number of inputs in flight on one engine: every completion that is read sends the next input, on the
 * same thread. Latency is from before the send to after the read.
 */
final class LoadClient implements AutoCloseable {

    static final String SOURCE = "/benchmark";
    private static final byte[] COMPLETED = "dev.threadwright.run.completed.v1".getBytes(UTF_8);
    private static final int DATA_BYTES = 300;
    private static final int MAX_INPUTS = 2_000_000;
    private static final Duration LOST_AFTER = Duration.ofSeconds(60);
    private static final double MAX_PREPARE_SECONDS = 300;
    private static final int CHUNK = 1 << 14;
    private static final long RAMP_MS = 500;

    private final Lane lane;
    private final ProcessHandle engine;
    private final ProcessHandle postmaster;
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final byte[][] keys = new byte[Scenario.THREADS][];
    private final byte[][] values = new byte[Scenario.THREADS][];
    private int phases;

    LoadClient(Lane lane, ProcessHandle engine, ProcessHandle postmaster, String bootstrap) {
        this.lane = lane;
        this.engine = engine;
        this.postmaster = postmaster;
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 1, "client.id", lane.name()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        Map<String, Object> reading = new HashMap<>();
        reading.put("bootstrap.servers", bootstrap);
        reading.put("isolation.level", lane.isolation());
        reading.put("enable.auto.commit", false);
        reading.put("max.poll.records", 5_000);
        this.consumer = new KafkaConsumer<>(reading, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> partitions = IntStream.range(0, Servers.PARTITIONS)
                .mapToObj(partition -> new TopicPartition(lane.lifecycle(), partition))
                .toList();
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        partitions.forEach(consumer::position);
        Random random = new Random(1);
        for (int i = 0; i < Scenario.THREADS; i++) {
            keys[i] = "thread-%04d".formatted(i).getBytes(UTF_8);
            values[i] = data(random);
        }
    }

    /** Exactly {@link #DATA_BYTES} of JSON; letters, so that no compression makes them cheaper than prose. */
    private static byte[] data(Random random) {
        String shell = "{\"text\":\"\"}";
        StringBuilder text = new StringBuilder(DATA_BYTES);
        for (int i = shell.length(); i < DATA_BYTES; i++) {
            text.append((char) ('a' + random.nextInt(26)));
        }
        return "{\"text\":\"%s\"}".formatted(text).getBytes(UTF_8);
    }

    /** For {@code seconds}, and until all that was sent has been read. */
    Measurement run(Scenario scenario, double seconds) {
        return new Phase("%s-%03d-".formatted(lane.name(), phases++), scenario, seconds).run();
    }

    /** So many inputs, however long that takes. */
    Measurement prepare(Scenario scenario, int inputs) {
        return new Phase("%s-%03d-".formatted(lane.name(), phases++), scenario, MAX_PREPARE_SECONDS, inputs).run();
    }

    /** As many inputs as a phase of one in flight sends when it lasts no time: one. Their id ends in 00000000. */
    String sample(int thread) {
        String phase = "%s-s%02d-".formatted(lane.name(), phases++);
        new Phase(phase, new Scenario("sample", 1, 1), 0) {
            @Override
            byte[] key(int number) {
                return keys[thread];
            }
        }.run();
        return phase + "00000000";
    }

    String thread(int number) {
        return new String(keys[number], UTF_8);
    }

    String dataOf(int number) {
        return new String(values[number], UTF_8);
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(1));
        consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ofSeconds(1)));
    }

    /** One use: inputs whose ids begin with {@code prefix} and end in their number. */
    private class Phase {
        private final String prefix;
        private final byte[] prefixBytes;
        private final Scenario scenario;
        private final long rampNanos;
        private final long spanNanos;
        private final int maxInputs;
        private final List<long[]> sentAt = new ArrayList<>();
        private final BitSet completed = new BitSet();
        private long[] latencies = new long[1 << 16];
        private int sent;
        private int completions;
        private int counted;
        private int repeated;

        Phase(String prefix, Scenario scenario, double seconds) {
            this(prefix, scenario, seconds, MAX_INPUTS);
        }

        Phase(String prefix, Scenario scenario, double seconds, int maxInputs) {
            this.maxInputs = maxInputs;
            this.prefix = prefix;
            this.prefixBytes = prefix.getBytes(UTF_8);
            this.scenario = scenario;
            this.rampNanos = seconds == 0 ? 0 : Duration.ofMillis(RAMP_MS).toNanos();
            this.spanNanos = (long) (seconds * 1e9);
        }

        Measurement run() {
            long begin = System.nanoTime() + rampNanos;
            long end = begin + spanNanos;
            @Nullable CpuTimes before = null;
            @Nullable CpuTimes during = null;
            for (int i = 0; i < scenario.inFlight(); i++) {
                send();
            }
            long lastRead = System.nanoTime();
            while (completions < sent) {
                var records = consumer.poll(Duration.ofMillis(100));
                long now = System.nanoTime();
                if (before == null && now >= begin) {
                    before = CpuTimes.of(engine, postmaster);
                }
                if (during == null && before != null && now >= end) {
                    during = CpuTimes.of(engine, postmaster).since(before);
                }
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    int number = completion(record);
                    if (number >= 0) {
                        read(number, now, now >= begin && now < end);
                        lastRead = now;
                        if (now < end && sent < maxInputs) {
                            send();
                        }
                    }
                }
                if (!engine.isAlive()) {
                    throw new IllegalStateException("The process of " + lane.name() + " has ended; see its log");
                }
                if (now - lastRead > LOST_AFTER.toNanos()) {
                    throw new IllegalStateException(lane.name() + ": " + (sent - completions) + " of " + sent
                            + " inputs of " + prefix + " were not answered");
                }
            }
            long[] sorted = Arrays.copyOf(latencies, counted);
            Arrays.sort(sorted);
            return new Measurement(
                    prefix,
                    sent,
                    counted,
                    spanNanos / 1e9,
                    percentileMs(sorted, 0.50),
                    percentileMs(sorted, 0.99),
                    during == null ? new CpuTimes(0, 0, 0) : during,
                    repeated);
        }

        byte[] key(int number) {
            int thread = number % scenario.threads();
            return switch (scenario.names()) {
                case SAME -> keys[thread];
                case OLD -> "old-%04d".formatted(thread).getBytes(UTF_8);
                case FRESH -> (prefix + thread).getBytes(UTF_8);
            };
        }

        private void send() {
            int number = sent++;
            byte[] value = values[number % values.length];
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(lane.input(), key(number), value);
            record.headers()
                    .add("ce_specversion", "1.0".getBytes(UTF_8))
                    .add("ce_id", "%s%08d".formatted(prefix, number).getBytes(UTF_8))
                    .add("ce_source", SOURCE.getBytes(UTF_8))
                    .add("ce_type", "dev.threadwright.user.input.v1".getBytes(UTF_8))
                    .add("content-type", "application/json".getBytes(UTF_8));
            String workflow = scenario.workflow();
            if (workflow != null) {
                record.headers().add("ce_workflow", workflow.getBytes(UTF_8));
            }
            if (number % CHUNK == 0) {
                sentAt.add(new long[CHUNK]);
            }
            sentAt.getLast()[number % CHUNK] = System.nanoTime();
            producer.send(record);
        }

        /** The number of the input whose run completed; -1 for any other record. */
        private int completion(ConsumerRecord<byte[], byte[]> record) {
            Header type = record.headers().lastHeader("ce_type");
            Header cause = record.headers().lastHeader("ce_causationid");
            if (type == null || cause == null || !Arrays.equals(type.value(), COMPLETED)) {
                return -1;
            }
            byte[] id = cause.value();
            if (id.length != prefixBytes.length + 8
                    || !Arrays.equals(id, 0, prefixBytes.length, prefixBytes, 0, prefixBytes.length)) {
                repeated++; // Of an earlier phase, all of whose inputs were read already.
                return -1;
            }
            int number = 0;
            for (int i = prefixBytes.length; i < id.length; i++) {
                number = number * 10 + id[i] - '0';
            }
            return number;
        }

        private void read(int number, long now, boolean counts) {
            if (completed.get(number)) {
                repeated++;
                return;
            }
            completed.set(number);
            completions++;
            if (counts) {
                if (counted == latencies.length) {
                    latencies = Arrays.copyOf(latencies, counted * 2);
                }
                latencies[counted++] = now - sentAt.get(number / CHUNK)[number % CHUNK];
            }
        }
    }

    private static double percentileMs(long[] sorted, double share) {
        return sorted.length == 0
                ? 0
                : sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * share))] / 1e6;
    }
}
