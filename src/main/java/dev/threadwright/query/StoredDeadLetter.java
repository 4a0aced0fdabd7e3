package dev.threadwright.query;

import dev.threadwright.journal.OutboxPlace;
import dev.threadwright.sealing.Cell;
import dev.threadwright.sealing.Opening;
import dev.threadwright.sealing.Seal;
import dev.threadwright.sealing.SealedColumn;
import dev.threadwright.thread.ThreadKey;
import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** A dead letter without what it holds. Times are milliseconds since 1970. */
@Entity
@Immutable
@Table(name = "dead_letter")
@IdClass(StoredDeadLetter.Key.class)
public class StoredDeadLetter extends PanacheEntityBase implements SealedRow {

    /** What is told of one that was erased with its thread. */
    public static final String ERASED = "It was erased with its thread";

    @Id
    @Column(name = "partition")
    public int atPartition;

    @Id
    @Column(name = "position")
    public long atPosition;

    public String tenant;

    /** Its key, if that is a text. */
    public @Nullable String thread;

    public String kind;
    public String reason;

    @Column(name = "dead_at_ms")
    public long deadAtMs;

    @Column(name = "source_topic")
    public String sourceTopic;

    @Column(name = "source_partition")
    public int sourcePartition;

    @Column(name = "source_offset")
    public long sourceOffset;

    @Column(name = "source_time_ms")
    public long sourceTimeMs;

    /** Of its value, as it came. */
    public int bytes;

    /** Whether all that it held is kept. */
    public boolean whole;

    public int replays;

    @Column(name = "replay_status")
    public @Nullable String replayStatus;

    @Column(name = "replayed_at_ms")
    public @Nullable Long replayedAtMs;

    @Column(name = "replayed_by")
    public @Nullable String replayedBy;

    /** Whose key it is sealed with. */
    ThreadKey owner() {
        return new ThreadKey(tenant, thread == null ? Cell.NO_THREAD : thread);
    }

    public OutboxPlace place() {
        return new OutboxPlace(atPartition, atPosition);
    }

    /** Whether what it held cannot be read any more; known once it is opened. */
    public boolean isErased() {
        return erased;
    }

    @Override
    public void wants(Opening opening) {
        opening.wants(owner(), reason);
    }

    @Override
    public void open(Opening opening) {
        String sealed = reason;
        reason = opening.openOr(new Cell(owner(), SealedColumn.REASON, place().toString()), sealed, ERASED);
        // Nothing that is sealed says so itself.
        erased = Seal.isSealed(sealed) && reason.equals(ERASED);
        if (erased) {
            whole = false;
        }
    }

    @Transient
    private boolean erased;

    public record Key(int atPartition, long atPosition) {}
}
