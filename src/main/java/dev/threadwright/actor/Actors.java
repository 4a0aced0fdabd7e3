package dev.threadwright.actor;

import dev.threadwright.journal.Weight;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Committed states of the threads used last. A thread that was dropped reloads identically from the journal, so
 * dropping is always safe; it is bounded in count and estimated bytes.
 */
final class Actors {

    private final int maxCount;
    private final long maxBytes;
    private final Map<ThreadKey, Actor> byUse = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;

    private record Actor(int partition, ThreadState state, long bytes) {}

    Actors(int maxCount, long maxBytes) {
        this.maxCount = maxCount;
        this.maxBytes = maxBytes;
    }

    @Nullable ThreadState get(ThreadKey thread) {
        Actor actor = byUse.get(thread);
        return actor == null ? null : actor.state();
    }

    boolean contains(ThreadKey thread) {
        return byUse.containsKey(thread);
    }

    void put(int partition, ThreadState state) {
        Actor actor = new Actor(partition, state, Weight.KEPT.of(state));
        Actor before = byUse.put(state.key(), actor);
        bytes += actor.bytes() - (before == null ? 0 : before.bytes());
    }

    /** Drops those that were not used for longest until the bounds hold. */
    void trim() {
        Iterator<Actor> oldest = byUse.values().iterator();
        while ((byUse.size() > maxCount || bytes > maxBytes) && oldest.hasNext()) {
            bytes -= oldest.next().bytes();
            oldest.remove();
        }
    }

    /** Returns whether it was here. */
    boolean remove(ThreadKey thread) {
        Actor actor = byUse.remove(thread);
        bytes -= actor == null ? 0 : actor.bytes();
        return actor != null;
    }

    void removePartition(int partition) {
        byUse.values().removeIf(actor -> {
            boolean gone = actor.partition() == partition;
            if (gone) {
                bytes -= actor.bytes();
            }
            return gone;
        });
    }

    int size() {
        return byUse.size();
    }

    long bytes() {
        return bytes;
    }
}
