package dev.threadwright.query;

import io.quarkus.hibernate.reactive.panache.PanacheEntityBase;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;

/** A registered version of a workflow. */
@Entity
@Immutable
@Table(name = "workflow")
@IdClass(StoredWorkflow.Key.class)
public class StoredWorkflow extends PanacheEntityBase {

    /** {@code *} for what every tenant has. */
    @Id
    public String tenant;

    @Id
    public String name;

    @Id
    public int version;

    /** As it was sent: JSON or YAML. */
    @Column(columnDefinition = "text")
    public String document;

    public record Key(String tenant, String name, int version) {}
}
