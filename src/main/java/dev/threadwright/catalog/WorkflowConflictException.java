package dev.threadwright.catalog;

import dev.threadwright.workflow.WorkflowRef;

/** No document can become this version any more: it has other content, or is not above the newest. */
public final class WorkflowConflictException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient WorkflowRef ref;

    private WorkflowConflictException(WorkflowRef ref, String message) {
        super(message);
        this.ref = ref;
    }

    /** That it cannot become. */
    WorkflowRef ref() {
        return ref;
    }

    static WorkflowConflictException otherContent(WorkflowRef ref, int newest) {
        return new WorkflowConflictException(
                ref,
                "Workflow " + ref
                        + " is registered with other content, and a version never changes; give one above the newest, which is "
                        + newest);
    }

    static WorkflowConflictException belowNewest(WorkflowRef ref, int newest) {
        return new WorkflowConflictException(
                ref,
                "Workflow " + ref
                        + " was never registered and cannot be any more: a version has to be above the newest, which is "
                        + newest);
    }
}
