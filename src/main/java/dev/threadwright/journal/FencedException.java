package dev.threadwright.journal;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Another owner has claimed partitions of the batch. Nothing was stored. */
public final class FencedException extends JournalException {
    private static final long serialVersionUID = 1L;

    private final transient Set<Integer> partitions;

    /** @param reason what the store found, for people */
    public FencedException(Set<Integer> partitions, String reason, @Nullable Throwable cause) {
        super("Partitions " + partitions + ": " + reason, cause);
        this.partitions = Set.copyOf(partitions);
    }

    public Set<Integer> partitions() {
        return partitions;
    }
}
