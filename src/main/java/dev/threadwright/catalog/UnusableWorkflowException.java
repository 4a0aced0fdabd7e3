package dev.threadwright.catalog;

import dev.threadwright.workflow.WorkflowRef;

/** A document runs one that is there, and that this server cannot use; so it cannot be used either. */
final class UnusableWorkflowException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnusableWorkflowException(WorkflowRef ref, String reason) {
        super("this server cannot use workflow " + ref + ": " + reason);
    }
}
