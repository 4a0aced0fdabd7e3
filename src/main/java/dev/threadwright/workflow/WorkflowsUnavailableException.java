package dev.threadwright.workflow;

import org.jspecify.annotations.Nullable;

/** Whether there is such a workflow cannot be told now; the same may succeed later. It is no defect of whatever asked. */
public class WorkflowsUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public WorkflowsUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
