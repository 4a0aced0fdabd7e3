package dev.threadwright.relay;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsOptions;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Where the log itself keeps how far each partition is published: in the metadata of the input topic's committed
 * offsets, written in the same transaction as the records.
 */
final class CommittedOffsets implements PublishedPositions {

    private static final long TIMEOUT_MS = 10_000;

    /** How soon to ask again while a transaction is not decided. */
    private static final long UNDECIDED_MS = 100;

    private final Admin admin;
    private final String group;
    private final String inputTopic;
    private final long timeoutMs;

    CommittedOffsets(Admin admin, String group, String inputTopic) {
        this(admin, group, inputTopic, TIMEOUT_MS);
    }

    CommittedOffsets(Admin admin, String group, String inputTopic, long timeoutMs) {
        this.admin = admin;
        this.group = group;
        this.inputTopic = inputTopic;
        this.timeoutMs = timeoutMs;
    }

    @Override
    public Map<Integer, Long> read(Collection<Integer> partitions) {
        Set<TopicPartition> asked = partitions.stream()
                .map(partition -> new TopicPartition(inputTopic, partition))
                .collect(java.util.stream.Collectors.toSet());
        Map<TopicPartition, OffsetAndMetadata> offsets = decided(asked);
        Map<Integer, Long> positions = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            Long position = offset == null ? null : PublishedPositions.position(offset.metadata());
            if (position != null) {
                positions.put(partition.partition(), position);
            }
        });
        return positions;
    }

    /**
     * Kafka's client leaves partitions out that it cannot tell yet, because a transaction on them is neither committed nor
     * aborted, which may still be so when its producer is fenced. Whoever has no offset is there, without one.
     */
    private Map<TopicPartition, OffsetAndMetadata> decided(Set<TopicPartition> asked) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        while (true) {
            Map<TopicPartition, OffsetAndMetadata> offsets = await(
                    "read the published positions",
                    admin.listConsumerGroupOffsets(
                                    Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(asked)),
                                    new ListConsumerGroupOffsetsOptions().requireStable(true))
                            .partitionsToOffsetAndMetadata(group)
                            .toCompletionStage()
                            .toCompletableFuture());
            Set<TopicPartition> undecided = new HashSet<>(asked);
            undecided.removeAll(offsets.keySet());
            if (undecided.isEmpty()) {
                return offsets;
            }
            if (System.nanoTime() > deadline) {
                throw new RelayException(
                        "Cannot read the published positions: transactions on " + undecided + " are not decided", null);
            }
            pause();
        }
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

    private static <T> T await(String what, java.util.concurrent.CompletableFuture<T> future) {
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
