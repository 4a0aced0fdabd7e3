package dev.threadwright.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Where the log itself keeps how far each partition is published: in the partition of the same number of a compacted
 * topic, written in the same transactions as the records. Not in the offsets of the consumer group: a coordinator that
 * was killed may come back without some that were committed, or with some that stay undecided for ever (Kafka 4.1.1).
 */
final class PositionsTopic implements PublishedPositions {

    private static final long TIMEOUT_MS = 10_000;

    /** How soon to ask again while a transaction is not decided. */
    private static final long UNDECIDED_MS = 20;

    /** How much is read back from the end at first: some transactions, each a record and its marker. */
    static final long FIRST_LOOK = 64;

    /** How much farther each look goes than the one before that found nothing, for all was aborted. */
    private static final long FARTHER = 16;

    private static final Duration POLL = Duration.ofMillis(100);

    private final Admin admin;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final String topic;
    private final long timeoutMs;
    private volatile @Nullable Consumer<byte[], byte[]> consumer;

    /**
     * @param admin stays the caller's to close
     * @param consumers of committed records, in no group, that never reset their offsets
     */
    PositionsTopic(Admin admin, Supplier<Consumer<byte[], byte[]>> consumers, String topic) {
        this(admin, consumers, topic, TIMEOUT_MS);
    }

    PositionsTopic(Admin admin, Supplier<Consumer<byte[], byte[]>> consumers, String topic, long timeoutMs) {
        this.admin = admin;
        this.consumers = consumers;
        this.topic = topic;
        this.timeoutMs = timeoutMs;
    }

    @Override
    public synchronized Map<Integer, Long> read(Collection<Integer> partitions) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        Set<TopicPartition> asked = partitions.stream()
                .map(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toSet());
        if (asked.isEmpty()) {
            return Map.of();
        }
        Map<TopicPartition, Long> ends = decided(asked, deadline);
        Consumer<byte[], byte[]> reader = consumer;
        try {
            if (reader == null) {
                reader = consumers.get();
                consumer = reader;
            }
            return last(reader, ends, deadline);
        } catch (InterruptException e) {
            discard();
            throw new RelayException("Interrupted while reading the published positions", e);
        } catch (KafkaException e) {
            discard();
            throw new RelayException("Cannot read the published positions: " + e, e);
        }
    }

    /** The ends of the partitions when they were asked for, once nothing before them is neither committed nor aborted. */
    private Map<TopicPartition, Long> decided(Set<TopicPartition> asked, long deadline) {
        Map<TopicPartition, Long> ends = ends(asked, IsolationLevel.READ_UNCOMMITTED);
        while (true) {
            Map<TopicPartition, Long> stable = ends(asked, IsolationLevel.READ_COMMITTED);
            Set<TopicPartition> undecided = new HashSet<>(asked);
            undecided.removeIf(partition -> stable.getOrDefault(partition, 0L) >= ends.getOrDefault(partition, 0L));
            if (undecided.isEmpty()) {
                return ends;
            }
            if (System.nanoTime() > deadline) {
                throw new RelayException(
                        "Cannot read the published positions: transactions on " + undecided + " are not decided", null);
            }
            pause();
        }
    }

    private Map<TopicPartition, Long> ends(Set<TopicPartition> asked, IsolationLevel isolation) {
        return await(
                        "look for the ends of " + asked,
                        admin.listOffsets(
                                        asked.stream()
                                                .collect(Collectors.toMap(
                                                        Function.identity(), partition -> OffsetSpec.latest())),
                                        new ListOffsetsOptions(isolation))
                                .all()
                                .toCompletionStage()
                                .toCompletableFuture())
                .entrySet()
                .stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        (Map.Entry<TopicPartition, ListOffsetsResult.ListOffsetsResultInfo> found) ->
                                found.getValue().offset()));
    }

    /** What a partition holds, and from where on it is looked through. */
    private record Span(TopicPartition partition, long begin, long end, long from) {

        Span back(long back) {
            return new Span(partition, begin, end, Math.max(begin, end - back));
        }

        boolean isAll() {
            return from <= begin;
        }
    }

    /** Of each partition the last position, looked for from its end. */
    private Map<Integer, Long> last(Consumer<byte[], byte[]> reader, Map<TopicPartition, Long> ends, long deadline) {
        List<Span> looking = new ArrayList<>();
        reader.beginningOffsets(ends.keySet(), left(deadline)).forEach((partition, begin) -> {
            long end = ends.getOrDefault(partition, begin);
            looking.add(new Span(partition, begin, end, end));
        });
        Map<Integer, Long> positions = new HashMap<>();
        for (long back = FIRST_LOOK; !looking.isEmpty(); back *= FARTHER) {
            long farther = back;
            looking.replaceAll(span -> span.back(farther));
            read(reader, looking, positions, deadline);
            looking.removeIf(span ->
                    span.isAll() || positions.containsKey(span.partition().partition()));
        }
        return positions;
    }

    private void read(Consumer<byte[], byte[]> reader, List<Span> spans, Map<Integer, Long> positions, long deadline) {
        reader.assign(spans.stream().map(Span::partition).toList());
        spans.forEach(span -> reader.seek(span.partition(), span.from()));
        List<Span> reading = new ArrayList<>(spans);
        while (true) {
            reading.removeIf(span -> reader.position(span.partition(), left(deadline)) >= span.end());
            if (reading.isEmpty()) {
                return;
            }
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                String place = "Topic " + topic + ", partition " + record.partition() + ", offset " + record.offset();
                positions.put(record.partition(), PositionRecords.position(place, record.value()));
            }
        }
    }

    /** @throws RelayException if there is none */
    private static Duration left(long deadline) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new RelayException("Cannot read the published positions in time", null);
        }
        return Duration.ofNanos(left);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(UNDECIDED_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RelayException("Interrupted while reading the published positions", e);
        }
    }

    @Override
    public void fence(String publisher) {
        await(
                "fence the publisher " + publisher,
                admin.fenceProducers(Set.of(publisher))
                        .all()
                        .toCompletionStage()
                        .toCompletableFuture());
    }

    /** What reads at that moment fails. */
    @Override
    public void close() {
        Consumer<byte[], byte[]> reading = consumer;
        if (reading != null) {
            reading.wakeup();
        }
        synchronized (this) {
            discard();
        }
    }

    private void discard() {
        Consumer<byte[], byte[]> old = consumer;
        consumer = null;
        if (old != null) {
            old.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
        }
    }

    private static <T> T await(String what, CompletableFuture<T> future) {
        try {
            return future.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RelayException("Interrupted while trying to " + what, e);
        } catch (ExecutionException | TimeoutException e) {
            throw new RelayException("Cannot " + what + ": " + e, e);
        }
    }
}
