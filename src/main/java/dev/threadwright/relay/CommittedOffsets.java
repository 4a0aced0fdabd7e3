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
final class CommittedOffsets implements PublishedPositions {

    private static final long TIMEOUT_MS = 10_000;

    private final Admin admin;
    private final String group;
    private final String inputTopic;

    CommittedOffsets(Admin admin, String group, String inputTopic) {
        this.admin = admin;
        this.group = group;
        this.inputTopic = inputTopic;
    }

    @Override
    public Map<Integer, Long> read(Collection<Integer> partitions) {
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
            Long position = offset == null ? null : PublishedPositions.position(offset.metadata());
            if (position != null) {
                positions.put(partition.partition(), position);
            }
        });
        return positions;
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
