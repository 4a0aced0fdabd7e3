package dev.threadwright.workflow;

import org.jspecify.annotations.Nullable;

/**
 * The workflows that a server knows. Asked while deciding, so it answers from memory, but for versions that are seldom used;
 * whoever asks has to let a {@link WorkflowsUnavailableException} through.
 */
public interface WorkflowCatalog {

    /**
     * The newest version under this name, or null if there is none.
     *
     * @throws WorkflowsUnavailableException if that cannot be told now
     */
    @Nullable Workflow latest(String tenant, String name);

    /** The newest version under this name; of name@version, that. Null if there is none. */
    default @Nullable Workflow named(String tenant, String name) {
        if (name.indexOf('@') < 0) {
            return latest(tenant, name);
        }
        WorkflowRef ref;
        try {
            ref = WorkflowRef.parse(name);
        } catch (IllegalArgumentException e) {
            // Names have no @: whatever this is, there is none.
            return null;
        }
        return find(tenant, ref);
    }

    /**
     * Exactly this version, or null if the server does not have it.
     *
     * @throws WorkflowsUnavailableException if that cannot be told now
     */
    @Nullable Workflow find(String tenant, WorkflowRef ref);
}
