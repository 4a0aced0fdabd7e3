package dev.threadwright.query;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** A thread as of its last commit. Times are milliseconds since 1970. */
@Entity
@Immutable
@Table(name = "thread")
@IdClass(StoredThread.Key.class)
public class StoredThread extends PanacheEntityBase {

    @Id
    public String tenant;

    @Id
    public String thread;

    /** Its last sequence number. */
    public long seq;

    /** The name of a {@link dev.threadwright.thread.ThreadStatus} in lower case. */
    public String status;

    @Column(name = "active_runs")
    public int activeRuns;

    @Column(name = "queued_runs")
    public int queuedRuns;

    @Column(name = "latest_run")
    public @Nullable String latestRun;

    @Column(name = "created_at_ms")
    public long createdAtMs;

    @Column(name = "updated_at_ms")
    public long updatedAtMs;

    /** When its newest checkpoint was made, or itself before the first. */
    @Column(name = "state_updated_at_ms")
    public long stateUpdatedAtMs;

    /** JSON: policy and workflow where set, and metadata. */
    @Formula("cast(settings as text)")
    public String settings;

    public record Key(String tenant, String thread) {}
}
