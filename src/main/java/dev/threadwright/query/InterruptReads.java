package dev.threadwright.query;

import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What runs ask.
 *
 * <p>That something is pending stands in the queries as it is, and not as a parameter: the index of pending interrupts
 * serves no query that might be about others.
 */
@ApplicationScoped
public class InterruptReads {

    /** How many pending ones are listed with a thread. */
    public static final int MAX_WITH_THREAD = 20;

    /** Those of one thread that {@link #lately} looks at. */
    static final int MAX_LATELY = 100;

    private static final String PENDING = "status = 'pending'";
    private static final String IN_ORDER = " order by createdAtMs, interrupt";

    private final ReadScope scope;
    private final Unsealing unsealing;

    InterruptReads(ReadScope scope, Unsealing unsealing) {
        this.scope = scope;
        this.unsealing = unsealing;
    }

    public enum Status {
        PENDING,
        RESOLVED,
        REJECTED,
        EXPIRED
    }

    /** Which ones; null for all of that. */
    public record Filter(
            @Nullable String thread,
            @Nullable RunId run,
            @Nullable String kind,
            @Nullable Status status) {}

    /** Where a page ends: the next one begins after it. */
    public record Place(long createdAtMs, InterruptId interrupt) {}

    /** The oldest first. @param after null for the beginning */
    public Uni<List<StoredInterrupt>> page(String tenant, Filter filter, @Nullable Place after, int limit) {
        StringBuilder query = new StringBuilder("tenant = :tenant");
        Map<String, Object> values = new HashMap<>();
        values.put("tenant", tenant);
        if (filter.thread() != null) {
            query.append(" and thread = :thread");
            values.put("thread", filter.thread());
        }
        if (filter.run() != null) {
            query.append(" and run = :run");
            values.put("run", filter.run().value());
        }
        if (filter.kind() != null) {
            query.append(" and kind = :kind");
            values.put("kind", filter.kind());
        }
        if (filter.status() != null) {
            query.append(" and ").append(status(filter.status()));
        }
        if (after != null) {
            query.append(" and (createdAtMs, interrupt) > (:createdAtMs, :interrupt)");
            values.put("createdAtMs", after.createdAtMs());
            values.put("interrupt", after.interrupt().value());
        }
        return scope.read(
                        tenant,
                        () -> StoredInterrupt.<StoredInterrupt>find(query + IN_ORDER, values)
                                .page(0, limit)
                                .list())
                .flatMap(found -> unsealing.opened(tenant, found));
    }

    /** Null if there is none of that name. */
    public Uni<@Nullable StoredInterrupt> one(String tenant, InterruptId id) {
        return scope.read(
                        tenant,
                        () -> StoredInterrupt.<StoredInterrupt>find(
                                        "tenant = ?1 and interrupt = ?2", tenant, id.value())
                                .firstResult())
                .flatMap(found -> unsealing.opened(tenant, found));
    }

    /**
     * What the thread asks, and what was settled since, the newest first; as of one moment.
     *
     * @param run the only one to look at; null for all
     * @param sinceMs milliseconds since 1970
     */
    public Uni<List<StoredInterrupt>> lately(ThreadKey thread, @Nullable RunId run, long sinceMs) {
        String query = "tenant = :tenant and thread = :thread and (" + PENDING + " or settledAtMs >= :since)"
                + (run == null ? "" : " and run = :run") + " order by createdAtMs desc, interrupt";
        Map<String, Object> values = new HashMap<>();
        values.put("tenant", thread.tenant());
        values.put("thread", thread.thread());
        values.put("since", sinceMs);
        if (run != null) {
            values.put("run", run.value());
        }
        return scope.read(
                        thread.tenant(),
                        () -> StoredInterrupt.<StoredInterrupt>find(query, values)
                                .page(0, MAX_LATELY)
                                .list())
                .flatMap(found -> unsealing.opened(thread.tenant(), found));
    }

    /** What the thread asks, the oldest first; at most {@link #MAX_WITH_THREAD}. Only within a scope. */
    static Uni<List<String>> pendingIds(ThreadKey thread) {
        return StoredInterrupt.<StoredInterrupt>find(
                        "select interrupt from StoredInterrupt where tenant = ?1 and thread = ?2 and " + PENDING
                                + IN_ORDER,
                        thread.tenant(),
                        thread.thread())
                .project(String.class)
                .page(0, MAX_WITH_THREAD)
                .list();
    }

    private static String status(Status status) {
        return switch (status) {
            case PENDING -> PENDING;
            case RESOLVED -> "status = 'resolved'";
            case REJECTED -> "status = 'rejected'";
            case EXPIRED -> "status = 'expired'";
        };
    }
}
