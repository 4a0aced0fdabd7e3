package dev.threadwright.relay;

import dev.threadwright.actor.Measurements;
import dev.threadwright.actor.Publisher;
import dev.threadwright.actor.Threads;
import dev.threadwright.journal.DeadLetterNames;
import dev.threadwright.journal.Journal.Claim;
import dev.threadwright.journal.Journal.Holder;
import dev.threadwright.journal.Publication;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what one loop commits, all that has gathered in one Kafka transaction after the other. Each transaction also
 * carries how far its partitions are published, as records of a topic for that, so what is published and how far become
 * visible together or not at all.
 *
 * <p>After any failure there is one way on: a new producer under the same transactional id, which decides what was
 * under way; drop the partitions that the journal says are published under another id; read the positions that the log
 * holds; publish what is beyond them. A claimant writes its own id into the partition before it fences this one, so
 * either the look at the journal or the fence stops a stale relay. By the id and not by the epoch: a loop that has lost
 * the answer to a commit raises the epoch itself, and its relay must go on.
 */
public final class Relay implements Publisher, AutoCloseable {

    /** Publications that may wait; at the limit, the loop's consuming pauses. */
    public static final int MAX_BACKLOG = 20_000;

    /** Bytes of publications that may wait; at the limit, the loop's consuming pauses. */
    public static final long MAX_BACKLOG_BYTES = 64L << 20;

    /** Publications in one transaction: bounds what a failure has to do again. */
    public static final int MAX_TRANSACTION = 4_000;

    /** Bytes of publications in one transaction, for the same; one publication may exceed it alone. */
    public static final long MAX_TRANSACTION_BYTES = 16L << 20;

    /** What key, headers and framing may add to a record's data. */
    public static final int RECORD_OVERHEAD_BYTES = 16 * 1024;

    private static final long RETRY_MS = 200;
    private static final Logger LOG = Logger.getLogger(Relay.class);

    private final Threads threads;
    private final String publisherId;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final PublishedPositions positions;
    private final String positionsTopic;
    private final Function<Publication, List<ProducerRecord<byte[], byte[]>>> records;
    private final Function<Collection<Integer>, Map<Integer, Holder>> holders;
    private final IntConsumer onLost;
    private final Measurements measurements;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Waiting> backlog = new ArrayDeque<>();
    private final Map<Integer, Lane> lanes = new HashMap<>();
    private long backlogBytes;
    private boolean publishing;

    /** How many transactions were begun. */
    private long transactions;

    private boolean closed;
    private volatile @Nullable String trouble;

    private @Nullable Producer<byte[], byte[]> producer;

    /** A publication in the backlog, weighed once. */
    private record Waiting(Publication publication, long bytes) {
        static Waiting of(Publication publication) {
            return new Waiting(publication, publication.bytes());
        }
    }

    /**
     * @param producers makes a producer with {@code publisherId} as its transactional id, not yet initialised
     * @param positions is closed with the relay
     * @param positionsTopic where they are kept
     * @param records what a publication becomes on Kafka
     * @param holders who has the partitions, as the journal has it
     * @param onLost told of a partition that another owner was seen to have; called on the relay's thread
     */
    public Relay(
            String name,
            Threads threads,
            String publisherId,
            Supplier<Producer<byte[], byte[]>> producers,
            PublishedPositions positions,
            String positionsTopic,
            Function<Publication, List<ProducerRecord<byte[], byte[]>>> records,
            Function<Collection<Integer>, Map<Integer, Holder>> holders,
            IntConsumer onLost,
            Measurements measurements) {
        this.threads = threads;
        this.publisherId = publisherId;
        this.producers = producers;
        this.positions = positions;
        this.positionsTopic = positionsTopic;
        this.records = records;
        this.holders = holders;
        this.onLost = onLost;
        this.measurements = measurements;
        this.thread = threads.unstarted(name, this::run);
    }

    /**
     * @param admin stays the caller's to close
     * @param consumers of committed records, in no group, that never reset their offsets
     * @param recordBytes the largest record that the output topics take
     */
    public static Relay of(
            String name,
            Threads threads,
            String publisherId,
            Supplier<Producer<byte[], byte[]>> producers,
            Admin admin,
            Supplier<Consumer<byte[], byte[]>> consumers,
            Topics topics,
            DeadLetterNames names,
            int partitions,
            int recordBytes,
            Function<Collection<Integer>, Map<Integer, Holder>> holders,
            IntConsumer onLost,
            Measurements measurements) {
        OutgoingRecords records = outgoing(topics, names, partitions, recordBytes);
        return new Relay(
                name,
                threads,
                publisherId,
                producers,
                new PositionsTopic(admin, consumers, topics.positions()),
                topics.positions(),
                records::of,
                holders,
                onLost,
                measurements);
    }

    static OutgoingRecords outgoing(Topics topics, DeadLetterNames names, int partitions, int recordBytes) {
        return new OutgoingRecords(topics, names, partitions, recordBytes - RECORD_OVERHEAD_BYTES);
    }

    public void start() {
        thread.start();
    }

    /** What keeps the relay from publishing, for health; null if nothing does. */
    public @Nullable String trouble() {
        return trouble;
    }

    /** How far the partitions that are open here are published; what is not beyond that, nobody will publish again. */
    public Map<Integer, Long> published() {
        lock.lock();
        try {
            Map<Integer, Long> published = new HashMap<>();
            lanes.values().forEach(lane -> published.put(lane.partition, lane.published));
            return published;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String publisherId() {
        return publisherId;
    }

    @Override
    public void open(List<Claim> claims) {
        awaitTransactionUnderWay();
        Set<String> publishers = new LinkedHashSet<>();
        claims.forEach(claim -> publishers.addAll(claim.publishers()));
        publishers.remove(publisherId);
        publishers.forEach(positions::fence);
        // Also of those that were given back in order: that may be long ago, and what has happened since lost with a
        // newer journal.
        Map<Integer, Long> inLog = positions.read(claims.stream()
                .filter(claim -> claim.epoch() > 1)
                .map(Claim::partition)
                .toList());
        lock.lock();
        try {
            for (Claim claim : claims) {
                long published = Math.max(claim.published(), inLog.getOrDefault(claim.partition(), 0L));
                lanes.put(claim.partition(), new Lane(claim.partition(), published));
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long opened(Claim claim) {
        Long published = published().get(claim.partition());
        if (published == null) {
            throw new RelayException("Partition " + claim.partition() + " was let go meanwhile", null);
        }
        if (published > claim.position()) {
            drop(claim.partition());
            Holder holder = holders.apply(List.of(claim.partition())).get(claim.partition());
            if (holder == null || holder.epoch() != claim.epoch()) {
                throw new RelayException("Partition " + claim.partition() + " was claimed by another meanwhile", null);
            }
            throw new IllegalStateException("Partition " + claim.partition() + " is published up to " + published
                    + ", but its journal ends at " + claim.position()
                    + ": Postgres is older than Kafka. Restore a newer backup, or see \"Postgres behind Kafka\" in"
                    + " docs/operations.md");
        }
        return published;
    }

    @Override
    public void publish(List<? extends Publication> publications) {
        List<Waiting> given = publications.stream().map(Waiting::of).toList();
        lock.lock();
        try {
            for (Waiting waiting : given) {
                Publication publication = waiting.publication();
                Lane lane = lanes.get(publication.partition());
                if (lane == null) {
                    continue; // Dropped: its next owner publishes it.
                }
                if (publication.position() != lane.given + 1) {
                    throw new IllegalStateException("Partition " + lane.partition + ": position "
                            + publication.position() + " cannot follow " + lane.given);
                }
                lane.given = publication.position();
                backlog.add(waiting);
                backlogBytes += waiting.bytes();
            }
            long nowNanos = System.nanoTime();
            for (Lane lane : lanes.values()) {
                lane.note(nowNanos);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What is committed and not published yet.
     *
     * @param publications how many; at {@link #MAX_BACKLOG}, consuming pauses
     * @param bytes of them, about as they are written; at {@link #MAX_BACKLOG_BYTES}, consuming pauses
     */
    public record Backlog(int publications, long bytes) {}

    /** For how long the oldest has been committed that is not published; 0 if nothing waits. Nanoseconds. */
    public long backlogAgeNanos() {
        lock.lock();
        try {
            long nowNanos = System.nanoTime();
            return lanes.values().stream()
                    .map(Lane::oldestNanos)
                    .filter(Objects::nonNull)
                    .mapToLong(given -> nowNanos - given)
                    .max()
                    .orElse(0);
        } finally {
            lock.unlock();
        }
    }

    public Backlog backlog() {
        lock.lock();
        try {
            return new Backlog(backlog.size(), backlogBytes);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isSaturated() {
        lock.lock();
        try {
            return isFull();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void awaitRoom() throws InterruptedException {
        lock.lock();
        try {
            while (isFull() && !closed) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull() {
        return backlog.size() >= MAX_BACKLOG || backlogBytes >= MAX_BACKLOG_BYTES;
    }

    @Override
    public CompletionStage<Long> close(int partition) {
        lock.lock();
        try {
            Lane lane = lanes.get(partition);
            if (lane == null) {
                return CompletableFuture.failedFuture(
                        new IllegalStateException("Partition " + partition + " is not open"));
            }
            CompletableFuture<Long> closing = new CompletableFuture<>();
            lane.closing = closing;
            closeDrained();
            return closing;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void drop(int partition) {
        lock.lock();
        try {
            forget(partition);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
        positions.close();
    }

    private void run() {
        while (!isClosed()) {
            try {
                Producer<byte[], byte[]> ready = producer;
                if (ready == null) {
                    ready = recover();
                    trouble = null;
                }
                List<Publication> next = take();
                if (!next.isEmpty()) {
                    publish(ready, next);
                }
                trouble = null;
            } catch (InterruptedException | org.apache.kafka.common.errors.InterruptException e) {
                break;
            } catch (RuntimeException e) {
                failed(e);
            }
        }
        discardProducer();
    }

    /** Publications that nobody can have published yet, in order; they stay in the backlog until they are. */
    private List<Publication> take() throws InterruptedException {
        lock.lock();
        try {
            publishing = false;
            changed.signalAll();
            while (backlog.isEmpty() && !closed) {
                changed.await();
            }
            publishing = true;
            transactions++;
            List<Publication> next = new ArrayList<>(Math.min(backlog.size(), MAX_TRANSACTION));
            long bytes = 0;
            for (Waiting waiting : backlog) {
                bytes += waiting.bytes();
                if (next.size() == MAX_TRANSACTION || (!next.isEmpty() && bytes > MAX_TRANSACTION_BYTES)) {
                    break;
                }
                next.add(waiting.publication());
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void publish(Producer<byte[], byte[]> ready, List<Publication> next) {
        Map<Integer, Long> reached = new HashMap<>();
        long begunNanos = System.nanoTime();
        ready.beginTransaction();
        for (Publication publication : next) {
            for (ProducerRecord<byte[], byte[]> record : records.apply(publication)) {
                // A record that fails makes the commit fail: no callback is needed.
                ready.send(record);
            }
            reached.put(publication.partition(), publication.position());
        }
        reached.forEach((partition, position) -> ready.send(PositionRecords.of(positionsTopic, partition, position)));
        ready.commitTransaction();
        published(next.size(), reached);
        measurements.published(next, System.nanoTime() - begunNanos);
    }

    private void published(int count, Map<Integer, Long> reached) {
        long nowNanos = System.nanoTime();
        lock.lock();
        try {
            reached.forEach((partition, position) -> {
                Lane lane = lanes.get(partition);
                if (lane != null) {
                    lane.published = Math.max(lane.published, position);
                    lane.tellRelayed(nowNanos, measurements::relayed);
                }
            });
            // A lane that was dropped meanwhile has left the backlog already, so what is published is found by
            // position.
            for (int i = 0;
                    i < count
                            && !backlog.isEmpty()
                            && isPublished(backlog.getFirst().publication());
                    i++) {
                backlogBytes -= backlog.removeFirst().bytes();
            }
            changed.signalAll();
            closeDrained();
        } finally {
            lock.unlock();
        }
    }

    private boolean isPublished(Publication publication) {
        Lane lane = lanes.get(publication.partition());
        return lane == null || publication.position() <= lane.published;
    }

    private void closeDrained() {
        for (Lane lane : List.copyOf(lanes.values())) {
            CompletableFuture<Long> closing = lane.closing;
            if (closing != null && lane.isDrained()) {
                lanes.remove(lane.partition);
                closing.complete(lane.published);
            }
        }
    }

    private void forget(int partition) {
        Lane lane = lanes.remove(partition);
        leave(publication -> publication.partition() == partition);
        if (lane != null && lane.closing != null) {
            lane.closing.completeExceptionally(new IllegalStateException("Partition " + partition + " was lost"));
        }
    }

    private void leave(Predicate<Publication> leaving) {
        backlog.removeIf(waiting -> {
            boolean leaves = leaving.test(waiting.publication());
            backlogBytes -= leaves ? waiting.bytes() : 0;
            return leaves;
        });
    }

    /** Decides what an earlier producer had under way, and forgets what is published or not this relay's any more. */
    private Producer<byte[], byte[]> recover() {
        Producer<byte[], byte[]> fresh = producers.get();
        producer = fresh;
        fresh.initTransactions();
        Map<Integer, Lane> open = openLanes();
        if (open.isEmpty()) {
            return fresh;
        }
        Map<Integer, Holder> current = holders.apply(open.keySet());
        Map<Integer, Long> held = positions.read(open.keySet());
        List<Integer> lost = new ArrayList<>();
        long nowNanos = System.nanoTime();
        lock.lock();
        try {
            open.forEach((partition, lane) -> {
                if (lanes.get(partition) != lane) {
                    return; // Closed meanwhile, or open for a later claim that has asked for itself.
                }
                Holder holder = current.get(partition);
                if (holder == null || !holder.publisher().equals(publisherId)) {
                    LOG.warnf("Partition %d has another owner; leaving its publications to it", partition);
                    forget(partition);
                    lost.add(partition);
                } else {
                    lane.published = Math.max(lane.published, held.getOrDefault(partition, 0L));
                    lane.tellRelayed(nowNanos, measurements::relayed);
                }
            });
            leave(this::isPublished);
            closeDrained();
        } finally {
            lock.unlock();
        }
        // The loop would notice only when it commits, and whoever claimed the partition may not want it any more.
        lost.forEach(onLost::accept);
        return fresh;
    }

    private Map<Integer, Lane> openLanes() {
        lock.lock();
        try {
            return Map.copyOf(lanes);
        } finally {
            lock.unlock();
        }
    }

    private void failed(RuntimeException failure) {
        measurements.publishingFailed();
        if (trouble == null) {
            LOG.warnf("Cannot publish, will go on trying: %s", failure);
        }
        trouble = String.valueOf(failure.getMessage());
        discardProducer();
        lock.lock();
        try {
            publishing = false;
            changed.signalAll();
            threads.await(lock, changed, RETRY_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void discardProducer() {
        Producer<byte[], byte[]> old = producer;
        producer = null;
        if (old != null) {
            try {
                old.close(Duration.ZERO);
            } catch (KafkaException e) {
                LOG.debugf("Closing a failed producer: %s", e.getMessage());
            }
        }
    }

    /**
     * It may hold what an earlier lane of a partition gave. Those after it do not, so under load, when one follows the
     * other, there is no need to wait for them, too.
     */
    private void awaitTransactionUnderWay() {
        lock.lock();
        try {
            long underWay = transactions;
            while (publishing && transactions == underWay && !closed) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }
}
