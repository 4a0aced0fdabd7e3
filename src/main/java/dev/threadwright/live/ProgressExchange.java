package dev.threadwright.live;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tells other servers what handlers of this one say of their progress, and followers here what those say. It is kept nowhere,
 * so whatever gets in the way of it is lost: a run never waits for it. A server that owns all partitions neither sends nor
 * reads anything.
 */
public final class ProgressExchange implements AutoCloseable {

    /** Said and not sent yet; what is more is lost. */
    static final int MAX_UNSENT = 1_000;

    static final Duration POLL = Duration.ofMillis(200);

    private static final String SERVER = "server";
    private static final long CLOSE_MS = 2_000;
    private static final Logger LOG = Logger.getLogger(ProgressExchange.class);

    private final String server;
    private final String topic;
    private final int partitions;
    private final ToIntFunction<ThreadKey> partitionOf;
    private final Supplier<Set<Integer>> owned;
    private final java.util.function.Consumer<StepProgress> heard;
    private final Supplier<Producer<byte[], byte[]>> producers;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final BlockingQueue<StepProgress> unsent = new ArrayBlockingQueue<>(MAX_UNSENT);
    private final Thread sender;
    private final Thread reader;
    private volatile @Nullable Consumer<byte[], byte[]> reading;
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Whether nobody else runs handlers, as far as is known. */
    private volatile boolean alone;

    /**
     * @param server no other one's name
     * @param topic with as many partitions as threads are distributed to
     * @param owned the partitions whose handlers run here
     * @param heard takes what other servers' handlers say
     */
    public ProgressExchange(
            String server,
            String topic,
            int partitions,
            ToIntFunction<ThreadKey> partitionOf,
            Supplier<Set<Integer>> owned,
            java.util.function.Consumer<StepProgress> heard,
            Supplier<Producer<byte[], byte[]>> producers,
            Supplier<Consumer<byte[], byte[]>> consumers) {
        this.server = server;
        this.topic = topic;
        this.partitions = partitions;
        this.partitionOf = partitionOf;
        this.owned = owned;
        this.heard = heard;
        this.producers = producers;
        this.consumers = consumers;
        this.sender = Thread.ofPlatform().name("progress-out").daemon().unstarted(this::send);
        this.reader = Thread.ofPlatform().name("progress-in").daemon().unstarted(this::read);
    }

    public void start() {
        sender.start();
        reader.start();
    }

    /** Does not block. */
    public void tell(StepProgress said) {
        if (!alone && !unsent.offer(said)) {
            LOG.debug("What a handler said is not told to other servers: too much has been said");
        }
    }

    private void send() {
        try (Producer<byte[], byte[]> producer = producers.get()) {
            while (closed.getCount() > 0) {
                StepProgress said = unsent.take();
                try {
                    producer.send(record(said), (sent, failure) -> {
                        if (failure != null) {
                            LOG.debugf("What a handler said did not reach the other servers: %s", failure.getMessage());
                        }
                    });
                } catch (InterruptException e) {
                    return;
                } catch (KafkaException e) {
                    LOG.debugf("What a handler said did not reach the other servers: %s", e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ProducerRecord<byte[], byte[]> record(StepProgress said) {
        Map<String, Json> value = new LinkedHashMap<>();
        value.put("tenant", Json.of(said.thread().tenant()));
        value.put("run", Json.of(said.run().value()));
        value.put("step", Json.of(said.step()));
        value.put("action", Json.of(said.action().value()));
        value.put("attempt", Json.of(said.attempt()));
        value.put("data", said.data());
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                topic,
                partitionOf.applyAsInt(said.thread()),
                said.thread().thread().getBytes(UTF_8),
                JsonText.writeBytes(Json.object(value)));
        record.headers().add(SERVER, server.getBytes(UTF_8));
        return record;
    }

    private void read() {
        try (Consumer<byte[], byte[]> consumer = consumers.get()) {
            reading = consumer;
            while (closed.getCount() > 0) {
                try {
                    readOnce(consumer);
                } catch (WakeupException | InterruptException e) {
                    return;
                } catch (OffsetOutOfRangeException e) {
                    consumer.seekToEnd(e.partitions());
                } catch (RuntimeException e) {
                    LOG.debugf("Cannot hear what other servers' handlers say yet: %s", e.getMessage());
                    waitABit();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readOnce(Consumer<byte[], byte[]> consumer) throws InterruptedException {
        Set<Integer> here = owned.get();
        alone = here.size() == partitions;
        assign(consumer, partition -> !here.contains(partition));
        if (consumer.assignment().isEmpty()) {
            waitABit();
            return;
        }
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            StepProgress said = said(record);
            if (said != null) {
                heard.accept(said);
            }
        }
    }

    /** Unless it is closed first. */
    private void waitABit() throws InterruptedException {
        if (closed.await(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.debug("Nothing more is heard of other servers' handlers");
        }
    }

    /** What is said from now on, on these. */
    private void assign(Consumer<byte[], byte[]> consumer, IntPredicate isElsewhere) {
        Set<TopicPartition> wanted = new HashSet<>();
        for (int partition = 0; partition < partitions; partition++) {
            if (isElsewhere.test(partition)) {
                wanted.add(new TopicPartition(topic, partition));
            }
        }
        Set<TopicPartition> before = consumer.assignment();
        if (wanted.equals(before)) {
            return;
        }
        List<TopicPartition> fresh = new ArrayList<>(wanted);
        fresh.removeAll(before);
        consumer.assign(wanted);
        consumer.seekToEnd(fresh);
    }

    /** Null for what this server said itself, and for what is none. */
    private @Nullable StepProgress said(ConsumerRecord<byte[], byte[]> record) {
        Header from = record.headers().lastHeader(SERVER);
        if (from == null
                || record.key() == null
                || record.value() == null
                || new String(from.value(), UTF_8).equals(server)) {
            return null;
        }
        try {
            if (JsonText.parse(record.value()) instanceof Json.Obj value
                    && value.get("tenant") instanceof Json.Text tenant
                    && value.get("run") instanceof Json.Text run
                    && value.get("step") instanceof Json.Text step
                    && value.get("action") instanceof Json.Text action
                    && value.get("attempt") instanceof Json.Num attempt) {
                Json data = value.get("data");
                return new StepProgress(
                        new ThreadKey(tenant.value(), new String(record.key(), UTF_8)),
                        new RunId(run.value()),
                        step.value(),
                        new ActionId(action.value()),
                        attempt.value().intValueExact(),
                        data == null ? Json.NULL : data);
            }
        } catch (IllegalArgumentException | ArithmeticException | InvalidJsonException e) {
            LOG.debugf("A record of %s is passed over: %s", topic, e.getMessage());
        }
        return null;
    }

    @Override
    public void close() {
        closed.countDown();
        sender.interrupt();
        Consumer<byte[], byte[]> consumer = reading;
        if (consumer != null) {
            consumer.wakeup();
        }
        for (Thread thread : List.of(sender, reader)) {
            try {
                thread.join(CLOSE_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
