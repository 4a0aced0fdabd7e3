package dev.threadwright.step;

import dev.threadwright.workflow.Json;

/** A {@link StepHandler} that may block: each call has a virtual thread of its own. */
public interface BlockingStepHandler {

    /** What action steps call it by. */
    String name();

    /**
     * Returns the action's result, or throws what went wrong; see {@link StepHandler#handle}. Interrupting the thread is
     * how it is told to stop.
     */
    Json handle(StepContext context) throws Exception;
}
