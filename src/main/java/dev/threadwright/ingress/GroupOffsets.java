package dev.threadwright.ingress;

import dev.threadwright.journal.Batch.Offset;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;

/**
 * Tells the consumer group how far the inbound topics are consumed, for whoever watches its lag or scales by it. Nothing
 * is read back: where consuming goes on is the journal's to say, so what is told late or not at all does no harm.
 */
final class GroupOffsets {

    /** How often they are told. */
    static final long EVERY_MS = 1_000;

    private static final Duration LAST_WORD = Duration.ofSeconds(1);
    private static final Logger LOG = Logger.getLogger(GroupOffsets.class);

    /** At most one for each topic and partition. */
    private final Map<TopicPartition, Long> untold = new ConcurrentHashMap<>();

    /** What the journal has; on any thread. */
    void consumed(List<Offset> offsets) {
        offsets.forEach(offset ->
                untold.merge(new TopicPartition(offset.topic(), offset.partition()), offset.next(), Math::max));
    }

    boolean isEmpty() {
        return untold.isEmpty();
    }

    /** On the consumer's thread. Returns at once; what does not arrive is told again. */
    void tell(Consumer<byte[], byte[]> member) {
        Map<TopicPartition, OffsetAndMetadata> telling = take(List.copyOf(untold.keySet()));
        if (!telling.isEmpty()) {
            member.commitAsync(telling, (told, failure) -> {
                if (failure != null) {
                    LOG.debugf("The group was not told how far its topics are consumed: %s", failure.getMessage());
                    told.forEach((partition, offset) -> untold.merge(partition, offset.offset(), Math::max));
                }
            });
        }
    }

    /** On the consumer's thread, in a rebalance: tells what is left of partitions that others will have. */
    void tellLast(Consumer<byte[], byte[]> member, Collection<TopicPartition> leaving) {
        Map<TopicPartition, OffsetAndMetadata> telling = take(leaving);
        if (!telling.isEmpty()) {
            try {
                member.commitSync(telling, LAST_WORD);
            } catch (KafkaException e) {
                LOG.debugf("The group is told by the next owner how far it is consumed: %s", e.getMessage());
            }
        }
    }

    void forget(Collection<TopicPartition> lost) {
        untold.keySet().removeAll(List.copyOf(lost));
    }

    private Map<TopicPartition, OffsetAndMetadata> take(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> taken = new HashMap<>();
        for (TopicPartition partition : partitions) {
            Long next = untold.remove(partition);
            if (next != null) {
                taken.put(partition, new OffsetAndMetadata(next));
            }
        }
        return taken;
    }
}
