package dev.threadwright.catalog;

import dev.threadwright.workflow.Workflow;
import org.jspecify.annotations.Nullable;

/**
 * A version of a workflow that can run.
 *
 * @param description what its document says of itself; null if it says nothing
 * @param bytes of the document, as good as; 0 if there is none
 */
record Compiled(Workflow workflow, @Nullable String description, int bytes) {

    static Compiled inJava(Workflow workflow) {
        return new Compiled(workflow, null, 0);
    }

    int version() {
        return workflow.ref().version();
    }
}
