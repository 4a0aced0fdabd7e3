package dev.threadwright.ops;

import dev.threadwright.ingress.TopicRole;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/**
 * How many records of the inbound topics wait to be decided, on the partitions of this server: between what is committed and
 * where the topics end for those who read committed records. The consumers' own idea of it stands still while they are paused.
 */
final class InboundLag {

    private static final long TIMEOUT_MS = 5_000;

    private final Admin admin;

    InboundLag(Admin admin) {
        this.admin = admin;
    }

    /**
     * By what the topics are for: those of all tenants together. Blocks.
     *
     * @param next the next offsets of each partition, by topic; a topic that is not there has not been consumed
     * @param topics those that count, and what each is for
     * @throws KafkaUnavailableException if the cluster does not say
     */
    Map<TopicRole, Long> of(Map<Integer, Map<String, Long>> next, Map<String, TopicRole> topics) {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        Map<TopicPartition, OffsetSpec> begins = new HashMap<>();
        next.forEach((partition, offsets) -> topics.keySet().forEach(topic -> {
            TopicPartition place = new TopicPartition(topic, partition);
            ends.put(place, OffsetSpec.latest());
            if (!offsets.containsKey(topic)) {
                begins.put(place, OffsetSpec.earliest());
            }
        }));
        Map<TopicPartition, Long> from = offsets(begins);
        Map<TopicRole, Long> lag = new EnumMap<>(TopicRole.class);
        offsets(ends).forEach((place, end) -> {
            long at = next.getOrDefault(place.partition(), Map.of())
                    .getOrDefault(place.topic(), from.getOrDefault(place, end));
            lag.merge(Objects.requireNonNull(topics.get(place.topic())), Math.max(0, end - at), Long::sum);
        });
        return lag;
    }

    private Map<TopicPartition, Long> offsets(Map<TopicPartition, OffsetSpec> asked) {
        if (asked.isEmpty()) {
            return Map.of();
        }
        KafkaFuture<Map<TopicPartition, ListOffsetsResultInfo>> all = admin.listOffsets(
                        asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED).timeoutMs((int) TIMEOUT_MS))
                .all();
        try {
            Map<TopicPartition, Long> offsets = new HashMap<>();
            all.get(TIMEOUT_MS, TimeUnit.MILLISECONDS).forEach((place, info) -> offsets.put(place, info.offset()));
            return offsets;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailableException("Interrupted while asking where topics end", e);
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaUnavailableException("Cannot find out where topics end: " + e.getMessage(), e);
        }
    }
}
