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

/** What a dead letter holds: apart from the rest of it, so that lists do not read it. */
@Entity
@Immutable
@Table(name = "dead_letter")
@IdClass(StoredDeadLetter.Key.class)
public class DeadLetterContent extends PanacheEntityBase {

    @Id
    @Column(name = "partition")
    public int atPartition;

    @Id
    @Column(name = "position")
    public long atPosition;

    public String tenant;

    public byte @Nullable [] key;

    public byte @Nullable [] value;

    /** As {@link dev.threadwright.journal.RawHeaders} are stored. */
    @Formula("cast(headers as text)")
    public String headers;
}
