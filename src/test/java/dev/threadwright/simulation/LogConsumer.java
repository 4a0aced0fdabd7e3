package dev.threadwright.simulation;

import dev.threadwright.simulation.Broker.Appended;
import dev.threadwright.simulation.Faults.Kind;
import dev.threadwright.simulation.Timeline.Process;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetCommitCallback;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * A consumer of committed records, as the pollers use it; what they do not use is not there.
 */
public final class LogConsumer {

    private static final int MAX_POLL = 20;

    private final Process process;
    private final Broker broker;
    private final Group group;
    private final Faults faults;
    private final RandomGenerator random;
    private final GroupMember member;
    private final Comparator<TopicPartition> inOrder =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);
    private final TreeSet<TopicPartition> assigned = new TreeSet<>(inOrder);
    private final Set<TopicPartition> paused = new HashSet<>();
    private final Map<TopicPartition, Long> positions = new TreeMap<>(inOrder);
    private final Set<TopicPartition> fetched = new HashSet<>();
    private @Nullable String subscribed;
    private @Nullable ConsumerRebalanceListener listener;
    private @Nullable Thread waiting;
    private boolean woken;
    private boolean signalled;

    LogConsumer(Process process, Broker broker, Group group, Faults faults, RandomGenerator random) {
        this.process = process;
        this.broker = broker;
        this.group = group;
        this.faults = faults;
        this.random = random;
        this.member = new GroupMember(process, this::signal);
        broker.watch(this::signal);
    }

    @SuppressWarnings("unchecked")
    Consumer<byte[], byte[]> asConsumer() {
        return (Consumer<byte[], byte[]>) Partly.as(Consumer.class, this);
    }

    public void subscribe(Collection<String> topics, ConsumerRebalanceListener told) {
        subscribed = topics.iterator().next();
        listener = told;
        group.join(member);
    }

    public Set<String> subscription() {
        return subscribed == null ? Set.of() : Set.of(subscribed);
    }

    public Set<TopicPartition> assignment() {
        return new TreeSet<>(assigned);
    }

    public void assign(Collection<TopicPartition> partitions) {
        assigned.clear();
        assigned.addAll(partitions);
        positions.keySet().retainAll(assigned);
    }

    public void seek(TopicPartition partition, long offset) {
        require(partition);
        positions.put(partition, offset);
        fetched.remove(partition);
    }

    public void seekToBeginning(Collection<TopicPartition> partitions) {
        partitions.forEach(partition -> seek(partition, 0));
    }

    public void pause(Collection<TopicPartition> partitions) {
        partitions.forEach(this::require);
        paused.addAll(partitions);
    }

    public void resume(Collection<TopicPartition> partitions) {
        partitions.forEach(this::require);
        partitions.forEach(paused::remove);
    }

    public long position(TopicPartition partition) {
        return positions.get(partition);
    }

    public OptionalLong currentLag(TopicPartition partition) {
        return fetched.contains(partition)
                ? OptionalLong.of(broker.stableEnd(partition) - positions.get(partition))
                : OptionalLong.empty();
    }

    /** Nobody reads back what the group is told. */
    public void commitAsync(Map<TopicPartition, OffsetAndMetadata> offsets, OffsetCommitCallback told) {
        told.onComplete(offsets, faults.isLogAway() ? new TimeoutException("away") : null);
    }

    public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
        if (faults.isLogAway()) {
            throw new TimeoutException("away");
        }
    }

    public Map<MetricName, ? extends Metric> metrics() {
        return Map.of();
    }

    public void wakeup() {
        woken = true;
        signal();
    }

    public void close(CloseOptions options) {
        ConsumerRebalanceListener told = listener;
        if (told != null) {
            if (!assigned.isEmpty()) {
                told.onPartitionsRevoked(List.copyOf(assigned));
            }
            assigned.clear();
            group.leave(member);
        }
    }

    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
        long until = process.ticksMs() + timeout.toMillis();
        while (true) {
            throwIfWoken();
            if (subscribed != null) {
                rebalance();
            }
            throwIfWoken();
            if (!faults.isLogAway()) {
                if (faults.happens(Kind.LOG_CALL_BEFORE)) {
                    throw new TimeoutException("injected");
                }
                Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = fetch();
                if (!records.isEmpty()) {
                    return new ConsumerRecords<>(records, Map.of());
                }
            }
            long left = until - process.ticksMs();
            if (left <= 0) {
                return ConsumerRecords.empty();
            }
            await(left);
        }
    }

    private void throwIfWoken() {
        if (woken) {
            woken = false;
            throw new WakeupException();
        }
    }

    private void rebalance() {
        ConsumerRebalanceListener told = listener;
        if (told == null) {
            return;
        }
        if (member.expelled) {
            List<TopicPartition> lost = List.copyOf(assigned);
            assigned.clear();
            positions.clear();
            if (!lost.isEmpty()) {
                told.onPartitionsLost(lost);
            }
            group.join(member);
        }
        if (!member.leaving.isEmpty()) {
            List<Integer> leaving = List.copyOf(member.leaving);
            List<TopicPartition> places = places(leaving);
            told.onPartitionsRevoked(places);
            places.forEach(assigned::remove);
            group.givenBack(member, leaving);
        }
        if (!member.coming.isEmpty() || !member.joined) {
            List<TopicPartition> places = places(member.coming);
            member.coming.clear();
            member.joined = true;
            assigned.addAll(places);
            told.onPartitionsAssigned(places);
        }
    }

    private List<TopicPartition> places(Collection<Integer> partitions) {
        return partitions.stream()
                .map(partition -> new TopicPartition(String.valueOf(subscribed), partition))
                .toList();
    }

    /** Of some partitions, in some order. */
    private Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> fetch() {
        List<TopicPartition> open = assigned.stream()
                .filter(partition -> !paused.contains(partition) && positions.containsKey(partition))
                .collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(open, new Random(random.nextLong()));
        Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> records = new LinkedHashMap<>();
        for (TopicPartition partition : open) {
            List<Appended> found = broker.read(
                    partition,
                    positions.get(partition),
                    random.nextInt(1, MAX_POLL),
                    next -> positions.put(partition, next));
            fetched.add(partition);
            if (!found.isEmpty()) {
                records.put(partition, found.stream().map(LogConsumer::record).toList());
                if (random.nextBoolean()) {
                    break;
                }
            }
        }
        return records;
    }

    private static ConsumerRecord<byte[], byte[]> record(Appended one) {
        return new ConsumerRecord<>(
                one.partition().topic(),
                one.partition().partition(),
                one.offset(),
                one.timestampMs(),
                TimestampType.CREATE_TIME,
                -1,
                -1,
                one.key(),
                one.value(),
                one.headers(),
                java.util.Optional.empty());
    }

    private void await(long ms) {
        Thread poller = Thread.currentThread();
        boolean[] over = {false};
        process.after(ms, () -> {
            over[0] = true;
            LockSupport.unpark(poller);
        });
        waiting = poller;
        while (!over[0] && !signalled && !woken) {
            if (Thread.interrupted()) {
                throw new InterruptException(new InterruptedException());
            }
            LockSupport.park();
        }
        waiting = null;
        signalled = false;
    }

    private void signal() {
        signalled = true;
        Thread poller = waiting;
        if (poller != null && !process.isDead()) {
            LockSupport.unpark(poller);
        }
    }

    private void require(TopicPartition partition) {
        if (!assigned.contains(partition)) {
            throw new IllegalStateException("No current assignment for partition " + partition);
        }
    }
}
