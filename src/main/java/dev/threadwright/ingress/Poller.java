package dev.threadwright.ingress;

import dev.threadwright.actor.Loop;
import dev.threadwright.actor.RawRecord;
import dev.threadwright.actor.Threads;
import dev.threadwright.actor.Work;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.OutboxRow.Coordinates;
import dev.threadwright.journal.RawHeaders;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The thread of one Kafka consumer: polls, decodes and offers to the loop. Polling never stops, so that membership is
 * kept whatever happens; partitions that are not open, or all of them while the loop is saturated, are paused.
 */
final class Poller implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    /** While paused for saturation, how soon to look whether it is over. */
    private static final Duration POLL_SATURATED = Duration.ofMillis(5);

    /** While records wait for their tenant's pace, how soon to take more. */
    private static final Duration POLL_PACED = Duration.ofMillis(10);

    private static final Duration CLOSE = Duration.ofSeconds(15);

    /** It has nothing to give back. */
    private static final Duration CLOSE_FENCED = Duration.ofSeconds(1);

    private static final long RETRY_MS = 500;
    private static final Logger LOG = Logger.getLogger(Poller.class);

    private final Threads threads;
    private final RecordDecoder decoder;
    private final Map<String, TopicRole> roles;
    private final int partitions;
    private final Loop loop;
    private final Pace pace;
    private final BiConsumer<Integer, String> onStop;
    private final Thread thread;
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

    /** Partitions that may be consumed now. */
    private final Set<TopicPartition> open = new HashSet<>();

    /**
     * By topic, records of open partitions that wait for their tenant's pace: no more than one poll brings, since the topic's
     * partitions are paused meanwhile. They are not consumed: whoever opens the partition next begins with them.
     */
    private final Map<String, Deque<ConsumerRecord<byte[], byte[]>>> waiting = new HashMap<>();

    /** Where those partitions ended when they were opened that have not been consumed as far; absent while unknown. */
    private final Map<TopicPartition, OptionalLong> behind = new ConcurrentHashMap<>();

    /** Only its own thread changes it. */
    private volatile Consumer<byte[], byte[]> consumer;

    private @Nullable Succession succession;
    private boolean saturated;
    private volatile boolean closed;
    private volatile @Nullable String trouble;

    /** What follows when the group has fenced the consumer: it is of no use any more. On the consumer's thread. */
    interface Succession {

        /** Its partitions are another's. */
        void lost();

        /** A consumer that joins the group anew. */
        Consumer<byte[], byte[]> successor();
    }

    /** @param onStop told of partitions that cannot be consumed any further, and why */
    Poller(
            String name,
            Threads threads,
            Consumer<byte[], byte[]> consumer,
            RecordDecoder decoder,
            Map<String, TopicRole> roles,
            int partitions,
            Loop loop,
            Pace pace,
            BiConsumer<Integer, String> onStop) {
        this.threads = threads;
        this.consumer = consumer;
        this.decoder = decoder;
        this.roles = roles;
        this.partitions = partitions;
        this.loop = loop;
        this.pace = pace;
        this.onStop = onStop;
        this.thread = threads.unstarted(name, this::run);
    }

    /** Before it is started. Without it, a consumer that is fenced is tried again. */
    void onFenced(Succession next) {
        succession = next;
    }

    void start() {
        thread.start();
    }

    Consumer<byte[], byte[]> consumer() {
        return consumer;
    }

    /** What keeps it from consuming, for health; null if nothing does. */
    @Nullable String trouble() {
        return trouble;
    }

    /** Runs the task on the consumer's thread, soon; at once if it is called there. */
    CompletableFuture<Void> tell(Runnable task) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Runnable answered = () -> {
            try {
                task.run();
                done.complete(null);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        };
        if (Thread.currentThread() == thread) {
            answered.run();
        } else {
            tasks.add(answered);
            consumer.wakeup();
        }
        return done;
    }

    /** The partition will be opened, and is behind until it has been consumed to where it ends then. */
    void expect(TopicPartition partition) {
        behind.put(partition, OptionalLong.empty());
    }

    boolean isBehind(TopicPartition partition) {
        return behind.containsKey(partition);
    }

    /** On the consumer's thread: begins at the offset, or at the beginning if there is none. */
    void open(TopicPartition partition, @Nullable Long offset) {
        if (!consumer.assignment().contains(partition)) {
            return; // Revoked meanwhile.
        }
        if (offset == null) {
            consumer.seekToBeginning(List.of(partition));
        } else {
            consumer.seek(partition, offset);
        }
        forget(Set.of(partition));
        open.add(partition);
        if (saturated || waiting.containsKey(partition.topic())) {
            consumer.pause(List.of(partition));
        } else {
            consumer.resume(List.of(partition));
        }
    }

    /** On the consumer's thread: assigned and paused, with a position so that the consumer need not look for one. */
    void hold(Collection<TopicPartition> assigned) {
        shut(assigned);
        assigned.forEach(partition -> consumer.seek(partition, 0));
    }

    /** On the consumer's thread. */
    void shut(Collection<TopicPartition> closing) {
        open.removeAll(closing);
        forget(closing);
        List<TopicPartition> assigned =
                closing.stream().filter(consumer.assignment()::contains).toList();
        consumer.pause(assigned);
    }

    @Override
    public void close() {
        closed = true;
        tasks.add(() -> {});
        consumer.wakeup();
    }

    void awaitClosed(Duration timeout) throws InterruptedException {
        thread.join(timeout);
    }

    private void run() {
        while (!closed) {
            try {
                runTasks();
                adaptToSaturation();
                if (consumer.subscription().isEmpty() && consumer.assignment().isEmpty()) {
                    awaitTask();
                } else {
                    offer(consumer.poll(saturated ? POLL_SATURATED : waiting.isEmpty() ? POLL : POLL_PACED));
                    noteCaughtUp();
                }
                trouble = null;
            } catch (WakeupException e) {
                // There is a task to run, or it is over.
            } catch (OffsetOutOfRangeException e) {
                outOfRange(e.offsetOutOfRangePartitions());
            } catch (InterruptException e) {
                closed = true;
            } catch (FencedInstanceIdException e) {
                fenced(e);
            } catch (KafkaException e) {
                failed(e);
            } catch (RuntimeException e) {
                LOG.errorf(e, "Consuming failed");
                failed(e);
            }
        }
        // Gives the partitions back in order, through the rebalance listener.
        close(consumer, CLOSE);
        runTasks();
    }

    private static void close(Consumer<byte[], byte[]> closing, Duration timeout) {
        try {
            closing.close(CloseOptions.timeout(timeout));
        } catch (KafkaException e) {
            LOG.debugf("Closing a consumer: %s", e.getMessage());
        }
    }

    /** Whoever fenced it has its place, and it would fail for ever. */
    private void fenced(FencedInstanceIdException e) {
        Succession next = succession;
        if (next == null) {
            failed(e);
            return;
        }
        try {
            next.lost();
            open.clear();
            waiting.clear();
            Consumer<byte[], byte[]> fenced = consumer;
            consumer = next.successor();
            close(fenced, CLOSE_FENCED);
        } catch (RuntimeException failure) {
            // It is fenced when it is polled the next time, too.
            failed(failure);
        }
    }

    private void runTasks() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Kafka refuses to poll for nothing. */
    private void awaitTask() {
        try {
            tasks.take().run();
        } catch (InterruptedException e) {
            closed = true;
        }
    }

    private void adaptToSaturation() {
        boolean now = loop.isSaturated();
        if (now != saturated) {
            saturated = now;
            Set<TopicPartition> affected = new HashSet<>(open);
            affected.retainAll(consumer.assignment());
            if (now) {
                consumer.pause(affected);
            } else {
                affected.removeIf(partition -> waiting.containsKey(partition.topic()));
                consumer.resume(affected);
            }
        }
    }

    private void offer(ConsumerRecords<byte[], byte[]> records) {
        if (records.isEmpty() && waiting.isEmpty()) {
            return;
        }
        List<Work> works = new ArrayList<>(records.count());
        Set<String> waitedBefore = Set.copyOf(waiting.keySet());
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (open.contains(partition(record))) {
                TopicRole role = role(record);
                if (role == TopicRole.INPUT && pace.isLimited(decoder.tenant(record, role))) {
                    waiting.computeIfAbsent(record.topic(), topic -> new ArrayDeque<>())
                            .add(record);
                } else {
                    offer(record, role, works);
                }
            }
        }
        takeWaiting(works);
        adaptToPace(waitedBefore);
        if (!works.isEmpty()) {
            loop.offer(works);
        }
    }

    private static TopicPartition partition(ConsumerRecord<byte[], byte[]> record) {
        return new TopicPartition(record.topic(), record.partition());
    }

    private TopicRole role(ConsumerRecord<byte[], byte[]> record) {
        return roles.getOrDefault(record.topic(), TopicRole.INPUT);
    }

    /** As many as their tenants may have taken now, in the order of their partitions. */
    private void takeWaiting(List<Work> works) {
        if (saturated) {
            return;
        }
        waiting.values().removeIf(records -> {
            while (!records.isEmpty()) {
                ConsumerRecord<byte[], byte[]> next = records.getFirst();
                if (!pace.tryTake(decoder.tenant(next, role(next)))) {
                    return false;
                }
                records.removeFirst();
                offer(next, role(next), works);
            }
            return true;
        });
    }

    /** Topics whose records wait are not read on; others are. */
    private void adaptToPace(Set<String> before) {
        if (before.equals(waiting.keySet())) {
            return;
        }
        Set<TopicPartition> pausing = new HashSet<>();
        Set<TopicPartition> resuming = new HashSet<>();
        for (TopicPartition partition : open) {
            boolean waits = waiting.containsKey(partition.topic());
            if (consumer.assignment().contains(partition) && waits != before.contains(partition.topic())) {
                (waits ? pausing : resuming).add(partition);
            }
        }
        consumer.pause(pausing);
        if (!saturated) {
            consumer.resume(resuming);
        }
    }

    /** What is not taken by now of partitions that are read again from elsewhere, or by somebody else. */
    private void forget(Collection<TopicPartition> partitions) {
        if (waiting.isEmpty()) {
            return;
        }
        Set<String> before = Set.copyOf(waiting.keySet());
        waiting.values().removeIf(records -> {
            records.removeIf(record -> partitions.contains(partition(record)));
            return records.isEmpty();
        });
        adaptToPace(before);
    }

    private void noteCaughtUp() {
        for (Map.Entry<TopicPartition, OptionalLong> entry : behind.entrySet()) {
            TopicPartition partition = entry.getKey();
            if (!open.contains(partition) || !consumer.assignment().contains(partition)) {
                continue;
            }
            if (waiting.containsKey(partition.topic())) {
                // As far as its tenant's pace lets it be: a server is not behind because a tenant sends too much.
                behind.remove(partition);
                continue;
            }
            OptionalLong lag = consumer.currentLag(partition);
            if (lag.isEmpty()) {
                continue; // Not fetched yet.
            }
            long position = consumer.position(partition);
            long end = entry.getValue().orElse(position + lag.getAsLong());
            if (position >= end) {
                behind.remove(partition);
            } else {
                behind.put(partition, OptionalLong.of(end));
            }
        }
    }

    private void offer(ConsumerRecord<byte[], byte[]> record, TopicRole role, List<Work> works) {
        Work work = work(record, role);
        if (work != null) {
            works.add(work);
        }
    }

    /** One record that nothing can be made of must not cost the others of its poll anything. Null if it is for others. */
    private @Nullable Work work(ConsumerRecord<byte[], byte[]> record, TopicRole role) {
        try {
            return decoded(record, role);
        } catch (RuntimeException | StackOverflowError defect) {
            RawRecord raw = raw(record, role, headers(record));
            LOG.errorf(defect, "Decoding record %s failed; it becomes a dead letter", raw.source());
            return new Work.SetAside(
                    record.partition(),
                    OutboxRow.Kind.INVALID,
                    RecordDecoder.reason("Decoding failed: " + defect),
                    raw);
        }
    }

    private @Nullable Work decoded(ConsumerRecord<byte[], byte[]> record, TopicRole role) {
        return switch (decoder.decode(record, role, partitions)) {
            case Decoded.ForThread decoded ->
                new Work.Decide(
                        record.partition(),
                        decoded.command(),
                        raw(record, role, headers(record)),
                        role == TopicRole.COMMANDS && !ForwardHeaders.isForward(record));
            case Decoded.Misrouted ignored ->
                new Work.SetAside(
                        record.partition(),
                        OutboxRow.Kind.FORWARD,
                        "",
                        raw(record, role, decoder.forwardHeaders(record, role)));
            case Decoded.NotHere notHere -> {
                stop(record, notHere.reason());
                yield null;
            }
            case Decoded.Dead dead ->
                new Work.SetAside(
                        record.partition(), OutboxRow.Kind.INVALID, dead.reason(), raw(record, role, headers(record)));
        };
    }

    private RawRecord raw(ConsumerRecord<byte[], byte[]> record, TopicRole role, RawHeaders headers) {
        return new RawRecord(
                decoder.tenant(record, role),
                new Coordinates(record.topic(), record.partition(), record.offset()),
                record.key(),
                record.value(),
                headers,
                record.timestamp());
    }

    private static RawHeaders headers(ConsumerRecord<byte[], byte[]> record) {
        List<RawHeaders.Header> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new RawHeaders.Header(header.key(), header.value()));
        }
        return headers.isEmpty() ? RawHeaders.NONE : new RawHeaders(headers);
    }

    /** What is behind it is not consumed before it, and it is not lost: whoever opens the partition next begins with it. */
    private void stop(ConsumerRecord<byte[], byte[]> record, String reason) {
        // Of the commands topic alone, which waits for no tenant's pace.
        shut(Set.of(partition(record)));
        onStop.accept(
                record.partition(),
                "Record " + record.topic() + "-" + record.partition() + "-" + record.offset() + " " + reason);
    }

    /** Going on at another offset would lose or repeat records, so the partition waits for a decision. */
    private void outOfRange(Map<TopicPartition, Long> offsets) {
        shut(offsets.keySet());
        offsets.forEach((partition, offset) -> onStop.accept(
                partition.partition(),
                "The next record to consume from " + partition + " is " + offset
                        + ", which the topic does not have: records were deleted before they were consumed, or the"
                        + " topic was created anew (then restart the servers). See \"Offset out of range\" in"
                        + " docs/operations.md"));
    }

    private void failed(RuntimeException e) {
        if (trouble == null) {
            LOG.warnf("Cannot consume, will go on trying: %s", e);
        }
        trouble = String.valueOf(e.getMessage());
        try {
            threads.sleep(RETRY_MS);
        } catch (InterruptedException interrupted) {
            closed = true;
        }
    }
}
