package dev.threadwright.workflow;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A fixed set of workflows, the same for every tenant. */
public final class Workflows implements WorkflowCatalog {

    private final Map<WorkflowRef, Workflow> versions = new HashMap<>();
    private final Map<String, Workflow> latest = new HashMap<>();

    public Workflows(Collection<Workflow> workflows) {
        for (Workflow workflow : workflows) {
            if (versions.put(workflow.ref(), workflow) != null) {
                throw new IllegalArgumentException("Workflow " + workflow.ref() + " is defined twice");
            }
            latest.merge(
                    workflow.ref().name(),
                    workflow,
                    (a, b) -> a.ref().version() > b.ref().version() ? a : b);
        }
    }

    @Override
    public @Nullable Workflow latest(String tenant, String name) {
        return latest.get(name);
    }

    @Override
    public @Nullable Workflow find(String tenant, WorkflowRef ref) {
        return versions.get(ref);
    }
}
