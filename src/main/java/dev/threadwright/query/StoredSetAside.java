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
import org.hibernate.annotations.Immutable;

/** A thread that cannot be decided on until somebody releases it. */
@Entity
@Immutable
@Table(name = "thread_set_aside")
@IdClass(StoredSetAside.Key.class)
public class StoredSetAside extends PanacheEntityBase implements SealedRow {

    private static final String ERASED = "Erased with its thread";

    @Id
    public String tenant;

    @Id
    public String thread;

    /** Tells this time from the next one. */
    @Column(name = "id")
    public String asideId;

    /** As the kinds of dead letters are called. */
    public String cause;

    public String error;

    /** Milliseconds since 1970. */
    @Column(name = "since_ms")
    public long sinceMs;

    @Override
    public void wants(Opening opening) {
        opening.wants(new ThreadKey(tenant, thread), error);
    }

    @Override
    public void open(Opening opening) {
        error = opening.openOr(new Cell(new ThreadKey(tenant, thread), SealedColumn.SET_ASIDE, asideId), error, ERASED);
    }

    public record Key(String tenant, String thread) {}
}
