package dev.threadwright.simulation;

import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import dev.threadwright.workflow.WorkflowRef;
import org.jspecify.annotations.Nullable;

/** A defect of all servers that comes and goes: while it is there, they fail on whatever concerns one of the workflows. */
final class Defect implements WorkflowCatalog {

    private @Nullable String of;

    void begin(String workflow) {
        of = workflow;
    }

    void end() {
        of = null;
    }

    @Override
    public @Nullable Workflow latest(String tenant, String name) {
        fail(name);
        return Trades.ALL.latest(tenant, name);
    }

    @Override
    public @Nullable Workflow find(String tenant, WorkflowRef ref) {
        fail(ref.name());
        return Trades.ALL.find(tenant, ref);
    }

    private void fail(String name) {
        if (name.equals(of)) {
            throw new IllegalStateException("injected: a defect of " + name);
        }
    }
}
