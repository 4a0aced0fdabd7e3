package dev.threadwright.query;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** An action that is not done, as of its thread's last commit. Times are milliseconds since 1970. */
@Entity
@Immutable
@Table(name = "action")
@IdClass(StoredAction.Key.class)
public class StoredAction extends PanacheEntityBase {

    @Id
    public String tenant;

    @Id
    public String thread;

    @Id
    public String action;

    public String run;
    public String task;
    public String step;

    /** Of the handler, or of what workers are asked for. */
    public String name;

    public boolean remote;

    /** The last one; 1 for the first. */
    public int attempt;

    /** {@code outstanding}, {@code retrying} or {@code uncertain}. */
    public String status;

    @Column(name = "since_ms")
    public long sinceMs;

    /** When its attempt is given up, or the next one begins; null if it waits for somebody. */
    @Column(name = "due_at_ms")
    public @Nullable Long dueAtMs;

    public record Key(String tenant, String thread, String action) {}
}
