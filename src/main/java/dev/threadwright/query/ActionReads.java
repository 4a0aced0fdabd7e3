package dev.threadwright.query;

import dev.threadwright.thread.ActionId;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Actions that have left the decision and are not done. */
@ApplicationScoped
public class ActionReads {

    private static final String OLDEST_FIRST = " order by sinceMs, action";

    private final ReadScope scope;

    ActionReads(ReadScope scope) {
        this.scope = scope;
    }

    /** Which ones; null for all of that. @param beforeMs asked for before then; milliseconds since 1970 */
    public record Filter(
            @Nullable String thread,
            @Nullable String name,
            @Nullable String status,
            @Nullable Long beforeMs) {}

    /** Where a page ends: the next one begins after it. */
    public record Place(long sinceMs, ActionId action) {}

    /** The oldest first. @param after null for the beginning */
    public Uni<List<StoredAction>> page(String tenant, Filter filter, @Nullable Place after, int limit) {
        StringBuilder query = new StringBuilder("tenant = :tenant");
        Map<String, Object> values = new HashMap<>();
        values.put("tenant", tenant);
        if (filter.thread() != null) {
            query.append(" and thread = :thread");
            values.put("thread", filter.thread());
        }
        if (filter.name() != null) {
            query.append(" and name = :name");
            values.put("name", filter.name());
        }
        if (filter.status() != null) {
            query.append(" and status = :status");
            values.put("status", filter.status());
        }
        if (filter.beforeMs() != null) {
            query.append(" and sinceMs < :before");
            values.put("before", filter.beforeMs());
        }
        if (after != null) {
            query.append(" and (sinceMs, action) > (:sinceMs, :action)");
            values.put("sinceMs", after.sinceMs());
            values.put("action", after.action().value());
        }
        return scope.read(
                tenant,
                () -> StoredAction.<StoredAction>find(query + OLDEST_FIRST, values)
                        .page(0, limit)
                        .list());
    }

    /** Null if there is none of that name that is not done. */
    public Uni<@Nullable StoredAction> one(String tenant, ActionId id) {
        return scope.read(
                tenant,
                () -> StoredAction.<StoredAction>find("tenant = ?1 and action = ?2", tenant, id.value())
                        .firstResult());
    }
}
