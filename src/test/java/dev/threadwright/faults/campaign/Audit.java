package dev.threadwright.faults.campaign;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.threadwright.faults.campaign.Checker.Line;
import dev.threadwright.faults.campaign.Findings.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads what is published, committed records from the first on, and the journal beside it, and has a checker compare them. */
final class Audit implements AutoCloseable {
    private static final String EVENTS = "threadwright.events";
    private static final String LIFECYCLE = "threadwright.lifecycle";
    private static final String PREFIX = "dev.threadwright.";
    private static final String SUFFIX = ".v1";
    private static final int PAGE = 500;
    private static final long CLAIMS_EVERY_NANOS = 500_000_000;

    private final Database journal;
    private final Checker checker;
    private final People people;
    private final Findings findings;
    private final ObjectMapper json = new ObjectMapper();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread = Thread.ofPlatform().name("audit").daemon().unstarted(this::run);

    /** Of each partition, how far its journal is read. */
    private final long[] positions = new long[Site.PARTITIONS];

    private final Gaps gaps = new Gaps(Site.PARTITIONS);
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong lifecycle = new AtomicLong();
    private final AtomicLong discarded = new AtomicLong();
    private final AtomicLong handovers = new AtomicLong();
    private @Nullable Connection connection;
    private long claimsReadNanos;
    private volatile boolean even;
    private volatile boolean closed;

    Audit(Site site, Inputs inputs, People people, Findings findings) {
        this.journal = site.postgres();
        this.checker = new Checker(Site.PARTITIONS, inputs, findings);
        this.people = people;
        this.findings = findings;
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        site.broker().bootstrap(),
                        "isolation.level",
                        "read_committed",
                        "auto.offset.reset",
                        "none",
                        "max.poll.records",
                        2_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = new ArrayList<>();
        IntStream.range(0, Site.PARTITIONS).forEach(partition -> {
            partitions.add(new TopicPartition(EVENTS, partition));
            partitions.add(new TopicPartition(LIFECYCLE, partition));
        });
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    void start() {
        thread.start();
    }

    /** Events that were published. */
    long events() {
        return events.get();
    }

    long lifecycle() {
        return lifecycle.get();
    }

    /** Results of workers that were not taken. */
    long discarded() {
        return discarded.get();
    }

    /** Claims of partitions beyond the first of each. */
    long handovers() {
        return handovers.get();
    }

    int questions() {
        return people.asked();
    }

    /** The longest time without a decision on any partition, since it was asked last. */
    long longestGapMs() {
        return gaps.longestMs();
    }

    /** Whether all that is published was found in the journal, and the other way round. */
    boolean isEven() {
        return even;
    }

    private void run() {
        try {
            while (!closed) {
                consumer.poll(Duration.ofMillis(100)).forEach(this::read);
                try {
                    for (int partition = 0; partition < Site.PARTITIONS; partition++) {
                        readJournal(partition);
                    }
                    readClaims();
                    even = checker.isEven();
                } catch (SQLException e) {
                    // Postgres is away; what is to be compared waits.
                    disconnect();
                }
            }
        } catch (RuntimeException e) {
            findings.add(Kind.BROKEN, "the audit failed: " + e);
            e.printStackTrace();
        } finally {
            disconnect();
            consumer.close();
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        String type = header(record, "ce_type");
        type = type.substring(PREFIX.length(), type.length() - SUFFIX.length());
        Line line = new Line(new String(record.key(), UTF_8), Long.parseLong(header(record, "ce_sequence")), type);
        if (record.topic().equals(LIFECYCLE)) {
            lifecycle.incrementAndGet();
            checker.lifecycle(record.partition(), line);
            return;
        }
        even = false;
        events.incrementAndGet();
        if (Checker.isDecision(type)) {
            gaps.decided(record.partition());
        }
        checker.event(
                record.partition(),
                line,
                header(record, "ce_causationid"),
                Checker.isOutcome(type) ? subject(record, type) : "");
        if (type.equals("interrupt.raised")) {
            people.ask(line.thread(), value(record).path("interrupt").path("id").asText());
        } else if (type.equals("action.result_discarded")) {
            discarded.incrementAndGet();
        }
    }

    private String subject(ConsumerRecord<byte[], byte[]> record, String type) {
        String kind = type.substring(0, type.indexOf('.'));
        return kind.equals("run")
                ? header(record, "ce_runid")
                : value(record).path(kind).asText();
    }

    private void readJournal(int partition) throws SQLException {
        while (checker.wantsJournal(partition)) {
            if (!readPage(partition)) {
                checker.journalEnds(partition);
            }
        }
    }

    private boolean readPage(int partition) throws SQLException {
        long before = positions[partition];
        try (PreparedStatement statement = connection().prepareStatement("""
                select d.position, d.thread, d.first_seq + e.ordinality - 1,
                       substring(e.event::text from '^{"type":"([^"]+)"')
                from (select * from decision where partition = ? and position > ? order by position limit ?) d
                     cross join lateral json_array_elements(d.events) with ordinality as e (event, ordinality)
                order by d.position, e.ordinality
                """)) {
            statement.setInt(1, partition);
            statement.setLong(2, before);
            statement.setInt(3, PAGE);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    positions[partition] = rows.getLong(1);
                    checker.journaled(partition, new Line(rows.getString(2), rows.getLong(3), rows.getString(4)));
                }
            }
        }
        return positions[partition] > before;
    }

    private void readClaims() throws SQLException {
        if (System.nanoTime() - claimsReadNanos < CLAIMS_EVERY_NANOS) {
            return;
        }
        claimsReadNanos = System.nanoTime();
        try (PreparedStatement statement =
                        connection().prepareStatement("select partition, epoch, position from partition_claim");
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                handovers.addAndGet(checker.claimed(rows.getInt(1), rows.getLong(2), rows.getLong(3)));
            }
        }
    }

    private JsonNode value(ConsumerRecord<byte[], byte[]> record) {
        try {
            return json.readTree(record.value());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String header(ConsumerRecord<?, ?> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), UTF_8);
    }

    private Connection connection() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = journal.connect();
            connection = open;
        }
        return open;
    }

    private void disconnect() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                // It is broken; there is nothing more to close.
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        closed = true;
        thread.join();
    }
}
