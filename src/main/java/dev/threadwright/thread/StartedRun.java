package dev.threadwright.thread;

import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.WorkflowRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
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
 * @param frame the tasks of its current super-step
 * @param legFrom the super-step that its current leg began with
 */
public record StartedRun(
        RunId id,
        Event.Start start,
        Lineage lineage,
        long startedAtMs,
        long admittedAtMs,
        List<Input> inputs,
        List<Input> inbox,
        long inboxAdmittedAtMs,
        List<Input> outsideState,
        Set<String> written,
        Frame frame,
        int legFrom) {

    public StartedRun {
        inputs = List.copyOf(inputs);
        inbox = List.copyOf(inbox);
        outsideState = List.copyOf(outsideState);
        written = Set.copyOf(written);
    }

    public WorkflowRef workflow() {
        return frame.workflow();
    }

    /** Derived from what the run holds. */
    public RunStatus status() {
        RunStatus status = frame.status();
        return status == null ? RunStatus.ACTIVE : status;
    }

    public Input trigger() {
        return inputs.getFirst();
    }

    boolean awaits(ActionId action, int attempt) {
        return calling(action, attempt) != null;
    }

    /** The task whose outstanding attempt this is; null if there is none. */
    Frame.@Nullable Located calling(ActionId action, int attempt) {
        for (Frame.Located located : frame.all()) {
            Task.Calling call = outstanding(located.task().state());
            if (call != null && call.action().equals(action) && call.attempt() == attempt) {
                return located;
            }
        }
        return null;
    }

    /** A result still counts when nobody knows what became of its action. */
    static Task.@Nullable Calling outstanding(Task.State state) {
        return switch (state) {
            case Task.Calling call -> call;
            case Task.Uncertain uncertain -> uncertain.call();
            case Task.Due ignored -> null;
            case Task.Joining ignored -> null;
            case Task.Backoff ignored -> null;
            case Task.Sleeping ignored -> null;
            case Task.Nested ignored -> null;
            case Task.Ended ignored -> null;
        };
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

    Resumable resumable() {
        return new Resumable(id, inputs, frame.again());
    }

    StartedRun joinedBy(Input input, long timeMs) {
        return with(lineage, inputs, plus(inbox, List.of(input)), timeMs, outsideState, written, frame);
    }

    StartedRun emptiedInbox(List<Change> changes, boolean mapped) {
        List<Input> outside = plus(outsideState, outside(inbox, changes, mapped, lineage));
        return with(lineage, plus(inputs, inbox), List.of(), 0, outside, written, frame);
    }

    StartedRun withTask(TaskId task, UnaryOperator<Task> change) {
        return withFrame(frame.replace(task, change));
    }

    StartedRun withFrame(Frame next) {
        return with(lineage, inputs, inbox, inboxAdmittedAtMs, outsideState, written, next);
    }

    StartedRun withLineage(Lineage next) {
        return with(next, inputs, inbox, inboxAdmittedAtMs, outsideState, written, frame);
    }

    /** After its changes: those of a side run stay in its lineage, those of the main run are the thread's already. */
    StartedRun wrote(List<Change> changes) {
        Set<String> all = new LinkedHashSet<>(written);
        changes.forEach(change -> all.add(change.channel()));
        Lineage next = lineage instanceof Lineage.Side side ? side.apply(changes) : lineage;
        return with(next, inputs, inbox, inboxAdmittedAtMs, outsideState, all, frame);
    }

    /**
     * Those of the inputs that none of the changes stems from. A workflow that says itself what inputs write makes what
     * it wants of each; otherwise keys that name channels become changes, so an input with the key of a change has
     * written it. A side run writes its own lineage only.
     */
    static List<Input> outside(List<Input> inputs, List<Change> changes, boolean mapped, Lineage lineage) {
        return switch (lineage) {
            case Lineage.Side ignored -> inputs;
            case Lineage.Main ignored ->
                mapped
                        ? List.of()
                        : inputs.stream()
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
            Frame frame) {
        return new StartedRun(
                id,
                start,
                lineage,
                startedAtMs,
                admittedAtMs,
                inputs,
                inbox,
                inboxAdmittedAtMs,
                outsideState,
                written,
                frame,
                legFrom);
    }

    private static List<Input> plus(List<Input> first, List<Input> second) {
        List<Input> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
