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

/** A run as of its thread's last commit. Times are milliseconds since 1970. */
@Entity
@Immutable
@Table(name = "run")
@IdClass(StoredRun.Key.class)
public class StoredRun extends PanacheEntityBase implements SealedRow {

    @Id
    public String tenant;

    @Id
    public String thread;

    @Id
    public String run;

    /** The name of a {@link dev.threadwright.thread.RunStatus} in lower case. */
    public String status;

    public String workflow;
    public String decision;

    @Column(name = "admitted_at_ms")
    public long admittedAtMs;

    @Column(name = "started_at_ms")
    public @Nullable Long startedAtMs;

    @Column(name = "ended_at_ms")
    public @Nullable Long endedAtMs;

    /** JSON object of the channels that it wrote; null while it has not completed. */
    @Formula("cast(output as text)")
    public @Nullable String output;

    public @Nullable String error;

    @Override
    public void wants(Opening opening) {
        ThreadKey key = new ThreadKey(tenant, thread);
        opening.wants(key, output).wants(key, error);
    }

    @Override
    public void open(Opening opening) {
        ThreadKey key = new ThreadKey(tenant, thread);
        output = opening.openOrNull(new Cell(key, SealedColumn.OUTPUT, run), output);
        error = opening.openOrNull(new Cell(key, SealedColumn.ERROR, run), error);
    }

    public record Key(String tenant, String thread, String run) {}
}
