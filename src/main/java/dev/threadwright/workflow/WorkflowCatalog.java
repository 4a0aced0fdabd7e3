package dev.threadwright.workflow;

import org.jspecify.annotations.Nullable;

/** The workflows that a server knows. Asked while deciding, so it answers from memory. */
public interface WorkflowCatalog {

    /** The newest version under this name, or null if there is none. */
    @Nullable Workflow latest(String tenant, String name);

    /** Exactly this version, or null if the server does not have it. */
    @Nullable Workflow find(String tenant, WorkflowRef ref);
}
