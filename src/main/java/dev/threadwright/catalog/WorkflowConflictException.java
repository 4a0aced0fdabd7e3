package dev.threadwright.catalog;

import dev.threadwright.workflow.WorkflowRef;

/** This version of the workflow was registered with other content; a version never changes. */
public final class WorkflowConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WorkflowConflictException(WorkflowRef ref) {
        super("Workflow " + ref + " is registered with other content, and a version never changes; give a new version");
    }
}
