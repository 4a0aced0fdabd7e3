package dev.threadwright.thread;

import dev.threadwright.workflow.WorkflowRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run that ended early has left to do on the thread's state: a continuing run takes it up, with the writes of the
 * tasks that had ended in the unfinished super-step.
 *
 * @param run whose it was; null if it comes from a checkpoint
 * @param inputs the trigger first
 */
public record Resumable(@Nullable RunId run, List<Input> inputs, Frame frame) {

    public Resumable {
        inputs = List.copyOf(inputs);
    }

    public WorkflowRef workflow() {
        return frame.workflow();
    }
}
