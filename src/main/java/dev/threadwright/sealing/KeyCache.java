package dev.threadwright.sealing;

import dev.threadwright.thread.ThreadKey;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Data keys in memory, of so many threads; the one that was longest of no use goes first. It is not wiped out then, since
 * somebody may be using it; it is when it is erased.
 */
final class KeyCache {

    private final int maxThreads;

    // Guarded by this.

    private final LinkedHashMap<ThreadKey, Keys> threads = new LinkedHashMap<>(16, 0.75f, true);

    /** Of one thread. Nearly always one; more only if it was erased and records came for it nevertheless. */
    private static final class Keys {
        final Map<Integer, DataKey> byNumber = new HashMap<>(2);

        @Nullable DataKey current;
    }

    KeyCache(int maxThreads) {
        this.maxThreads = maxThreads;
    }

    synchronized @Nullable DataKey get(ThreadKey thread, int number) {
        Keys keys = threads.get(thread);
        return keys == null ? null : keys.byNumber.get(number);
    }

    /** The one to seal with, if that is known. */
    synchronized @Nullable DataKey current(ThreadKey thread) {
        Keys keys = threads.get(thread);
        return keys == null ? null : keys.current;
    }

    /** @param isCurrent whether its thread seals with it */
    synchronized void put(ThreadKey thread, DataKey key, boolean isCurrent) {
        if (key.isDestroyed()) {
            return;
        }
        Keys keys = threads.computeIfAbsent(thread, absent -> new Keys());
        keys.byNumber.put(key.number(), key);
        if (isCurrent) {
            keys.current = key;
        }
        if (threads.size() > maxThreads) {
            threads.pollFirstEntry();
        }
    }

    /** Wipes out one key; what is sealed with a later one is nobody's to forget. */
    synchronized void erase(ThreadKey thread, int number) {
        Keys keys = threads.get(thread);
        if (keys == null) {
            return;
        }
        DataKey key = keys.byNumber.remove(number);
        if (key != null) {
            key.destroy();
        }
        DataKey current = keys.current;
        if (current != null && current.number() == number) {
            current.destroy();
            keys.current = null;
        }
        if (keys.byNumber.isEmpty()) {
            threads.remove(thread);
        }
    }

    synchronized int size() {
        return threads.size();
    }
}
