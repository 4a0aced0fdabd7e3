package dev.threadwright.catalog;

import dev.threadwright.workflow.WorkflowsUnavailableException;
import org.jspecify.annotations.Nullable;

/** The store of the registered workflows cannot be reached; the same may succeed later. */
public final class CatalogUnavailableException extends WorkflowsUnavailableException {
    private static final long serialVersionUID = 1L;

    public CatalogUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
