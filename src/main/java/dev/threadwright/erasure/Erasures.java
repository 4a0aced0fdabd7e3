package dev.threadwright.erasure;

import dev.threadwright.audit.Act;
import dev.threadwright.audit.Stage;
import dev.threadwright.audit.store.AuditLog;
import dev.threadwright.erasure.Erasure.Part;
import dev.threadwright.erasure.Erasure.Status;
import dev.threadwright.json.JsonText;
import dev.threadwright.tables.Sql;
import dev.threadwright.tables.Tables;
import dev.threadwright.thread.Fingerprint;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is wanted erased, and what came of it. */
@ApplicationScoped
public class Erasures {

    /** Of one request. */
    public static final int MAX_THREADS = 1_000;

    private static final String OF_METADATA =
            "select thread from thread_metadata where tenant = ? and metadata @> ?::jsonb order by thread limit ?";

    /** A thread without a row may have had records set aside. */
    private static final String UNKNOWN = """
            select k.thread from unnest(?::text[]) as k (thread)
            where not exists (select from thread t where t.tenant = ? and t.thread = k.thread)
              and not exists (select from dead_letter d where d.tenant = ? and d.thread = k.thread)
              and not exists (select from thread_key t where t.tenant = ? and t.thread = k.thread)
            limit 1
            """;

    private static final String INSERT =
            "insert into erasure (requested_at_ms, tenant, erasure, requested_by, reason, request_hash)"
                    + " values (?, ?, ?, ?, ?, ?) on conflict do nothing";

    private static final String REQUEST_HASH = "select request_hash from erasure where tenant = ? and erasure = ?";

    private static final String INSERT_THREADS = """
            insert into erased_thread (due_at_ms, tenant, erasure, thread, status)
            select ?, ?, ?, k.thread, 'requested' from unnest(?::text[]) as k (thread)
            """;

    private static final String ONE =
            "select requested_at_ms, requested_by, reason from erasure where tenant = ? and erasure = ?";

    private static final String THREADS = """
            select thread, status, erased_at_ms, seq, decisions, rows, keys, waiting_for
            from erased_thread where tenant = ? and erasure = ? order by thread
            """;

    private final Tables tables;
    private final Clock clock = Clock.systemUTC();

    public Erasures(Tables tables) {
        this.tables = tables;
    }

    /**
     * A wish. The threads that it names, and those whose metadata contain some JSON, as of now.
     *
     * @param id of its own, or one that makes the wish the same if it comes again
     * @param by who wants it, and {@code known} how that is known
     * @param metadata null for none
     */
    public record Request(
            String tenant,
            String id,
            String by,
            String known,
            String reason,
            List<String> threads,
            Json.@Nullable Obj metadata) {

        /** The same for the same request, in whatever order its threads and fields stand. */
        private byte[] hash() {
            return Fingerprint.of(
                    reason,
                    JsonText.write(Json.array(
                            new TreeSet<>(threads).stream().map(Json::of).toList())),
                    metadata == null ? null : JsonText.write(metadata.canonical()));
        }
    }

    /** What became of it. */
    public sealed interface Answer {

        /** It will be done, whatever happens to this server. */
        record Accepted(Erasure erasure) implements Answer {}

        /** There is no such thread, nor anything else that was for it. */
        record Unknown(String thread) implements Answer {}

        /** No thread is like that. */
        record Nothing() implements Answer {}

        /** More than {@link #MAX_THREADS}; nothing is done. */
        record TooMany() implements Answer {}

        /** The same id came with another wish. */
        record IdTaken() implements Answer {}
    }

    public Uni<Answer> request(Request request) {
        return tables.write(sql -> {
            Answer before = before(sql, request);
            if (before != null) {
                return before;
            }
            TreeSet<String> threads = new TreeSet<>(request.threads());
            Json.Obj metadata = request.metadata();
            if (metadata != null) {
                threads.addAll(sql.query(
                        OF_METADATA,
                        row -> row.getString(1),
                        request.tenant(),
                        JsonText.write(metadata),
                        MAX_THREADS + 1));
            }
            return threads.size() > MAX_THREADS
                    ? new Answer.TooMany()
                    : threads.isEmpty() ? new Answer.Nothing() : accepted(sql, request, threads.toArray(String[]::new));
        });
    }

    /**
     * What came of it before, if it came before. Who it is about may have got more threads since, or lost them all: what was
     * wanted then counts.
     */
    private static @Nullable Answer before(Sql sql, Request request) throws SQLException {
        byte[] hash = sql.first(REQUEST_HASH, row -> row.getBytes(1), request.tenant(), request.id());
        if (hash == null) {
            return null;
        }
        return Arrays.equals(hash, request.hash()) ? new Answer.Accepted(stored(sql, request)) : new Answer.IdTaken();
    }

    private Answer accepted(Sql sql, Request request, String[] threads) throws SQLException {
        String tenant = request.tenant();
        String unknown = sql.first(UNKNOWN, row -> row.getString(1), threads, tenant, tenant, tenant);
        if (unknown != null) {
            return new Answer.Unknown(unknown);
        }
        long nowMs = clock.millis();
        if (sql.update(INSERT, nowMs, tenant, request.id(), request.by(), request.reason(), request.hash()) == 0) {
            // Another one of that id was a moment quicker.
            return Objects.requireNonNull(before(sql, request));
        }
        sql.update(INSERT_THREADS, nowMs, tenant, request.id(), threads);
        AuditLog.append(
                sql,
                Stream.of(threads)
                        .map(thread -> new AuditLog.New(
                                tenant,
                                request.by(),
                                request.known(),
                                Act.THREAD_ERASE,
                                Stage.DONE,
                                thread,
                                request.id(),
                                Json.EMPTY_OBJECT))
                        .toList());
        return new Answer.Accepted(stored(sql, request));
    }

    private static Erasure stored(Sql sql, Request request) throws SQLException {
        Erasure stored = find(sql, request.tenant(), request.id());
        if (stored == null) {
            throw new IllegalStateException("Erasure " + request.id() + " has vanished");
        }
        return stored;
    }

    /** Null if there is none of that name. */
    public Uni<@Nullable Erasure> one(String tenant, String id) {
        return tables.find(tenant, sql -> find(sql, tenant, id));
    }

    private static @Nullable Erasure find(Sql sql, String tenant, String id) throws SQLException {
        List<Part> threads = sql.query(THREADS, Erasures::part, tenant, id);
        return sql.first(
                ONE, row -> new Erasure(id, row.getLong(1), row.getString(2), row.getString(3), threads), tenant, id);
    }

    private static Part part(ResultSet row) throws SQLException {
        return new Part(
                row.getString("thread"),
                Status.valueOf(row.getString("status").toUpperCase(Locale.ROOT)),
                Sql.longOrNull(row, "erased_at_ms"),
                Sql.longOrNull(row, "seq"),
                Sql.longOrNull(row, "decisions"),
                Sql.longOrNull(row, "rows"),
                List.of((String[]) row.getArray("keys").getArray()),
                row.getString("waiting_for"));
    }
}
