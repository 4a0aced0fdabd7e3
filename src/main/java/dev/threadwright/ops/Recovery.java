package dev.threadwright.ops;

import dev.threadwright.audit.Act;
import dev.threadwright.audit.Stage;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.journal.PostgresJournal;
import dev.threadwright.journal.PostgresSettings;
import dev.threadwright.journal.StoredSettings;
import dev.threadwright.json.JsonText;
import dev.threadwright.relay.PublishedLog;
import dev.threadwright.relay.RelayException;
import dev.threadwright.relay.Republication;
import dev.threadwright.workflow.Json;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Brings a journal and a log together again of which one was restored or lost. Where Postgres is behind Kafka, positions go on behind
 * those that are published, since a position must not stand for two things; what was published under those that are passed over is not
 * in the journal, which is said and recorded. Where inbound topics are not those that were consumed, or have lost records, consuming
 * goes on at their beginnings. Events that the outbound topics have lost can be published again.
 */
final class Recovery {

    /** Threads that are printed for each partition; all are recorded. */
    static final int MAX_PRINTED = 100;

    private static final int PAGE = 500;
    private static final long TIMEOUT_MS = 15_000;
    private static final long SESSION_MARGIN_MS = 5_000;
    private static final long LOOK_EVERY_MS = 250;

    /** How far clocks of brokers and servers may be apart. */
    private static final Duration CLOCKS = Duration.ofMinutes(10);

    private final ThreadwrightConfig config;
    private final PostgresSettings postgres;
    private final PGSimpleDataSource database;
    private final KafkaClients kafka;
    private final Admin admin;
    private final LongSupplier nowMs;
    private final PrintStream out;
    private final PrintStream err;

    Recovery(
            ThreadwrightConfig config,
            PostgresSettings postgres,
            KafkaClients kafka,
            Admin admin,
            LongSupplier nowMs,
            PrintStream out,
            PrintStream err) {
        this.config = config;
        this.postgres = postgres;
        this.kafka = kafka;
        this.admin = admin;
        this.nowMs = nowMs;
        this.out = out;
        this.err = err;
        this.database = new PGSimpleDataSource();
        database.setUrl(postgres.url());
        database.setUser(postgres.user());
        database.setPassword(postgres.password());
    }

    /** A partition as Postgres has it. @param lastMs when its last decision was made */
    private record Claimed(int partition, long epoch, long position, long published, long lastMs) {}

    /**
     * What is to be done for a partition.
     *
     * @param skipTo the position that it goes on behind; null if it is not behind the log
     * @param ahead threads that have more events on the log, each with the numbers of its last ones, here and there
     * @param offsets where to go on consuming, by topic
     * @param republishAfter the position behind which events have to be published again; null if none have to
     */
    private record Plan(
            Claimed claimed,
            @Nullable Long skipTo,
            SortedMap<String, long[]> ahead,
            Map<String, Long> offsets,
            @Nullable Long republishAfter) {
        boolean isNothing() {
            return skipTo == null && offsets.isEmpty() && republishAfter == null;
        }
    }

    /** @return the process's status */
    int run(RecoverCommand.Wanted wanted) {
        try {
            return recovered(wanted);
        } catch (SQLException | JournalUnavailableException e) {
            err.println("Postgres cannot be asked: " + e.getMessage());
        } catch (KafkaUnavailableException | RelayException | KafkaException e) {
            err.println("Kafka cannot be asked: " + e.getMessage());
        }
        return 2;
    }

    private int recovered(RecoverCommand.Wanted wanted) throws SQLException {
        try (StoredSettings stored = new StoredSettings(postgres)) {
            return recovered(wanted, stored);
        }
    }

    private int recovered(RecoverCommand.Wanted wanted, StoredSettings stored) throws SQLException {
        int members = membersThatStay();
        if (members > 0) {
            err.printf(
                    "%d members are in the consumer group %s: stop all servers first%n",
                    members, config.group().id());
            return 2;
        }
        Map<Integer, Claimed> claimed = claimed();
        List<Claimed> partitions = new ArrayList<>();
        for (int partition : wanted.partitions().isEmpty() ? claimed.keySet() : wanted.partitions()) {
            Claimed one = claimed.get(partition);
            if (one == null) {
                out.printf("Partition %d has never been owned: there is nothing to recover%n", partition);
                return 2;
            }
            partitions.add(one);
        }
        TopicSetup.Identities topics = new TopicSetup(admin, config).identities(stored);
        topics.recreated().forEach(topic -> out.printf("Topic %s was created anew%n", topic));
        Map<Integer, Long> log = topics.isThere(config.topics().positions()) ? published(partitions) : Map.of();
        boolean nothing = topics.recreated().isEmpty();
        List<Plan> plans = new ArrayList<>();
        for (Claimed one : partitions) {
            Plan plan = plan(one, log.get(one.partition()), topics, wanted.republish());
            print(plan);
            plans.add(plan);
            nothing &= plan.isNothing();
        }
        if (nothing) {
            out.println("Nothing to do");
            return 0;
        }
        if (!wanted.acceptLoss()) {
            out.println("Nothing was changed: --accept-loss does it");
            return 1;
        }
        for (Plan plan : plans) {
            apply(plan);
        }
        if (wanted.partitions().isEmpty()) {
            remember(topics);
        }
        out.println("Done: start the servers");
        return 0;
    }

    private void remember(TopicSetup.Identities topics) throws SQLException {
        topics.remember();
        int recreated = topics.recreated().size();
        if (recreated > 0) {
            try (Connection connection = database.getConnection()) {
                // Not which: operators of each tenant see this, and topics have the names of others.
                record(connection, "topics", Map.of("topics_taken_as_they_are", Json.of(recreated)));
            }
        }
    }

    private Map<Integer, Long> published(List<Claimed> partitions) {
        try (PublishedLog log = publishedLog()) {
            return log.positions(partitions.stream().map(Claimed::partition).toList());
        }
    }

    private Plan plan(Claimed claimed, @Nullable Long log, TopicSetup.Identities topics, boolean republish)
            throws SQLException {
        boolean eventsLost = TenantTopics.of(config).all().stream().anyMatch(own -> topics.isRecreated(own.events()));
        long published = log == null ? 0 : log;
        if (log == null && !eventsLost && topics.isRecreated(config.topics().positions())) {
            published = claimed.published();
            out.printf(
                    "Partition %d: it is published up to position %d at least; what was published behind that, up to %d,"
                            + " will be published again, under the same ids%n",
                    claimed.partition(), published, claimed.position());
        }
        SortedMap<String, long[]> ahead = new TreeMap<>();
        Long skipTo = null;
        if (published > claimed.position()) {
            skipTo = published;
            ahead = ahead(claimed);
        }
        Long republishAfter = null;
        if (republish && (eventsLost || published < claimed.published())) {
            republishAfter = eventsLost ? 0L : published;
        } else if (!republish && (eventsLost || published < claimed.published())) {
            out.printf(
                    "Partition %d: events up to position %d were published, and the log has them up to %d;"
                            + " --republish writes them again%n",
                    claimed.partition(), claimed.published(), eventsLost ? 0 : published);
        }
        return new Plan(claimed, skipTo, ahead, offsets(claimed.partition(), topics), republishAfter);
    }

    private void print(Plan plan) {
        int partition = plan.claimed().partition();
        if (plan.skipTo() != null) {
            out.printf(
                    "Partition %d: Postgres is behind Kafka: its journal ends at %d, and %d is published. It goes on behind %d;"
                            + " what is published in between is not in the journal%n",
                    partition, plan.claimed().position(), plan.skipTo(), plan.skipTo());
            plan.ahead().entrySet().stream()
                    .limit(MAX_PRINTED)
                    .forEach(thread -> out.printf(
                            "  thread %s: the journal ends at %d, and events up to %d are published%n",
                            thread.getKey(), thread.getValue()[0], thread.getValue()[1]));
            if (plan.ahead().size() > MAX_PRINTED) {
                out.printf(
                        "  and %d more threads; the table recovery has all of them afterwards%n",
                        plan.ahead().size() - MAX_PRINTED);
            }
        }
        plan.offsets()
                .forEach((topic, next) ->
                        out.printf("Partition %d: consumes %s from offset %d on%n", partition, topic, next));
        if (plan.republishAfter() != null) {
            out.printf(
                    "Partition %d: publishes events behind position %d again, up to %d%n",
                    partition, plan.republishAfter(), plan.claimed().position());
        }
    }

    /** Where each inbound topic goes on, of those that do not have what comes next. */
    private Map<String, Long> offsets(int partition, TopicSetup.Identities topics) throws SQLException {
        Map<String, Long> next = new LinkedHashMap<>();
        for (Map.Entry<String, Long> consumed : consumed(partition).entrySet()) {
            String topic = consumed.getKey();
            if (!topics.isThere(topic)) {
                out.printf(
                        "Partition %d: topic %s was consumed up to %d, and is not there%n",
                        partition, topic, consumed.getValue());
                continue;
            }
            TopicPartition asked = new TopicPartition(topic, partition);
            long begin = offset(asked, OffsetSpec.earliest());
            long end = offset(asked, OffsetSpec.latest());
            if (topics.isRecreated(topic) || consumed.getValue() > end || consumed.getValue() < begin) {
                out.printf(
                        "Partition %d: the next record of %s is %d, and the topic %s%n",
                        partition,
                        topic,
                        consumed.getValue(),
                        topics.isRecreated(topic) ? "is another one" : "has " + begin + " to " + end);
                next.put(topic, begin);
            }
        }
        return next;
    }

    private SortedMap<String, long[]> ahead(Claimed claimed) throws SQLException {
        SortedMap<String, Long> last;
        try (PublishedLog log = publishedLog()) {
            last = log.lastEvents(claimed.partition(), Math.max(0, claimed.lastMs() - CLOCKS.toMillis()));
        }
        Map<String, Long> heads = heads(last.keySet().toArray(String[]::new));
        SortedMap<String, long[]> ahead = new TreeMap<>();
        last.forEach((thread, seq) -> {
            long head = heads.getOrDefault(thread, 0L);
            if (seq > head) {
                ahead.put(thread, new long[] {head, seq});
            }
        });
        return ahead;
    }

    private void apply(Plan plan) throws SQLException {
        Claimed claimed = plan.claimed();
        try (Connection connection = database.getConnection()) {
            connection.setAutoCommit(false);
            Long skipTo = plan.skipTo();
            if (skipTo != null) {
                int updated = update(
                        connection,
                        "update partition_claim set epoch = epoch + 1, position = ?, published = ?"
                                + " where partition = ? and epoch = ? and position = ?",
                        skipTo,
                        skipTo,
                        claimed.partition(),
                        claimed.epoch(),
                        claimed.position());
                if (updated != 1) {
                    connection.rollback();
                    throw new SQLException("partition " + claimed.partition()
                            + " was changed meanwhile: a server runs. Stop all servers, and begin again");
                }
                update(
                        connection,
                        "insert into recovery (at_ms, from_position, to_position, partition, detail)"
                                + " values (?, ?, ?, ?, ?::json)",
                        nowMs.getAsLong(),
                        claimed.position(),
                        skipTo,
                        claimed.partition(),
                        detail(plan.ahead()));
            }
            for (Map.Entry<String, Long> offset : plan.offsets().entrySet()) {
                update(
                        connection,
                        "update consumed_offset set next_offset = ? where topic = ? and partition = ?",
                        offset.getValue(),
                        offset.getKey(),
                        claimed.partition());
            }
            record(connection, plan);
            connection.commit();
        }
        Long after = plan.republishAfter();
        if (after != null) {
            republish(claimed, after);
        }
    }

    /** In the audit log of the whole server, with what is done; what is published again is so afterwards. */
    private static void record(Connection connection, Plan plan) throws SQLException {
        Map<String, Json> detail = new LinkedHashMap<>();
        Long skipTo = plan.skipTo();
        if (skipTo != null) {
            detail.put("from_position", Json.of(plan.claimed().position()));
            detail.put("to_position", Json.of(skipTo));
        }
        Long after = plan.republishAfter();
        if (after != null) {
            detail.put("published_again_after", Json.of(after));
        }
        if (!plan.offsets().isEmpty()) {
            // Not which: operators of each tenant see this, and topics have the names of others.
            detail.put("offsets_set", Json.of(plan.offsets().size()));
        }
        if (!detail.isEmpty()) {
            record(connection, "partition-" + plan.claimed().partition(), detail);
        }
    }

    private static void record(Connection connection, String target, Map<String, Json> detail) throws SQLException {
        try (PreparedStatement append = connection.prepareStatement(
                "select append_audit_v1(null, array['*'], array['server'], array[?], array['command line'],"
                        + " array[?], array[?], array[''], array[?], array[?])")) {
            append.setString(1, System.getProperty("user.name", ""));
            append.setString(2, Act.SERVER_RECOVER.word());
            append.setString(3, Stage.DONE.word());
            append.setString(4, target);
            append.setString(5, JsonText.write(Json.object(detail)));
            append.execute();
        }
    }

    private void republish(Claimed claimed, long after) throws SQLException {
        ThreadwrightConfig.Topics topics = config.topics();
        String id = "threadwright-recover-" + claimed.partition();
        long events;
        try (Producer<byte[], byte[]> producer = kafka.transactionalProducer(id, id);
                PostgresJournal journal = new PostgresJournal(postgres, MasterKeys.sealing(config.encryption()))) {
            events = new Republication(
                            producer,
                            TenantTopics.of(config).outgoing(),
                            partitions(),
                            config.limits().recordBytes())
                    .republish(
                            claimed.partition(),
                            after,
                            claimed.position(),
                            from -> journal.publications(claimed.partition(), from, PAGE));
        }
        try (Connection connection = database.getConnection()) {
            update(
                    connection,
                    "update partition_claim set published = position where partition = ?",
                    claimed.partition());
        }
        out.printf("Partition %d: %d events are published again%n", claimed.partition(), events);
    }

    private static String detail(SortedMap<String, long[]> ahead) {
        Map<String, Json> threads = new TreeMap<>();
        ahead.forEach((thread, seqs) ->
                threads.put(thread, Json.object(Map.of("journal", Json.of(seqs[0]), "published", Json.of(seqs[1])))));
        return JsonText.write(new Json.Obj(threads));
    }

    private PublishedLog publishedLog() {
        return new PublishedLog(
                admin,
                () -> kafka.grouplessConsumer("threadwright-recover"),
                config.topics().positions(),
                TenantTopics.of(config).all().stream()
                        .map(TenantTopics.Of::events)
                        .toList());
    }

    /** A server that was killed is a member until its session ends, which begins anew with its broker. */
    private int membersThatStay() {
        long sessionsEnd = System.nanoTime()
                + TimeUnit.MILLISECONDS.toNanos(config.group().sessionTimeoutMs() + SESSION_MARGIN_MS);
        int members = members();
        if (members > 0) {
            out.printf(
                    "%d members are in the consumer group %s: waiting whether they are still there%n",
                    members, config.group().id());
        }
        while (members > 0 && System.nanoTime() < sessionsEnd) {
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return members;
            }
            members = members();
        }
        return members;
    }

    private int members() {
        try {
            return await(
                            "describe the consumer group",
                            admin.describeConsumerGroups(List.of(config.group().id()))
                                    .all())
                    .values()
                    .stream()
                    .mapToInt(group -> group.members().size())
                    .sum();
        } catch (KafkaUnavailableException e) {
            if (e.getCause() instanceof ExecutionException failed
                    && failed.getCause() instanceof GroupIdNotFoundException) {
                return 0;
            }
            throw e;
        }
    }

    private long offset(TopicPartition partition, OffsetSpec spec) {
        return await(
                        "look for the offsets of " + partition,
                        admin.listOffsets(Map.of(partition, spec)).partitionResult(partition))
                .offset();
    }

    private int partitions() {
        try (StoredSettings stored = new StoredSettings(postgres)) {
            return stored.partitions(config.partitions());
        }
    }

    private Map<Integer, Claimed> claimed() throws SQLException {
        Map<Integer, Claimed> claimed = new TreeMap<>();
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement("""
                        select c.partition, c.epoch, c.position, c.published,
                               coalesce((select d.time_ms from decision d where d.partition = c.partition
                                         order by d.position desc limit 1), 0)
                        from partition_claim c
                        """);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                claimed.put(
                        rows.getInt(1),
                        new Claimed(
                                rows.getInt(1), rows.getLong(2), rows.getLong(3), rows.getLong(4), rows.getLong(5)));
            }
        }
        return claimed;
    }

    private Map<String, Long> consumed(int partition) throws SQLException {
        Map<String, Long> consumed = new TreeMap<>();
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(
                        "select topic, next_offset from consumed_offset where partition = ?")) {
            statement.setInt(1, partition);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    consumed.put(rows.getString(1), rows.getLong(2));
                }
            }
        }
        return consumed;
    }

    /** The last events of threads, by tenant/thread; the tenant has no slash. */
    private Map<String, Long> heads(String[] threads) throws SQLException {
        Map<String, Long> heads = new HashMap<>();
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement("""
                        select k.name, t.seq
                        from unnest(?::text[]) as k (name)
                             join thread t on t.tenant = split_part(k.name, '/', 1)
                                              and t.thread = substring(k.name from position('/' in k.name) + 1)
                        """)) {
            statement.setArray(1, connection.createArrayOf("text", threads));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    heads.put(rows.getString(1), rows.getLong(2));
                }
            }
        }
        return heads;
    }

    private static int update(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            return statement.executeUpdate();
        }
    }

    private static <T> T await(String what, KafkaFuture<T> future) {
        try {
            return future.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnavailableException("Interrupted while trying to " + what, e);
        } catch (ExecutionException | TimeoutException e) {
            throw new KafkaUnavailableException("Cannot " + what + ": " + e, e);
        }
    }
}
