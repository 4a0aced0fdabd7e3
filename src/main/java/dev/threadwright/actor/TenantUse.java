package dev.threadwright.actor;

import dev.threadwright.thread.Decision;
import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.Room;
import dev.threadwright.thread.ThreadState;
import java.util.HashMap;
import java.util.Map;

/** What a batch has for its tenants by now, and what their quotas leave them after that. */
final class TenantUse {

    private final Quotas quotas;

    /** What the quotas left to the tenants before the batch. */
    private final Map<String, Room> rooms = new HashMap<>(2);

    private final Map<String, Quotas.Use> uses = new HashMap<>(2);

    /** @param quotas asked once for each tenant, so that all of the batch goes by the same */
    TenantUse(Quotas quotas) {
        this.quotas = quotas;
    }

    /** What is left to the tenant after all that the batch has for it. */
    Room room(String tenant) {
        Room left = rooms.computeIfAbsent(tenant, quotas::room);
        Quotas.Use here = uses.get(tenant);
        return here == null ? left : left.less(here.threads(), here.runs());
    }

    /** Counts a decision of the batch. */
    void add(String tenant, ThreadState before, Decision decision) {
        ThreadState after = decision.after();
        Quotas.Use use = new Quotas.Use(
                (after.isLive() ? 1 : 0) - (before.isLive() ? 1 : 0),
                after.unfinished() - before.unfinished(),
                isRefused(decision, Rejection.QUOTA_THREADS) ? 1 : 0,
                isRefused(decision, Rejection.QUOTA_RUNS) ? 1 : 0);
        if (!use.isNone()) {
            uses.merge(tenant, use, Quotas.Use::plus);
        }
    }

    /** Of the tenants for which it changes anything. */
    Map<String, Quotas.Use> byTenant() {
        return uses;
    }

    private static boolean isRefused(Decision decision, Rejection reason) {
        return switch (decision.outcome()) {
            case Outcome.Invalid invalid -> invalid.reason() == reason;
            case Outcome.Rejected rejected -> rejected.reason() == reason;
            default -> false;
        };
    }
}
