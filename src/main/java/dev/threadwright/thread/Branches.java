package dev.threadwright.thread;

import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.SuperStep;
import dev.threadwright.workflow.Workflow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Changes to a state from outside of any run that also say what is to be done next. */
final class Branches {

    private final Edits edits;

    sealed interface Result {}

    record Branch(Event.StateBranched event) implements Result {}

    record Refused(Rejection reason, String message) implements Result {}

    Branches(Edits edits) {
        this.edits = edits;
    }

    /**
     * @param checkpoint whose state is changed; null for that of the thread's head
     * @param named the checkpoint, as it was asked for
     * @param updates of one super-step
     */
    Result branch(Draft draft, @Nullable Checkpoint checkpoint, @Nullable String named, List<Command.Update> updates) {
        ThreadState state = draft.state();
        Channels channels = checkpoint == null ? state.channels() : checkpoint.channels();
        Resumable left = checkpoint == null ? Checkpoint.left(state) : checkpoint.resumable();
        Channels base = checkpoint == null ? null : channels;
        Supplier<String> ids = Edits.ids(state);
        try {
            if (updates.stream().allMatch(update -> update.step() == null && update.goTo() == null)) {
                List<Change> changes = edits.changes(
                        channels,
                        edits.workflow(state, left),
                        updates.stream()
                                .flatMap(update -> update.edits().stream())
                                .toList(),
                        ids);
                return new Branch(new Event.StateBranched(named, base, List.of(), changes, left));
            }
            Workflow workflow = edits.workflow(state, left);
            Refused refused = refused(workflow, updates);
            if (refused != null || workflow == null) {
                return refused != null ? refused : unknownWorkflow();
            }
            if (Command.Update.START.equals(updates.getFirst().step())) {
                return new Branch(begun(
                        draft,
                        named,
                        base,
                        channels,
                        workflow,
                        updates.getFirst().edits(),
                        ids));
            }
            return new Branch(ended(draft, named, base, channels, workflow, left, updates, ids));
        } catch (Edits.UnknownChannel unknown) {
            return new Refused(Rejection.UNKNOWN_CHANNEL, String.valueOf(unknown.getMessage()));
        } catch (StepFailure failure) {
            return new Refused(Rejection.UNSUITABLE_INPUT, String.valueOf(failure.getMessage()));
        }
    }

    private static Refused unknownWorkflow() {
        return new Refused(
                Rejection.UNKNOWN_WORKFLOW,
                "The thread has no workflow whose steps could be named: set one, or start a run first");
    }

    private static @Nullable Refused refused(@Nullable Workflow workflow, List<Command.Update> updates) {
        if (workflow == null) {
            return unknownWorkflow();
        }
        for (Command.Update update : updates) {
            String step = update.step();
            List<String> goTo = update.goTo();
            if (step == null) {
                return new Refused(
                        Rejection.UNKNOWN_STEP,
                        goTo == null
                                ? "Of several updates of one super-step, each has to say as which step"
                                : "An update that goes somewhere has to say as which step");
            }
            boolean isEdge = step.equals(Command.Update.START) || step.equals(Command.Update.END);
            if (isEdge && updates.size() > 1) {
                return new Refused(Rejection.UNKNOWN_STEP, "An update as \"" + step + "\" stands alone");
            }
            if (isEdge && goTo != null) {
                return new Refused(Rejection.UNKNOWN_STEP, "An update as \"" + step + "\" goes nowhere else");
            }
            if (!isEdge && !workflow.steps().containsKey(step)) {
                return unknownStep(workflow, step);
            }
            for (String next : goTo == null ? List.<String>of() : goTo) {
                if (!next.equals(Command.Update.END) && !workflow.steps().containsKey(next)) {
                    return unknownStep(workflow, next);
                }
            }
        }
        return null;
    }

    private static Refused unknownStep(Workflow workflow, String step) {
        return new Refused(Rejection.UNKNOWN_STEP, "Workflow " + workflow.ref() + " has no step \"" + step + "\"");
    }

    /** As if this was an input. */
    private static Event.StateBranched begun(
            Draft draft,
            @Nullable String named,
            @Nullable Channels base,
            Channels channels,
            Workflow workflow,
            List<Command.Edit> writes,
            Supplier<String> ids) {
        String conflict = workflow.conflictWith(channels);
        if (conflict != null) {
            throw new StepFailure(conflict);
        }
        Map<String, Json> data = new LinkedHashMap<>();
        writes.forEach(edit -> data.put(edit.channel(), edit.value()));
        Json trigger = Json.object(data);
        List<Change> changes = new ArrayList<>(workflow.initial(channels, ids));
        changes.addAll(workflow.changesOf(trigger, ids));
        List<Change> settled = workflow.settled(channels, changes);
        List<Planned> planned = SuperStep.start(workflow, new Step.View(channels.apply(settled), trigger, List.of()));
        Resumable left = planned.isEmpty()
                ? null
                : new Resumable(null, List.of(input(draft, trigger)), Frame.begin(workflow.ref(), planned));
        return new Event.StateBranched(named, base, List.of(Command.Update.START), settled, left);
    }

    /** As if these steps had ended so, and nothing else of their super-step had begun. */
    private Event.StateBranched ended(
            Draft draft,
            @Nullable String named,
            @Nullable Channels base,
            Channels channels,
            Workflow workflow,
            @Nullable Resumable left,
            List<Command.Update> updates,
            Supplier<String> ids) {
        List<Input> inputs = left == null ? List.of(input(draft, Json.NULL)) : left.inputs();
        Frame frame = left == null ? new Frame(workflow.ref(), 1, List.of()) : left.frame();
        List<SuperStep.Finished> finished = new ArrayList<>();
        List<Change> written = new ArrayList<>();
        boolean isEnd = Command.Update.END.equals(updates.getFirst().step());
        for (Command.Update update : updates) {
            List<Change> changes = edits.unsettled(workflow, channels, update.edits(), ids);
            written.addAll(changes);
            finished.add(new SuperStep.Finished(String.valueOf(update.step()), Json.NULL, changes, goTo(update), null));
        }
        List<Change> settled = workflow.settled(channels, written);
        List<Planned> next = isEnd
                ? List.of()
                : SuperStep.end(workflow, view(channels, inputs), finished, frame.joining())
                        .next();
        channels.apply(settled);
        return new Event.StateBranched(
                named,
                base,
                updates.stream().map(update -> String.valueOf(update.step())).toList(),
                settled,
                next.isEmpty() ? null : new Resumable(null, inputs, frame.next(next)));
    }

    private static @Nullable List<String> goTo(Command.Update update) {
        List<String> goTo = update.goTo();
        return goTo == null
                ? null
                : goTo.stream().filter(step -> !step.equals(Command.Update.END)).toList();
    }

    private static Step.View view(Channels channels, List<Input> inputs) {
        return new Step.View(
                channels,
                inputs.getFirst().data(),
                inputs.stream().skip(1).map(Input::data).toList());
    }

    private static Input input(Draft draft, Json data) {
        Identity identity = draft.header().identity();
        if (identity == null) {
            throw new IllegalStateException("What changes a state comes from outside, and has an identity");
        }
        return new Input(
                identity, Input.Type.USER_INPUT, null, data, draft.header().trace());
    }
}
