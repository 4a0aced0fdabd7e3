package dev.threadwright.actor;

import dev.threadwright.thread.Room;
import java.util.Map;

/** What tenants may have. Asked before a batch is decided and told once it is durable; never blocks. */
public interface Quotas {

    /** Where nobody has any. */
    Quotas NONE = new Quotas() {
        @Override
        public Room room(String tenant) {
            return Room.UNLIMITED;
        }

        @Override
        public void committed(Map<String, Use> byTenant) {}
    };

    /** What is left to the tenant by now. */
    Room room(String tenant);

    void committed(Map<String, Use> byTenant);

    /**
     * What a batch has changed.
     *
     * @param threads that came into being, less those that were deleted
     * @param runs that began or queued, less those that ended
     * @param refusedThreads commands that would have made a thread too many
     * @param refusedRuns commands that would have begun a run too many
     */
    record Use(long threads, long runs, int refusedThreads, int refusedRuns) {

        static final Use NONE = new Use(0, 0, 0, 0);

        Use plus(Use other) {
            return new Use(
                    threads + other.threads,
                    runs + other.runs,
                    refusedThreads + other.refusedThreads,
                    refusedRuns + other.refusedRuns);
        }

        boolean isNone() {
            return equals(NONE);
        }
    }
}
