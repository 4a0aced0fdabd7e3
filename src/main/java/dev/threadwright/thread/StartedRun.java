package dev.threadwright.thread;

import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.WorkflowRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A run that has begun and not ended. Ended runs leave the state.
 *
 * @param start what it was started by
 * @param inputs the trigger first, then what it has taken in since
 * @param inbox what its next super-step will take in
 * @param inputInState whether its trigger has been written to the thread's own state
 * @param written the channels that it wrote
 * @param superStep how many super-steps it has completed
 * @param task the action it waits for; null when its next super-step is due
 */
public record StartedRun(
        RunId id,
        WorkflowRef workflow,
        Event.Start start,
        Lineage lineage,
        long startedAtMs,
        List<Input> inputs,
        List<Input> inbox,
        boolean inputInState,
        Set<String> written,
        int superStep,
        @Nullable Task task) {

    public StartedRun {
        inputs = List.copyOf(inputs);
        inbox = List.copyOf(inbox);
        written = Set.copyOf(written);
    }

    /** One execution of a step that has left the decision. */
    public record Task(ActionId action, String step, String handler, Json input, int attempt) {}

    /** Derived from what the run holds: interrupts, waits and breakpoints will be further kinds of task. */
    public RunStatus status() {
        return RunStatus.ACTIVE;
    }

    public Input trigger() {
        return inputs.getFirst();
    }

    boolean isDue() {
        return task == null;
    }

    boolean awaits(ActionId action, int attempt) {
        return task != null && task.action().equals(action) && task.attempt() == attempt;
    }

    List<Json> consumed() {
        return inputs.stream().skip(1).map(Input::data).toList();
    }

    /** What would be lost with the run: a trigger that was mapped into the thread's state would not. */
    List<Input> inputsOutsideState() {
        return plus(inputInState ? inputs.subList(1, inputs.size()) : inputs, inbox);
    }

    StartedRun joinedBy(Input input) {
        return with(lineage, inputs, plus(inbox, List.of(input)), written, superStep, task);
    }

    StartedRun emptiedInbox() {
        return with(lineage, plus(inputs, inbox), List.of(), written, superStep, task);
    }

    StartedRun requested(Task requested) {
        return with(lineage, inputs, inbox, written, superStep, requested);
    }

    StartedRun withLineage(Lineage next) {
        return with(next, inputs, inbox, written, superStep, task);
    }

    /** After its changes: those of a side run stay in its lineage, those of the main run are the thread's already. */
    StartedRun wrote(List<Change> changes) {
        Set<String> all = new LinkedHashSet<>(written);
        changes.forEach(change -> all.add(change.channel()));
        Lineage next = lineage instanceof Lineage.Side side ? side.apply(changes) : lineage;
        return with(next, inputs, inbox, all, superStep, task);
    }

    StartedRun steppedTo(int completed) {
        return with(lineage, inputs, inbox, written, completed, null);
    }

    private StartedRun with(
            Lineage lineage,
            List<Input> inputs,
            List<Input> inbox,
            Set<String> written,
            int superStep,
            @Nullable Task task) {
        return new StartedRun(
                id, workflow, start, lineage, startedAtMs, inputs, inbox, inputInState, written, superStep, task);
    }

    private static List<Input> plus(List<Input> first, List<Input> second) {
        List<Input> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
