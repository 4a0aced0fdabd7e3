package dev.threadwright.workflow;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The workflows that a server knows, every version of them. */
public final class Workflows {

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

    /** The newest version under this name, or null if there is none. */
    public @Nullable Workflow latest(String name) {
        return latest.get(name);
    }

    /** Exactly this version, or null if the server does not have it. */
    public @Nullable Workflow find(WorkflowRef ref) {
        return versions.get(ref);
    }
}
