package dev.threadwright.cron;

import dev.threadwright.tables.Tables;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The crons of a tenant: made, changed, found. */
@ApplicationScoped
public class Crons {

    private final Tables tables;
    private final Clock clock = Clock.systemUTC();

    Crons(Tables tables) {
        this.tables = tables;
    }

    /**
     * A new one.
     *
     * @param content with a schedule
     * @throws IllegalArgumentException if it will never be due
     */
    public Uni<Cron> create(String tenant, String assistantId, @Nullable String thread, CronChange content) {
        long nowMs = clock.millis();
        Cron blank = new Cron(
                UUID.randomUUID().toString(),
                assistantId,
                thread,
                "",
                null,
                null,
                true,
                null,
                Json.EMPTY_OBJECT,
                Json.EMPTY_OBJECT,
                null,
                nowMs,
                nowMs);
        Cron cron = changed(blank, content, nowMs);
        if (cron.enabled() && cron.nextAtMs() == null) {
            throw new IllegalArgumentException("it will never be due");
        }
        return tables.write(sql -> {
            new CronRows(sql).insert(tenant, cron);
            return cron;
        });
    }

    /** Null if it is not there. */
    public Uni<@Nullable Cron> change(String tenant, String id, CronChange change) {
        return tables.change(sql -> {
            CronRows rows = new CronRows(sql);
            Cron before = rows.lock(tenant, id);
            if (before == null) {
                return null;
            }
            Cron after = changed(before, change, clock.millis());
            rows.update(tenant, after);
            return after;
        });
    }

    /** False if it is not there. */
    public Uni<Boolean> delete(String tenant, String id) {
        return tables.write(sql -> new CronRows(sql).delete(tenant, id));
    }

    public Uni<List<Cron>> search(
            String tenant, CronFilter filter, CronOrder order, boolean descending, int limit, int offset) {
        return tables.read(tenant, sql -> new CronRows(sql).search(tenant, filter, order, descending, limit, offset));
    }

    public Uni<Long> count(String tenant, CronFilter filter) {
        return tables.read(tenant, sql -> new CronRows(sql).count(tenant, filter));
    }

    private static Cron changed(Cron before, CronChange change, long nowMs) {
        Map<String, Json> payload = new LinkedHashMap<>(before.payload().fields());
        payload.putAll(change.payload().fields());
        Map<String, Json> metadata = new LinkedHashMap<>(before.metadata().fields());
        if (change.metadata() != null) {
            metadata.putAll(change.metadata().fields());
        }
        Cron after = new Cron(
                before.id(),
                before.assistantId(),
                before.thread(),
                change.schedule() == null ? before.schedule() : change.schedule(),
                change.timezone() == null ? before.timezone() : change.timezone(),
                change.isEndChanged() ? change.endAtMs() : before.endAtMs(),
                change.enabled() == null ? before.enabled() : change.enabled(),
                change.onRunCompleted() == null ? before.onRunCompleted() : change.onRunCompleted(),
                Json.object(payload),
                Json.object(metadata),
                before.nextAtMs(),
                before.createdAtMs(),
                nowMs);
        return isOnTime(before, after) ? after : after.dueAt(after.nextAfter(nowMs));
    }

    /** Whether what was due still is: a time that has come, but has not been seen to, is not to be lost by a new name. */
    private static boolean isOnTime(Cron before, Cron after) {
        Long next = before.nextAtMs();
        return next != null
                && after.enabled()
                && after.schedule().equals(before.schedule())
                && java.util.Objects.equals(after.timezone(), before.timezone())
                && (after.endAtMs() == null || next <= after.endAtMs());
    }
}
