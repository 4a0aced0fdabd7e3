package dev.threadwright.thread;

import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
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
 * @param budget how long it may be at work; null for as long as it takes
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
        Leg leg,
        Control control,
        @Nullable Budget budget) {

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
        if (control.paused() || leg.at() != null) {
            return RunStatus.PAUSED;
        }
        RunStatus status = frame.status();
        return status == null ? RunStatus.ACTIVE : status;
    }

    /** Whether it stands where its last leg has ended: it asks somebody, or is at a breakpoint. */
    public boolean isStopped() {
        return leg.isClosed() && (status() == RunStatus.WAITING_USER || status() == RunStatus.PAUSED);
    }

    /** Whether something is being done for it, or about to be. */
    boolean isInFlight() {
        for (Frame.Located located : frame.all()) {
            boolean isHere = switch (located.task().state()) {
                case Task.Calling ignored -> true;
                case Task.Backoff ignored -> true;
                case Task.Held ignored -> true;
                case Task.Due ignored -> !control.paused() && leg.at() == null;
                case Task.Joining ignored -> false;
                case Task.Uncertain ignored -> false;
                case Task.Asking ignored -> false;
                case Task.Awaiting ignored -> false;
                case Task.Sleeping ignored -> false;
                case Task.Nested ignored -> false;
                case Task.Ended ignored -> false;
            };
            if (isHere) {
                return true;
            }
        }
        return false;
    }

    /** After some time in which nothing happened on the thread. */
    StartedRun aged(long ms) {
        Budget before = budget;
        if (before == null || ms <= 0 || status() != RunStatus.ACTIVE) {
            return this;
        }
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
                leg,
                control,
                before.used(ms));
    }

    /** When it has been at work for too long, if it goes on so; null if that is never. */
    @Nullable Long overAtMs(long lastEventMs) {
        return budget == null || status() != RunStatus.ACTIVE
                ? null
                : (Long) (lastEventMs + Math.max(0, budget.limitMs() - budget.usedMs()));
    }

    boolean isCompaction() {
        return start == Event.Start.COMPACTION;
    }

    /** The first task that can be executed now; null if there is none, or the run is held. */
    Frame.@Nullable Located firstDue() {
        return control.paused() || leg.at() != null ? null : frame.firstDue();
    }

    /** The task that asks this; null if there is none. */
    public Frame.@Nullable Located asking(InterruptId interrupt) {
        for (Frame.Located located : frame.asking()) {
            if (located.task().state() instanceof Task.Asking asking
                    && asking.interrupt().id().equals(interrupt)) {
                return located;
            }
        }
        return null;
    }

    /** What has not been answered, in the order of the tasks. */
    public List<Interrupt> interrupts() {
        List<Interrupt> interrupts = new ArrayList<>();
        for (Frame.Located located : frame.asking()) {
            if (located.task().state() instanceof Task.Asking asking) {
                interrupts.add(asking.interrupt());
            }
        }
        return interrupts;
    }

    /** What it waits for that somebody outside has to give. */
    public Stop stop() {
        List<InterruptId> asked = new ArrayList<>();
        List<ActionId> uncertain = new ArrayList<>();
        for (Frame.Located located : frame.all()) {
            if (located.task().state() instanceof Task.Asking asking) {
                asked.add(asking.interrupt().id());
            } else if (located.task().state() instanceof Task.Uncertain unknown) {
                uncertain.add(unknown.call().action());
            }
        }
        return new Stop(asked, leg.at(), control.paused(), uncertain);
    }

    public Input trigger() {
        return inputs.getFirst();
    }

    /** That of its trigger, whatever it takes in besides and whoever resumes it; null for none. */
    public @Nullable TraceContext trace() {
        return trigger().trace();
    }

    /** The task whose outstanding attempt this is; null if there is none. */
    public Frame.@Nullable Located calling(ActionId action, int attempt) {
        for (Frame.Located located : frame.all()) {
            Task.Calling call = outstanding(located.task().state());
            if (call != null && call.action().equals(action) && call.attempt() == attempt) {
                return located;
            }
        }
        return null;
    }

    /** The task whose attempt is held; null if there is none. */
    public Frame.@Nullable Located held(ActionId action, int attempt) {
        for (Frame.Located located : frame.all()) {
            if (located.task().state() instanceof Task.Held held
                    && held.call().action().equals(action)
                    && held.call().attempt() == attempt) {
                return located;
            }
        }
        return null;
    }

    /** The task whose action this is, whether an attempt is outstanding or the next one is waited for. */
    public Frame.@Nullable Located acting(ActionId action) {
        for (Frame.Located located : frame.all()) {
            Task.Calling call = act(located.task().state());
            if (call != null && call.action().equals(action)) {
                return located;
            }
        }
        return null;
    }

    /** The last attempt of a task whose action has not ended. */
    static Task.@Nullable Calling act(Task.State state) {
        return switch (state) {
            case Task.Backoff backoff -> backoff.failed();
            case Task.Held held -> held.call();
            case Task.Calling ignored -> outstanding(state);
            case Task.Uncertain ignored -> outstanding(state);
            case Task.Due ignored -> null;
            case Task.Joining ignored -> null;
            case Task.Asking ignored -> null;
            case Task.Awaiting ignored -> null;
            case Task.Sleeping ignored -> null;
            case Task.Nested ignored -> null;
            case Task.Ended ignored -> null;
        };
    }

    /** A result still counts when nobody knows what became of its action. */
    static Task.@Nullable Calling outstanding(Task.State state) {
        return switch (state) {
            case Task.Calling call -> call;
            case Task.Uncertain uncertain -> uncertain.call();
            case Task.Due ignored -> null;
            case Task.Joining ignored -> null;
            case Task.Backoff ignored -> null;
            case Task.Held ignored -> null;
            case Task.Asking ignored -> null;
            case Task.Awaiting ignored -> null;
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
        return with(lineage, plus(inputs, inbox), List.of(), 0, outside, written, frame)
                .withControl(control.heard());
    }

    /** Of what waits in its inbox, this is given up. */
    StartedRun withoutInput(Identity given) {
        List<Input> rest =
                inbox.stream().filter(input -> !input.identity().equals(given)).toList();
        return rest.size() == inbox.size()
                ? this
                : with(lineage, inputs, rest, rest.isEmpty() ? 0 : inboxAdmittedAtMs, outsideState, written, frame);
    }

    StartedRun withTask(TaskId task, UnaryOperator<Task> change) {
        return withFrame(frame.replace(task, change));
    }

    StartedRun withFrame(Frame next) {
        return with(lineage, inputs, inbox, inboxAdmittedAtMs, outsideState, written, next);
    }

    /** At its next super-step. */
    StartedRun next(List<Planned> planned) {
        return withFrame(frame.next(planned))
                .withLeg(leg.after(frame))
                .withControl(control.redirect() == null ? control : control.to(null));
    }

    StartedRun withLeg(Leg next) {
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
                next,
                control,
                budget);
    }

    StartedRun withControl(Control next) {
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
                leg,
                next,
                budget);
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
                leg,
                control,
                budget);
    }

    private static List<Input> plus(List<Input> first, List<Input> second) {
        List<Input> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
