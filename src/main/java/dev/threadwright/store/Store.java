package dev.threadwright.store;

import dev.threadwright.tables.Tables;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The store of a tenant. */
@ApplicationScoped
public class Store {

    public static final int MAX_KEY_BYTES = 1_024;

    /** Ten years of minutes. */
    public static final long MAX_TTL_MS = 3_653L * 24 * 60 * 60 * 1_000;

    /** What one sweep takes away in one transaction. */
    static final int SWEEP_COUNT = 1_000;

    private final Tables tables;
    private final Clock clock;

    @Inject
    Store(Tables tables) {
        this(tables, Clock.systemUTC());
    }

    Store(Tables tables, Clock clock) {
        this.tables = tables;
        this.clock = clock;
    }

    /** In place of what is there. @param ttlMs how long it lives; null for ever */
    public Uni<Void> put(String tenant, Namespace namespace, String key, Json.Obj value, @Nullable Long ttlMs) {
        return tables.write(sql -> {
                    new ItemRows(sql, tenant, clock.millis()).put(namespace, key, value, ttlMs);
                    return true;
                })
                .replaceWithVoid();
    }

    /** Null if there is none. @param refresh whether it lives as long again */
    public Uni<@Nullable Item> get(String tenant, Namespace namespace, String key, boolean refresh) {
        return tables.find(tenant, sql -> new ItemRows(sql, tenant, clock.millis()).get(namespace, key))
                .call(item -> refreshed(tenant, refresh && item != null ? List.of(item) : List.of()));
    }

    public Uni<Void> delete(String tenant, Namespace namespace, String key) {
        return tables.write(sql -> {
                    new ItemRows(sql, tenant, clock.millis()).delete(namespace, key);
                    return true;
                })
                .replaceWithVoid();
    }

    /**
     * The last changed first.
     *
     * @param words what one of a value's texts has to contain, in any case; null for anything
     * @param refresh whether those found live as long again
     */
    public Uni<List<Item>> search(
            String tenant,
            Namespace prefix,
            @Nullable ItemFilter filter,
            @Nullable String words,
            int limit,
            int offset,
            boolean refresh) {
        return tables.read(
                        tenant,
                        sql -> new ItemRows(sql, tenant, clock.millis()).search(prefix, filter, words, limit, offset))
                .call(items -> refreshed(tenant, refresh ? items : List.of()));
    }

    private Uni<Boolean> refreshed(String tenant, List<Item> read) {
        List<Item> expiring = read.stream().filter(Item::expires).toList();
        return expiring.isEmpty()
                ? Uni.createFrom().item(false)
                : tables.write(sql -> {
                    new ItemRows(sql, tenant, clock.millis()).refresh(expiring);
                    return true;
                });
    }

    public Uni<List<Namespace>> namespaces(String tenant, NamespaceQuery wanted) {
        return tables.read(tenant, sql -> new ItemRows(sql, tenant, clock.millis()).namespaces(wanted));
    }

    /** Takes away what has expired, of all tenants; how many that was. Blocks. Several servers may do so at once. */
    public int sweep() {
        long nowMs = clock.millis();
        int swept = 0;
        int last;
        do {
            last = tables.writeNow(sql -> sql.update(
                    "delete from store_item where (tenant, namespace, key) in (select tenant, namespace, key from"
                            + " store_item where expires_at_ms <= ? order by expires_at_ms limit ?"
                            + " for update skip locked)",
                    nowMs,
                    SWEEP_COUNT));
            swept += last;
        } while (last == SWEEP_COUNT);
        return swept;
    }
}
