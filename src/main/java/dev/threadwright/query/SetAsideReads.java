package dev.threadwright.query;

import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Threads that cannot be decided on until somebody releases them. */
@ApplicationScoped
public class SetAsideReads {

    private static final String OLDEST_FIRST = " order by sinceMs, thread";

    private final ReadScope scope;
    private final Unsealing unsealing;

    SetAsideReads(ReadScope scope, Unsealing unsealing) {
        this.scope = scope;
        this.unsealing = unsealing;
    }

    /** Where a page ends: the next one begins after it. */
    public record Place(long sinceMs, String thread) {}

    /** The oldest first. @param after null for the beginning */
    public Uni<List<StoredSetAside>> page(String tenant, @Nullable Place after, int limit) {
        StringBuilder query = new StringBuilder("tenant = :tenant");
        Map<String, Object> values = new HashMap<>();
        values.put("tenant", tenant);
        if (after != null) {
            query.append(" and (sinceMs, thread) > (:sinceMs, :thread)");
            values.put("sinceMs", after.sinceMs());
            values.put("thread", after.thread());
        }
        return scope.read(
                        tenant,
                        () -> StoredSetAside.<StoredSetAside>find(query + OLDEST_FIRST, values)
                                .page(0, limit)
                                .list())
                .flatMap(found -> unsealing.opened(tenant, found));
    }

    /** Null if it is not set aside. */
    public Uni<@Nullable StoredSetAside> one(ThreadKey thread) {
        return scope.read(
                        thread.tenant(),
                        () -> StoredSetAside.<StoredSetAside>findById(
                                new StoredSetAside.Key(thread.tenant(), thread.thread())))
                .flatMap(found -> unsealing.opened(thread.tenant(), found));
    }
}
