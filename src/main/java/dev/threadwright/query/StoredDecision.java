package dev.threadwright.query;

import dev.threadwright.sealing.Cell;
import dev.threadwright.sealing.Opening;
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

/** A decision of the journal: its events are numbered from {@code firstSeq} on. Milliseconds since 1970. */
@Entity
@Immutable
@Table(name = "decision")
@IdClass(StoredDecision.Key.class)
public class StoredDecision extends PanacheEntityBase implements SealedRow {

    @Id
    public String tenant;

    @Id
    public String thread;

    @Id
    @Column(name = "first_seq")
    public long firstSeq;

    public int count;

    @Column(name = "time_ms")
    public long timeMs;

    @Column(name = "causation_source")
    public @Nullable String causationSource;

    @Column(name = "causation_id")
    public @Nullable String causationId;

    public String actor;

    /** JSON array. */
    @Formula("cast(events as text)")
    public String events;

    /** Of {@link #events}, so that a page can be cut before its text is read. */
    @Formula("octet_length(cast(events as text))")
    public int bytes;

    @Override
    public void wants(Opening opening) {
        opening.wants(new ThreadKey(tenant, thread), events);
    }

    @Override
    public void open(Opening opening) {
        events = opening.open(Cell.of(new ThreadKey(tenant, thread), SealedColumn.EVENTS, firstSeq), events);
    }

    public record Key(String tenant, String thread, long firstSeq) {}
}
