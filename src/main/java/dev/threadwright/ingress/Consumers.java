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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A loop's two consumers. The first is a member of the group and subscribes to the input topic: who is assigned its
 * partition owns the partition. The second belongs to no group and consumes the same partition numbers of the other
 * inbound topics.
 */
public final class Consumers implements Inbound, AutoCloseable {

    /** How long a rebalance waits for partitions to be given back in order. */
    public static final long REVOKE_TIMEOUT_MS = 5_000;

    private static final Logger LOG = Logger.getLogger(Consumers.class);

    private static final String LAST_HEARTBEAT = "last-heartbeat-seconds-ago";

    private final String inputTopic;
    private final GroupMembers group;
    private final List<String> sideTopics;
    private final Poller input;
    private final Poller side;
    private @Nullable Ownership ownership;
    private final long silentAfterMs;
    private final GroupOffsets groupOffsets = new GroupOffsets();
    private final ScheduledExecutorService clock;

    /** The next offsets of the open partitions, by topic, as of what is committed. */
    private final Map<Integer, Map<String, Long>> consumed = new ConcurrentHashMap<>();

    private volatile boolean joined;

    /**
     * @param group makes consumers with a group id, of an assignor that keeps partitions in place (cooperative or newer)
     * @param groupless a consumer that is assigned by hand; all read committed records
     * @param inputTopic whose partitions the group shares
     * @param roles what that one and the other inbound topics are for
     * @param pace of the tenants' own inputs
     * @param silentAfterMs without a heartbeat to the group for longer, Kafka counts as away
     */
    public Consumers(
            String name,
            Threads threads,
            GroupMembers group,
            Consumer<byte[], byte[]> groupless,
            RecordDecoder decoder,
            String inputTopic,
            Map<String, TopicRole> roles,
            int partitions,
            Loop loop,
            Pace pace,
            long silentAfterMs) {
        this.silentAfterMs = silentAfterMs;
        this.inputTopic = inputTopic;
        this.sideTopics = roles.keySet().stream()
                .filter(topic -> !topic.equals(inputTopic))
                .toList();
        this.group = group;
        this.input = new Poller(
                name + "-input", threads, group.member(true), decoder, roles, partitions, loop, pace, this::stop);
        this.side = new Poller(name + "-side", threads, groupless, decoder, roles, partitions, loop, pace, this::stop);
        this.clock = threads.scheduled(name + "-offsets");
    }

    public void start(Ownership owner) {
        ownership = owner;
        input.tell(() -> subscribe(input.consumer(), owner));
        input.onFenced(new Rejoining(owner));
        input.start();
        side.start();
        clock.scheduleWithFixedDelay(
                this::tellGroup, GroupOffsets.EVERY_MS, GroupOffsets.EVERY_MS, TimeUnit.MILLISECONDS);
    }

    /** Records up to these are in the journal; told on any thread. */
    public void consumed(List<Offset> offsets) {
        groupOffsets.consumed(offsets);
        for (Offset offset : offsets) {
            // A partition that has left is its next owner's to watch.
            consumed.computeIfPresent(offset.partition(), (partition, next) -> {
                next.merge(offset.topic(), offset.next(), Math::max);
                return next;
            });
        }
    }

    /** How far the inbound topics of the open partitions are decided: by partition and topic, the next offsets. */
    public Map<Integer, Map<String, Long>> consumed() {
        return Map.copyOf(consumed);
    }

    private void tellGroup() {
        if (!groupOffsets.isEmpty()) {
            input.tell(() -> groupOffsets.tell(input.consumer()));
        }
    }

    private void subscribe(Consumer<byte[], byte[]> member, Ownership owner) {
        member.subscribe(List.of(inputTopic), new Rebalance(member, owner));
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
        groupOffsets.consumed(offsets);
        consumed.put(partition, new ConcurrentHashMap<>(next));
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
        consumed.remove(partition);
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
        clock.shutdownNow();
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

    /** Makes members of the consumer group. */
    @FunctionalInterface
    public interface GroupMembers {

        /** @param isStatic whether it may be a static member, if one is configured */
        Consumer<byte[], byte[]> member(boolean isStatic);
    }

    /** Another process has joined as the static member that this was. */
    private final class Rejoining implements Poller.Succession {

        private final Ownership owner;

        Rejoining(Ownership owner) {
            this.owner = owner;
        }

        @Override
        public void lost() {
            LOG.warnf("Another process has joined the consumer group under the static id of this one, which loses its"
                    + " partitions and joins again without the id. Give each process its own"
                    + " threadwright.instance.static-id");
            Consumers.this.lost(owner, input.consumer().assignment());
        }

        /** With the id it would fence the other one, which would fence this one, and so on. */
        @Override
        public Consumer<byte[], byte[]> successor() {
            Consumer<byte[], byte[]> member = group.member(false);
            subscribe(member, owner);
            return member;
        }
    }

    private void lost(Ownership owner, Collection<TopicPartition> partitions) {
        owner.lost(numbers(partitions));
        groupOffsets.forget(inbound(partitions));
    }

    /** Those of all inbound topics. */
    private List<TopicPartition> inbound(Collection<TopicPartition> partitions) {
        List<TopicPartition> all = sidePartitions(numbers(partitions));
        all.addAll(partitions);
        return all;
    }

    private static List<Integer> numbers(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::partition).toList();
    }

    /** Only pauses what comes: claiming runs beside polling, and resumes it. */
    private final class Rebalance implements ConsumerRebalanceListener {

        private final Consumer<byte[], byte[]> member;
        private final Ownership owner;

        Rebalance(Consumer<byte[], byte[]> member, Ownership owner) {
            this.member = member;
            this.owner = owner;
        }

        /** What a fenced member says while it is closed concerns partitions that another has by now. */
        private boolean isOver() {
            return input.consumer() != member;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            input.hold(partitions);
            owner.assigned(numbers(partitions));
            joined = true;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            if (!partitions.isEmpty() && !isOver()) {
                input.shut(partitions);
                owner.revoked(numbers(partitions), REVOKE_TIMEOUT_MS);
                groupOffsets.tellLast(input.consumer(), inbound(partitions));
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            if (!isOver()) {
                input.shut(partitions);
                lost(owner, partitions);
            }
        }
    }
}
