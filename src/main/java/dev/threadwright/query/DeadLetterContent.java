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
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** What a dead letter holds: apart from the rest of it, so that lists do not read it. */
@Entity
@Immutable
@Table(name = "dead_letter")
@IdClass(StoredDeadLetter.Key.class)
public class DeadLetterContent extends PanacheEntityBase implements SealedRow {

    @Id
    @Column(name = "partition")
    public int atPartition;

    @Id
    @Column(name = "position")
    public long atPosition;

    public String tenant;

    /** Its key, if that is a text. */
    public @Nullable String thread;

    public byte @Nullable [] key;

    public byte @Nullable [] value;

    /** As {@link dev.threadwright.journal.RawHeaders} are stored. */
    @Formula("cast(headers as text)")
    public String headers;

    private ThreadKey owner() {
        return new ThreadKey(tenant, thread == null ? Cell.NO_THREAD : thread);
    }

    @Override
    public void wants(Opening opening) {
        opening.wants(owner(), headers);
    }

    @Override
    public void open(Opening opening) {
        if (!Seal.isSealed(headers)) {
            return;
        }
        String id = new OutboxPlace(atPartition, atPosition).toString();
        String opened = opening.openOr(new Cell(owner(), SealedColumn.HEADERS, id), headers, "");
        // Sealed with the same key, or not at all.
        if (opened.isEmpty()) {
            headers = "[]";
            value = null;
        } else {
            headers = opened;
            value = value == null ? null : opening.openBytes(new Cell(owner(), SealedColumn.VALUE, id), value);
        }
    }
}
