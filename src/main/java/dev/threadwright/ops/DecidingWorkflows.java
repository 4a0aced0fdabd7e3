package dev.threadwright.ops;

import dev.threadwright.catalog.Catalog;
import dev.threadwright.catalog.CatalogUnavailableException;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import dev.threadwright.workflow.WorkflowRef;
import org.jspecify.annotations.Nullable;

/**
 * The catalog for those who decide: a version that is not in memory and cannot be read is a journal that cannot be
 * reached, so that the batch is decided again later, and no run fails for it.
 */
record DecidingWorkflows(Catalog catalog) implements WorkflowCatalog {

    @Override
    public @Nullable Workflow latest(String tenant, String name) {
        return catalog.latest(tenant, name);
    }

    @Override
    public @Nullable Workflow find(String tenant, WorkflowRef ref) {
        try {
            return catalog.find(tenant, ref);
        } catch (CatalogUnavailableException e) {
            throw new JournalUnavailableException(String.valueOf(e.getMessage()), e);
        }
    }
}
