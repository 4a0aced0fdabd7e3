package dev.threadwright.benchmark;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.benchmark.NullEngine.Filled;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.postgresql.PGConnection;

/** The server's rows for a batch, in the server's tables, by one statement: no check, no lock, no function. */
final class NullStore {

    private static final String SQL = """
            with advanced as (
                update partition_claim c set position = k.position
                from unnest(?::int[], ?::bigint[]) as k (partition, position)
                where c.partition = k.partition),
            consumed as (
                insert into consumed_offset (topic, partition, next_offset)
                select ?, k.partition, k.next from unnest(?::int[], ?::bigint[]) as k (partition, next)
                on conflict (partition, topic) do update set next_offset = excluded.next_offset),
            threads as (
                insert into thread (tenant, thread, partition, seq, status, active_runs, queued_runs, latest_run,
                                    settings, created_at_ms, updated_at_ms, state_updated_at_ms)
                select 'default', k.thread, k.partition, k.seq, 'idle', 0, 0, k.run, k.settings::json, k.time, k.time,
                       k.time
                from unnest(?::text[], ?::int[], ?::bigint[], ?::text[], ?::text[], ?::bigint[])
                         as k (thread, partition, seq, run, settings, time)
                on conflict (tenant, thread) do update
                set seq = excluded.seq, latest_run = excluded.latest_run, settings = excluded.settings,
                    updated_at_ms = excluded.updated_at_ms, state_updated_at_ms = excluded.state_updated_at_ms),
            inputs as materialized (
                select * from unnest(?::text[], ?::bigint[], ?::int[], ?::bigint[], ?::bigint[], ?::text[], ?::text[],
                                     ?::text[], ?::text[], ?::text[], ?::bytea[])
                         as k (thread, first_seq, partition, position, time, id, run, events, result, output, hash)),
            decisions as (
                insert into decision (tenant, thread, first_seq, count, partition, position, time_ms,
                                      causation_source, causation_id, actor, events, checksum)
                select 'default', k.thread, k.first_seq, ?, k.partition, k.position, k.time, ?, k.id, ?,
                       k.events::json, 0
                from inputs k),
            outcomes as (
                insert into outcome (tenant, thread, hash, content_hash, result, seq)
                select 'default', k.thread, k.hash, k.hash, k.result::json, k.first_seq from inputs k)
            insert into run (tenant, thread, run, status, workflow, decision, admitted_at_ms, started_at_ms,
                             ended_at_ms, output)
            select 'default', k.thread, k.run, ?, ?, ?, k.time, k.time, k.time, k.output::json from inputs k
            """;

    private final Connection connection;
    private final Template template;
    private final String topic;

    NullStore(Connection connection, Template template, String topic) {
        this.connection = connection;
        this.template = template;
        this.topic = topic;
    }

    /** With the session settings that the server's commits have. */
    static Connection connect(String url, String user, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("prepareThreshold", "1");
        Connection connection = DriverManager.getConnection(url, properties);
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    set plan_cache_mode = force_generic_plan;
                    set enable_seqscan = off;
                    set enable_hashjoin = off;
                    set enable_mergejoin = off;
                    set jit = off;
                    select count(*) from generate_series(0, %d) p, claim_partition_v1(p, 'null', 'null', null)
                    """.formatted(Servers.PARTITIONS - 1));
        }
        return connection;
    }

    void commit(List<Filled> batch) throws SQLException {
        Map<Integer, Filled> partitions = new LinkedHashMap<>();
        Map<String, Filled> threads = new LinkedHashMap<>();
        for (Filled filled : batch) {
            partitions.put(filled.partition(), filled);
            threads.put(filled.thread(), filled);
        }
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            Arguments arguments = new Arguments(statement);
            arguments.ints(partitions.values()).longs(partitions.values(), Filled::position);
            arguments.text(topic).ints(partitions.values()).longs(partitions.values(), filled -> filled.offset() + 1);
            arguments
                    .texts(threads.values(), Filled::thread)
                    .ints(threads.values())
                    .longs(threads.values(), filled -> filled.firstSeq() + template.eventCount() - 1)
                    .texts(threads.values(), Filled::run)
                    .texts(threads.values(), filled -> template.settings())
                    .longs(threads.values(), Filled::timeMs);
            arguments
                    .texts(batch, Filled::thread)
                    .longs(batch, Filled::firstSeq)
                    .ints(batch)
                    .longs(batch, Filled::position)
                    .longs(batch, Filled::timeMs)
                    .texts(batch, Filled::id)
                    .texts(batch, Filled::run)
                    .texts(batch, Filled::events)
                    .texts(batch, Filled::outcome)
                    .texts(batch, Filled::output)
                    .hashes(batch);
            arguments.number(template.eventCount()).text(template.source()).text(template.actor());
            arguments.text(template.runStatus()).text(template.workflow()).text(template.decision());
            statement.execute();
        }
    }

    private static final class Arguments {
        private final PreparedStatement statement;
        private final PGConnection connection;
        private int index;

        Arguments(PreparedStatement statement) throws SQLException {
            this.statement = statement;
            this.connection = statement.getConnection().unwrap(PGConnection.class);
        }

        Arguments text(String value) throws SQLException {
            statement.setString(++index, value);
            return this;
        }

        Arguments number(int value) throws SQLException {
            statement.setInt(++index, value);
            return this;
        }

        Arguments texts(Collection<Filled> rows, Function<Filled, String> value) throws SQLException {
            return array("text", rows.stream().map(value).toArray(String[]::new));
        }

        Arguments longs(Collection<Filled> rows, ToLongFunction<Filled> value) throws SQLException {
            return array("int8", rows.stream().mapToLong(value).toArray());
        }

        Arguments ints(Collection<Filled> rows) throws SQLException {
            return array("int4", rows.stream().mapToInt(Filled::partition).toArray());
        }

        /** 32 bytes that no other input has; the end of the id is what differs. */
        Arguments hashes(Collection<Filled> rows) throws SQLException {
            return array(
                    "bytea",
                    rows.stream()
                            .map(filled -> Arrays.copyOf(
                                    new StringBuilder(filled.id())
                                            .reverse()
                                            .toString()
                                            .getBytes(UTF_8),
                                    32))
                            .toArray(byte[][]::new));
        }

        private Arguments array(String type, Object values) throws SQLException {
            statement.setArray(++index, connection.createArrayOf(type, values));
            return this;
        }
    }
}
