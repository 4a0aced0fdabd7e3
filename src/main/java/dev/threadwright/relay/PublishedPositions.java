package dev.threadwright.relay;

import java.util.Collection;
import java.util.HashMap;
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
final class PublishedPositions {

    private static final String PREFIX = "published=";
    private static final long TIMEOUT_MS = 10_000;

    private final Admin admin;
    private final String group;
    private final String inputTopic;

    PublishedPositions(Admin admin, String group, String inputTopic) {
        this.admin = admin;
        this.group = group;
        this.inputTopic = inputTopic;
    }

    static String metadata(long position) {
        return PREFIX + position;
    }

    /**
     * Positions of the partitions that have one, after every transaction under way is decided.
     *
     * @throws RelayException if the cluster does not answer
     */
    Map<Integer, Long> read(Collection<Integer> partitions) {
        Set<TopicPartition> asked = partitions.stream()
                .map(partition -> new TopicPartition(inputTopic, partition))
                .collect(java.util.stream.Collectors.toSet());
        Map<TopicPartition, OffsetAndMetadata> offsets = await(
                "read the published positions",
                admin.listConsumerGroupOffsets(
                                Map.of(group, new ListConsumerGroupOffsetsSpec().topicPartitions(asked)),
                                new ListConsumerGroupOffsetsOptions().requireStable(true))
                        .partitionsToOffsetAndMetadata(group)
                        .toCompletionStage()
                        .toCompletableFuture());
        Map<Integer, Long> positions = new HashMap<>();
        offsets.forEach((partition, offset) -> {
            if (offset != null && offset.metadata().startsWith(PREFIX)) {
                positions.put(
                        partition.partition(), Long.parseLong(offset.metadata().substring(PREFIX.length())));
            }
        });
        return positions;
    }

    /**
     * Makes sure that a publisher publishes no more, and that what it had under way is decided.
     *
     * @throws RelayException if the cluster does not answer
     */
    void fence(String publisher) {
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
