package dev.threadwright.relay;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/** What the log holds of a journal, for who brings the two together again. */
public final class PublishedLog implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(500);

    private final PublishedPositions positions;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final List<String> eventsTopics;

    /**
     * @param consumers of committed records, in no group
     * @param eventsTopics of all tenants
     */
    public PublishedLog(
            Admin admin,
            Supplier<Consumer<byte[], byte[]>> consumers,
            String positionsTopic,
            Collection<String> eventsTopics) {
        this.positions = new PositionsTopic(admin, consumers, positionsTopic);
        this.consumers = consumers;
        this.eventsTopics = List.copyOf(eventsTopics);
    }

    /**
     * How far the partitions are published, of those that the log knows.
     *
     * @throws RelayException if the cluster does not answer
     */
    public Map<Integer, Long> positions(Collection<Integer> partitions) {
        return positions.read(partitions);
    }

    /**
     * The threads of which events were published since, each with the number of the last of them; by tenant/thread.
     *
     * @param sinceMs milliseconds since 1970
     */
    public SortedMap<String, Long> lastEvents(int partition, long sinceMs) {
        SortedMap<String, Long> last = new TreeMap<>();
        for (String topic : eventsTopics) {
            readEvents(new TopicPartition(topic, partition), sinceMs, last);
        }
        return last;
    }

    private void readEvents(TopicPartition events, long sinceMs, SortedMap<String, Long> last) {
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            consumer.assign(List.of(events));
            OffsetAndTimestamp since =
                    consumer.offsetsForTimes(Map.of(events, sinceMs)).get(events);
            long end = consumer.endOffsets(List.of(events)).getOrDefault(events, 0L);
            if (since == null) {
                return;
            }
            consumer.seek(events, since.offset());
            while (consumer.position(events) < end) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    String id = text(record, "ce_id");
                    String sequence = text(record, "ce_sequence");
                    if (id.endsWith("/" + sequence)) {
                        last.merge(
                                id.substring(0, id.length() - sequence.length() - 1),
                                Long.parseLong(sequence),
                                Math::max);
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        positions.close();
    }

    private static String text(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }
}
