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
 * @param admittedAtMs when the thread took its inputs in: before its start, if they waited
 * @param inputs the trigger first, then what it has taken in besides
 * @param inbox what its next super-step will take in
 * @param inboxAdmittedAtMs when the last input of the inbox was admitted; 0 while none was
 * @param outsideState those of {@code inputs} that left no trace in the thread's own state
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
        long admittedAtMs,
        List<Input> inputs,
        List<Input> inbox,
        long inboxAdmittedAtMs,
        List<Input> outsideState,
        Set<String> written,
        int superStep,
        @Nullable Task task) {

    public StartedRun {
        inputs = List.copyOf(inputs);
        inbox = List.copyOf(inbox);
        outsideState = List.copyOf(outsideState);
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

    /** What would be lost with the run. */
    List<Input> unsaved() {
        return plus(outsideState, inbox);
    }

    Intake leftOver() {
        return new Intake(inbox, inboxAdmittedAtMs);
    }

    StartedRun joinedBy(Input input, long timeMs) {
        return with(lineage, inputs, plus(inbox, List.of(input)), timeMs, outsideState, written, superStep, task);
    }

    StartedRun emptiedInbox(List<Change> changes) {
        List<Input> outside = plus(outsideState, outside(inbox, changes, lineage));
        return with(lineage, plus(inputs, inbox), List.of(), 0, outside, written, superStep, task);
    }

    StartedRun requested(Task requested) {
        return with(lineage, inputs, inbox, inboxAdmittedAtMs, outsideState, written, superStep, requested);
    }

    StartedRun withLineage(Lineage next) {
        return with(next, inputs, inbox, inboxAdmittedAtMs, outsideState, written, superStep, task);
    }

    /** After its changes: those of a side run stay in its lineage, those of the main run are the thread's already. */
    StartedRun wrote(List<Change> changes) {
        Set<String> all = new LinkedHashSet<>(written);
        changes.forEach(change -> all.add(change.channel()));
        Lineage next = lineage instanceof Lineage.Side side ? side.apply(changes) : lineage;
        return with(next, inputs, inbox, inboxAdmittedAtMs, outsideState, all, superStep, task);
    }

    StartedRun steppedTo(int completed) {
        return with(lineage, inputs, inbox, inboxAdmittedAtMs, outsideState, written, completed, null);
    }

    /**
     * Those of the inputs that none of the changes stems from. Keys that name channels become changes, so an input with
     * the key of a change has written it. A side run writes its own lineage only.
     */
    static List<Input> outside(List<Input> inputs, List<Change> changes, Lineage lineage) {
        return switch (lineage) {
            case Lineage.Side ignored -> inputs;
            case Lineage.Main ignored ->
                inputs.stream()
                        .filter(input -> changes.stream()
                                .noneMatch(change -> input.data() instanceof Json.Obj data
                                        && data.fields().containsKey(change.channel())))
                        .toList();
        };
    }

    private StartedRun with(
            Lineage lineage,
            List<Input> inputs,
            List<Input> inbox,
            long inboxAdmittedAtMs,
            List<Input> outsideState,
            Set<String> written,
            int superStep,
            @Nullable Task task) {
        return new StartedRun(
                id,
                workflow,
                start,
                lineage,
                startedAtMs,
                admittedAtMs,
                inputs,
                inbox,
                inboxAdmittedAtMs,
                outsideState,
                written,
                superStep,
                task);
    }

    private static List<Input> plus(List<Input> first, List<Input> second) {
        List<Input> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
