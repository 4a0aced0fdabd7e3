package dev.threadwright.query;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** A dead letter without what it holds. Times are milliseconds since 1970. */
@Entity
@Immutable
@Table(name = "dead_letter")
@IdClass(StoredDeadLetter.Key.class)
public class StoredDeadLetter extends PanacheEntityBase {

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

    public record Key(int atPartition, long atPosition) {}
}
