package dev.threadwright.assistant;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.WorkflowRef;
import org.jspecify.annotations.Nullable;

/**
 * What runs are made of.
 *
 * @param id a UUID
 * @param graph the name of a workflow, which stands for its newest version, or name@version
 * @param version of the assistant; of the workflow, for one that is a workflow
 * @param config tags, recursion_limit, configurable
 * @param context any value
 */
public record Assistant(
        String id, String graph, int version, String name, Json.Obj config, Json context, Json.Obj metadata) {

    /** The workflow's name. */
    public String workflow() {
        WorkflowRef pinned = pinned();
        return pinned == null ? graph : pinned.name();
    }

    /** The only version of the workflow that it runs; null for whichever is the newest. */
    public @Nullable WorkflowRef pinned() {
        return pinned(graph);
    }

    static @Nullable WorkflowRef pinned(String graph) {
        try {
            return graph.indexOf('@') < 0 ? null : WorkflowRef.parse(graph);
        } catch (IllegalArgumentException e) {
            // Names have no @: it is a graph that there is not, and is looked up and missed as one.
            return null;
        }
    }
}
