package dev.threadwright.sealing;

import dev.threadwright.sealing.SealedException.Reason;
import dev.threadwright.thread.ThreadKey;
import java.sql.Connection;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Opens what was read together. Where it has no connection, it is told beforehand what it will have to open, says which keys
 * it needs, and is told those.
 */
public final class Opening {

    private final Sealing sealing;
    private final @Nullable Connection connection;
    private final Map<Ref, DataKey> keys = new HashMap<>();
    private final Map<Ref, SealedException> lost = new HashMap<>();
    private final Set<Ref> wanted = new LinkedHashSet<>();

    Opening(Sealing sealing, @Nullable Connection connection) {
        this.sealing = sealing;
        this.connection = connection;
    }

    /** A key of a thread. */
    public record Ref(ThreadKey thread, int number) {}

    /** This will have to be opened. @param stored null and what is in the clear need nothing */
    public Opening wants(ThreadKey thread, @Nullable String stored) {
        if (stored != null && Seal.isSealed(stored)) {
            try {
                want(new Ref(thread, Seal.keyNumber(stored)));
            } catch (SealedException e) {
                // It is damaged, which whoever opens it finds: the others of the page are none the worse for it.
                return this;
            }
        }
        return this;
    }

    private void want(Ref ref) {
        DataKey cached = sealing.known(ref.thread(), ref.number());
        if (cached != null) {
            // Kept here: the cache may need the room before it is used.
            keys.put(ref, cached);
        } else if (!keys.containsKey(ref)) {
            wanted.add(ref);
        }
    }

    /** Keys that it needs and does not know. */
    public Collection<Ref> wanted() {
        return wanted;
    }

    /**
     * A key that is erased or damaged is found out by whoever needs it, and costs the others nothing.
     *
     * @param wrapped as it is stored; null if it is erased
     * @throws SealedException if it is the server that lacks what it needs
     */
    public void found(Ref ref, @Nullable WrappedKey wrapped) {
        try {
            keys.put(ref, sealing.learn(ref.thread(), ref.number(), wrapped));
        } catch (SealedException e) {
            if (e.isPassing()) {
                throw e;
            }
            lost.put(ref, e);
        }
    }

    /**
     * What stands in the cell; itself, if it is in the clear.
     *
     * @throws SealedException if it cannot be opened
     */
    public String open(Cell cell, String stored) {
        return Seal.isSealed(stored) ? Seal.open(key(cell, Seal.keyNumber(stored)), cell, stored) : stored;
    }

    /** As {@link #open}; null is null. */
    public @Nullable String openOrNull(Cell cell, @Nullable String stored) {
        return stored == null ? null : open(cell, stored);
    }

    /** As {@link #open}, where what is erased has something in its place. */
    public String openOr(Cell cell, String stored, String erased) {
        try {
            return open(cell, stored);
        } catch (SealedException e) {
            if (e.reason() == Reason.ERASED) {
                return erased;
            }
            throw e;
        }
    }

    /** Of bytes that are sealed. */
    public byte[] openBytes(Cell cell, byte[] sealed) {
        return Seal.open(key(cell, Seal.keyNumber(sealed)), cell, sealed);
    }

    private DataKey key(Cell cell, int number) {
        Ref ref = new Ref(cell.thread(), number);
        DataKey key = keys.get(ref);
        if (key != null) {
            return key;
        }
        SealedException why = lost.get(ref);
        if (why != null) {
            throw why;
        }
        DataKey learned = sealing.key(connection, cell.thread(), number);
        keys.put(ref, learned);
        return learned;
    }
}
