package dev.threadwright.sealing;

import dev.threadwright.thread.ThreadKey;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys that one commit seals with. New ones are stored by that commit, and known to others when it has succeeded. */
public final class BatchKeys {

    private final KeyCache cache;
    private final Map<ThreadKey, DataKey> keys;
    private final List<Fresh> fresh;

    /** A key that its commit stores. */
    public record Fresh(ThreadKey thread, DataKey key, WrappedKey wrapped) {
        public int number() {
            return key.number();
        }
    }

    BatchKeys(KeyCache cache, Map<ThreadKey, DataKey> known, List<Fresh> fresh) {
        this.cache = cache;
        this.keys = new HashMap<>(known);
        // In one order, so that two commits that store keys of the same threads cannot wait for each other.
        this.fresh = fresh.stream()
                .sorted(Comparator.comparing((Fresh one) -> one.thread().tenant())
                        .thenComparing(one -> one.thread().thread()))
                .toList();
        fresh.forEach(one -> keys.put(one.thread(), one.key()));
    }

    public List<Fresh> fresh() {
        return fresh;
    }

    /** Those that were not stored before are now. */
    public void committed() {
        fresh.forEach(one -> cache.put(one.thread(), one.key(), true));
    }

    /** False for a thread that is erased and has nothing but outcomes written. */
    public boolean has(ThreadKey thread) {
        return keys.containsKey(thread);
    }

    /** As a string of JSON. */
    public String json(Cell cell, String content) {
        return Seal.json(key(cell), cell, content);
    }

    public String text(Cell cell, String content) {
        return Seal.text(key(cell), cell, content);
    }

    public byte[] bytes(Cell cell, byte[] content) {
        return Seal.bytes(key(cell), cell, content);
    }

    private DataKey key(Cell cell) {
        @Nullable DataKey key = keys.get(cell.thread());
        if (key == null) {
            throw new IllegalStateException("A commit has something of " + cell.thread() + " that it has no key for");
        }
        return key;
    }
}
