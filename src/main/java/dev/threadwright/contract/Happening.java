package dev.threadwright.contract;

import dev.threadwright.thread.Checkpoint;
import dev.threadwright.thread.Interrupt;
import dev.threadwright.thread.RunId;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Part of what an event means to those who watch, whatever words they are told it in. Namespaces are those of
 * {@link StateView}.
 */
sealed interface Happening {

    /** From here on the leg can be followed. */
    record LegOpened(RunId leg) implements Happening {}

    record LegEnded(LegEnd end) implements Happening {}

    /** @param withValues whether it is told with its state */
    record CheckpointMade(Checkpoint checkpoint, boolean withValues) implements Happening {}

    /** The state of a graph, without a checkpoint of its own. */
    record StateShown(List<String> namespace, Supplier<Channels> channels) implements Happening {}

    /** The run's own state, as it is ended with. */
    record Shown(Supplier<Json.Obj> values) implements Happening {}

    /** A leg stops. @param interrupts empty at a breakpoint */
    record Stopped(Supplier<Json.Obj> values, List<Json> interrupts) implements Happening {}

    /** A question that nobody has answered when its leg stops. */
    record Asked(List<String> namespace, Interrupt interrupt) implements Happening {}

    /** @param name of the workflow */
    record GraphBegan(List<String> namespace, String name) implements Happening {}

    /** @param error null unless it failed */
    record GraphEnded(
            List<String> namespace,
            String name,
            Ending how,
            @Nullable String error) implements Happening {}

    /** How a graph ended, or stopped. */
    enum Ending {
        COMPLETED,
        FAILED,
        INTERRUPTED
    }

    /** Where a task belongs, and its name there. */
    record TaskPlace(List<String> namespace, String id, String step, int superStep) {}

    record TaskBegan(TaskPlace place, Json item, Supplier<Channels> channels) implements Happening {}

    /**
     * @param error null unless it failed
     * @param interrupts what it asks, if it waits and has not ended
     */
    record TaskEnded(
            TaskPlace place, List<Change> changes, @Nullable String error, List<Json> interrupts)
            implements Happening {}

    /** What a task wrote. */
    record Written(TaskPlace place, List<Change> changes) implements Happening {}

    /** @param id of the call */
    record ToolBegan(TaskPlace place, String id, String name, Json input) implements Happening {}

    record ToolEnded(TaskPlace place, String id, String name, Json output) implements Happening {}

    record ToolFailed(TaskPlace place, String id, String name, String error) implements Happening {}
}
