package dev.threadwright.ingress;

import dev.threadwright.actor.Inbound;
import dev.threadwright.actor.Loop;
import dev.threadwright.actor.Ownership;
import dev.threadwright.actor.Threads;
import dev.threadwright.journal.Batch.Offset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * A loop's two consumers. The first is a member of the group and subscribes to the input topic: who is assigned its
 * partition owns the partition. The second belongs to no group and consumes the same partition numbers of the other
 * inbound topics.
 */
public final class Consumers implements Inbound, AutoCloseable {

    /** How long a rebalance waits for partitions to be given back in order. */
    public static final long REVOKE_TIMEOUT_MS = 5_000;

    private static final String LAST_HEARTBEAT = "last-heartbeat-seconds-ago";

    private final String inputTopic;
    private final List<String> sideTopics;
    private final Poller input;
    private final Poller side;
    private @Nullable Ownership ownership;
    private final long silentAfterMs;
    private volatile boolean joined;

    /**
     * @param group a consumer with a group id, of an assignor that keeps partitions in place (cooperative or newer)
     * @param groupless a consumer that is assigned by hand; both read committed records and commit no offsets
     * @param silentAfterMs without a heartbeat to the group for longer, Kafka counts as away
     */
    public Consumers(
            String name,
            Threads threads,
            Consumer<byte[], byte[]> group,
            Consumer<byte[], byte[]> groupless,
            RecordDecoder decoder,
            String inputTopic,
            String commandsTopic,
            String resultsTopic,
            int partitions,
            Loop loop,
            long silentAfterMs) {
        this.silentAfterMs = silentAfterMs;
        this.inputTopic = inputTopic;
        this.sideTopics = List.of(commandsTopic, resultsTopic);
        Map<String, TopicRole> roles = TopicRole.of(inputTopic, commandsTopic, resultsTopic);
        this.input = new Poller(name + "-input", threads, group, decoder, roles, partitions, loop, this::stop);
        this.side = new Poller(name + "-side", threads, groupless, decoder, roles, partitions, loop, this::stop);
    }

    public void start(Ownership owner) {
        ownership = owner;
        input.tell(() -> input.consumer().subscribe(List.of(inputTopic), new Rebalance(owner)));
        input.start();
        side.start();
    }

    /** Whether the group has told once what is assigned here, be it nothing. */
    public boolean hasJoined() {
        return joined;
    }

    /** What keeps the consumers from consuming, for health; null if nothing does. */
    public @Nullable String trouble() {
        return Stream.of(input, side)
                .map(Poller::trouble)
                .filter(java.util.Objects::nonNull)
                .findFirst()
                .orElseGet(this::silence);
    }

    /** Polling does not fail while the brokers are away, and an idle server notices nothing else. */
    private @Nullable String silence() {
        for (Map.Entry<MetricName, ? extends Metric> metric :
                input.consumer().metrics().entrySet()) {
            if (metric.getKey().name().equals(LAST_HEARTBEAT)
                    && metric.getValue().metricValue() instanceof Double seconds
                    && seconds * 1_000 > silentAfterMs) {
                return "Kafka has not been reached for " + seconds.longValue() + " s";
            }
        }
        return null;
    }

    @Override
    public void resume(int partition, List<Offset> offsets) {
        Map<String, Long> next = offsets.stream().collect(Collectors.toMap(Offset::topic, Offset::next));
        input.expect(new TopicPartition(inputTopic, partition));
        sidePartitions(List.of(partition)).forEach(side::expect);
        input.tell(() -> input.open(new TopicPartition(inputTopic, partition), next.get(inputTopic)));
        side.tell(() -> {
            Set<TopicPartition> assigned = new HashSet<>(side.consumer().assignment());
            assigned.addAll(sidePartitions(List.of(partition)));
            side.consumer().assign(assigned);
            sidePartitions(List.of(partition)).forEach(tp -> side.open(tp, next.get(tp.topic())));
        });
    }

    @Override
    public boolean isCaughtUp(int partition) {
        return !input.isBehind(new TopicPartition(inputTopic, partition))
                && sidePartitions(List.of(partition)).stream().noneMatch(side::isBehind);
    }

    @Override
    public CompletableFuture<Void> pause(int partition) {
        return CompletableFuture.allOf(
                input.tell(() -> input.shut(List.of(new TopicPartition(inputTopic, partition)))), side.tell(() -> {
                    List<TopicPartition> leaving = sidePartitions(List.of(partition));
                    side.shut(leaving);
                    Set<TopicPartition> assigned = new HashSet<>(side.consumer().assignment());
                    assigned.removeAll(leaving);
                    side.consumer().assign(assigned);
                }));
    }

    /** Gives all partitions back and leaves the group. */
    @Override
    public void close() {
        input.close();
        try {
            input.awaitClosed(Duration.ofMillis(3 * REVOKE_TIMEOUT_MS));
            side.close();
            side.awaitClosed(Duration.ofMillis(REVOKE_TIMEOUT_MS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop(int partition, String reason) {
        Ownership owner = ownership;
        if (owner != null) {
            owner.stop(partition, reason);
        }
    }

    private List<TopicPartition> sidePartitions(Collection<Integer> partitions) {
        List<TopicPartition> all = new ArrayList<>();
        for (int partition : partitions) {
            sideTopics.forEach(topic -> all.add(new TopicPartition(topic, partition)));
        }
        return all;
    }

    /** Only pauses what comes: claiming runs beside polling, and resumes it. */
    private final class Rebalance implements ConsumerRebalanceListener {

        private final Ownership owner;

        Rebalance(Ownership owner) {
            this.owner = owner;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            input.hold(partitions);
            owner.assigned(numbers(partitions));
            joined = true;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            if (!partitions.isEmpty()) {
                input.shut(partitions);
                owner.revoked(numbers(partitions), REVOKE_TIMEOUT_MS);
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            input.shut(partitions);
            owner.lost(numbers(partitions));
        }

        private static List<Integer> numbers(Collection<TopicPartition> partitions) {
            return partitions.stream().map(TopicPartition::partition).toList();
        }
    }
}
