package dev.threadwright.query;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The registered workflows of a tenant, and those that everyone has. Row-level security leaves out the others. */
@ApplicationScoped
public class WorkflowReads {

    /** How many names or versions are listed. */
    public static final int MAX_LISTED = 1_000;

    private final ReadScope scope;

    WorkflowReads(ReadScope scope) {
        this.scope = scope;
    }

    /** The newest version under each name, by name. */
    public Uni<List<StoredWorkflow>> newest(String tenant) {
        return scope.read(
                tenant,
                () -> StoredWorkflow.<StoredWorkflow>find(
                                "from StoredWorkflow o where o.version = (select max(w.version) from StoredWorkflow w"
                                        + " where w.tenant = o.tenant and w.name = o.name) order by o.name")
                        .page(0, MAX_LISTED)
                        .list());
    }

    /** The newest first; none if there is no such workflow. */
    public Uni<List<StoredWorkflow>> versions(String tenant, String name) {
        return scope.read(
                tenant,
                () -> StoredWorkflow.<StoredWorkflow>find("name = ?1 order by version desc", name)
                        .page(0, MAX_LISTED)
                        .list());
    }

    /** Null if there is no such version. */
    public Uni<@Nullable StoredWorkflow> version(String tenant, String name, int version) {
        return scope.read(
                tenant,
                () -> StoredWorkflow.<StoredWorkflow>find("name = ?1 and version = ?2", name, version)
                        .firstResult());
    }
}
