package dev.threadwright.simulation;

import dev.threadwright.simulation.Timeline.Process;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** The log: topics, and transactions with their fences. */
final class Broker {

    static final long TRANSACTION_TIMEOUT_MS = 10_000;

    private final Timeline timeline;
    private final Process process;
    private final int partitions;
    private final Consumer<List<Appended>> onCommitted;
    private final Map<TopicPartition, List<Entry>> logs =
            new TreeMap<>(Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition));
    private final Map<String, Publisher> publishers = new LinkedHashMap<>();
    private final List<Runnable> watchers = new ArrayList<>();

    /** A record in its place. */
    record Appended(
            TopicPartition partition,
            long offset,
            long timestampMs,
            byte @Nullable [] key,
            byte @Nullable [] value,
            Headers headers) {}

    private static final class Entry {
        final @Nullable Appended record;
        final @Nullable Transaction transaction;

        Entry(@Nullable Appended record, @Nullable Transaction transaction) {
            this.record = record;
            this.transaction = transaction;
        }
    }

    private enum State {
        OPEN,
        COMMITTED,
        ABORTED
    }

    private static final class Transaction {
        State state = State.OPEN;
        final List<Appended> records = new ArrayList<>();
    }

    /** A transactional id as the log knows it. */
    private static final class Publisher {
        int epoch;

        @Nullable Transaction transaction;
    }

    /** @param onCommitted told of what has become visible, in the order of the log */
    Broker(Timeline timeline, int partitions, Consumer<List<Appended>> onCommitted) {
        this.timeline = timeline;
        this.process = timeline.process("broker");
        this.partitions = partitions;
        this.onCommitted = onCommitted;
    }

    int partitions() {
        return partitions;
    }

    /** Runs whenever there may be more to read. */
    void watch(Runnable watcher) {
        watchers.add(watcher);
    }

    Appended append(ProducerRecord<byte[], byte[]> sent) {
        Appended record = add(sent, null);
        awake();
        return record;
    }

    private Appended add(ProducerRecord<byte[], byte[]> sent, @Nullable Transaction transaction) {
        TopicPartition partition = new TopicPartition(sent.topic(), sent.partition());
        List<Entry> log = logs.computeIfAbsent(partition, key -> new ArrayList<>());
        Appended record =
                new Appended(partition, log.size(), timeline.nowMs(), sent.key(), sent.value(), sent.headers());
        log.add(new Entry(record, transaction));
        return record;
    }

    /** A new epoch for the id, after what was open under it is given up. */
    int begin(String publisher) {
        Publisher one = publishers.computeIfAbsent(publisher, id -> new Publisher());
        abort(one);
        one.epoch++;
        return one.epoch;
    }

    /** As the administrator may do for another. */
    void fence(String publisher) {
        begin(publisher);
    }

    /** @throws ProducerFencedException if the id has a later epoch */
    void add(String publisher, int epoch, List<ProducerRecord<byte[], byte[]>> records) {
        Transaction transaction = open(publisher, epoch);
        for (ProducerRecord<byte[], byte[]> sent : records) {
            transaction.records.add(add(sent, transaction));
        }
    }

    /** @throws ProducerFencedException if the id has a later epoch, or the time was up */
    void commit(String publisher, int epoch) {
        Publisher one = current(publisher, epoch);
        Transaction transaction = one.transaction;
        if (transaction == null) {
            return;
        }
        one.transaction = null;
        transaction.state = State.COMMITTED;
        control(transaction);
        onCommitted.accept(transaction.records);
        awake();
    }

    private Transaction open(String publisher, int epoch) {
        Publisher one = current(publisher, epoch);
        if (one.transaction == null) {
            Transaction begun = new Transaction();
            one.transaction = begun;
            process.after(TRANSACTION_TIMEOUT_MS, () -> {
                if (one.transaction == begun) {
                    abort(one);
                    one.epoch++;
                }
            });
        }
        return one.transaction;
    }

    private Publisher current(String publisher, int epoch) {
        Publisher one = publishers.get(publisher);
        if (one == null || epoch > one.epoch) {
            throw new InvalidProducerEpochException(publisher);
        }
        if (epoch < one.epoch) {
            throw new ProducerFencedException(publisher + " has a later epoch");
        }
        return one;
    }

    private void abort(Publisher one) {
        Transaction transaction = one.transaction;
        one.transaction = null;
        if (transaction != null) {
            transaction.state = State.ABORTED;
            control(transaction);
            awake();
        }
    }

    /** The marker that ends a transaction takes an offset, too. */
    private void control(Transaction transaction) {
        transaction.records.stream()
                .map(Appended::partition)
                .distinct()
                .forEach(partition -> logs.getOrDefault(partition, List.of()).add(new Entry(null, transaction)));
    }

    /** Behind the last record, be it committed or not. */
    long end(TopicPartition partition) {
        return logs.getOrDefault(partition, List.of()).size();
    }

    /** What readers of committed records do not reach beyond. */
    long stableEnd(TopicPartition partition) {
        List<Entry> log = logs.getOrDefault(partition, List.of());
        for (int i = 0; i < log.size(); i++) {
            Transaction transaction = log.get(i).transaction;
            if (transaction != null && transaction.state == State.OPEN) {
                return i;
            }
        }
        return log.size();
    }

    /**
     * Committed records from the offset on.
     *
     * @param next told where to go on
     */
    List<Appended> read(TopicPartition partition, long from, int limit, Consumer<Long> next) {
        List<Appended> found = new ArrayList<>();
        List<Entry> log = logs.getOrDefault(partition, List.of());
        long end = stableEnd(partition);
        long at = from;
        while (at < end && found.size() < limit) {
            Entry entry = log.get((int) at);
            if (entry.record != null && (entry.transaction == null || entry.transaction.state == State.COMMITTED)) {
                found.add(entry.record);
            }
            at++;
        }
        next.accept(at);
        return found;
    }

    private void awake() {
        watchers.forEach(Runnable::run);
    }
}
