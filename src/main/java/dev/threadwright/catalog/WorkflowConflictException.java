package dev.threadwright.catalog;

import dev.threadwright.workflow.WorkflowRef;

/** No document can become this version any more: it has other content, or is not above the newest. */
public final class WorkflowConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private WorkflowConflictException(String message) {
        super(message);
    }

    static WorkflowConflictException otherContent(WorkflowRef ref, int newest) {
        return new WorkflowConflictException("Workflow " + ref
                + " is registered with other content, and a version never changes; give one above the newest, which is "
                + newest);
    }

    static WorkflowConflictException belowNewest(WorkflowRef ref, int newest) {
        return new WorkflowConflictException("Workflow " + ref
                + " was never registered and cannot be any more: a version has to be above the newest, which is "
                + newest);
    }
}
