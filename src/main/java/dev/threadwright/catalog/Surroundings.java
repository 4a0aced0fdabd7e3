package dev.threadwright.catalog;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import dev.threadwright.workflow.WorkflowRef;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a document may refer to.
 *
 * @param callbacks whether others can call back to this server
 */
record Surroundings(
        String tenant,
        WorkflowCatalog workflows,
        Set<String> handlers,
        Map<String, BinaryOperator<Json>> reducers,
        boolean callbacks) {

    /** How deep workflows may run each other, the outermost included. */
    static final int MAX_DEPTH = 8;

    @Nullable Workflow latest(String name) {
        return workflows.latest(tenant, name);
    }

    @Nullable Workflow find(WorkflowRef ref) {
        return workflows.find(tenant, ref);
    }

    @Nullable BinaryOperator<Json> reducer(String name) {
        return reducers.get(name);
    }

    /** 1 for a workflow that runs no other; more than {@link #MAX_DEPTH} if there is no end to it. */
    int depth(Workflow workflow) {
        return depth(workflow, new HashMap<>());
    }

    private int depth(Workflow workflow, Map<WorkflowRef, Integer> known) {
        Integer before = known.get(workflow.ref());
        if (before != null) {
            return before;
        }
        // What leads back to it while it is looked at, leads too deep.
        known.put(workflow.ref(), MAX_DEPTH);
        int deepest = 0;
        for (Step step : workflow.steps().values()) {
            if (step.kind() instanceof Step.Subgraph subgraph) {
                Workflow inner = find(subgraph.workflow());
                deepest = Math.max(deepest, inner == null ? 0 : depth(inner, known));
            }
        }
        known.put(workflow.ref(), deepest + 1);
        return deepest + 1;
    }
}
