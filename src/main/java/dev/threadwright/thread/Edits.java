package dev.threadwright.thread;

import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import dev.threadwright.workflow.WorkflowRef;
import dev.threadwright.workflow.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Changes to a state from outside of any run, through the reducers that the channels have. */
final class Edits {

    private final ServerSettings settings;
    private final WorkflowCatalog workflows;

    sealed interface Result {}

    record Changes(List<Change> changes) implements Result {}

    record Refused(Rejection reason, String message) implements Result {}

    Edits(ServerSettings settings, WorkflowCatalog workflows) {
        this.settings = settings;
        this.workflows = workflows;
    }

    /**
     * @param state of the thread, for the workflow that declares channels which were never written
     * @param channels the state that is changed
     * @param left what is to be done on it
     */
    Result changes(ThreadState state, Channels channels, @Nullable Resumable left, Json.Obj values) {
        return changes(state, channels, left, Command.Update.edits(values));
    }

    /** As above. */
    Result changes(ThreadState state, Channels channels, @Nullable Resumable left, List<Command.Edit> updates) {
        return changes(state, channels, workflow(state, left), updates);
    }

    /** @param named the workflow that declares channels which were never written; null for the thread's */
    Result changes(
            ThreadState state,
            Channels channels,
            @Nullable Resumable left,
            List<Command.Edit> updates,
            @Nullable String named) {
        Workflow workflow = named == null
                ? workflow(state, left)
                : workflows.named(state.key().tenant(), named);
        return changes(state, channels, workflow, updates);
    }

    /** To what a run reads. */
    Result changes(ThreadState state, StartedRun run, List<Command.Edit> updates) {
        Workflow workflow = workflows.find(state.key().tenant(), run.workflow());
        return changes(state, state.channelsOf(run), workflow, updates);
    }

    private Result changes(
            ThreadState state, Channels channels, @Nullable Workflow workflow, List<Command.Edit> updates) {
        try {
            return new Changes(changes(channels, workflow, updates, ids(state)));
        } catch (UnknownChannel unknown) {
            return new Refused(Rejection.UNKNOWN_CHANNEL, String.valueOf(unknown.getMessage()));
        } catch (StepFailure failure) {
            return new Refused(Rejection.UNSUITABLE_INPUT, String.valueOf(failure.getMessage()));
        }
    }

    /** With the thread's name: a fork has the source's messages, and counts its events anew. */
    static Supplier<String> ids(ThreadState state) {
        return MessageIds.of(state.key().thread() + "-update-" + (state.seq() + 1));
    }

    /** @throws UnknownChannel and StepFailure */
    List<Change> changes(
            Channels channels, @Nullable Workflow workflow, List<Command.Edit> updates, Supplier<String> ids) {
        List<Change> changes = new ArrayList<>();
        Channels now = channels;
        for (Command.Edit edit : updates) {
            List<Change> made = change(workflow, now, edit.channel(), edit.value(), ids);
            List<Change> settled =
                    edit.replace() ? replacing(workflow, made) : workflow == null ? made : workflow.settled(now, made);
            now = now.apply(settled);
            changes.addAll(settled);
        }
        return changes;
    }

    /**
     * As a step writes them: what custom reducers make of them is for the end of the super-step.
     *
     * @throws UnknownChannel and StepFailure
     */
    List<Change> unsettled(Workflow workflow, Channels channels, List<Command.Edit> updates, Supplier<String> ids) {
        return updates.stream()
                .flatMap(edit -> change(workflow, channels, edit.channel(), edit.value(), ids).stream())
                .toList();
    }

    /** As if the channel had held nothing, in place of what it holds. */
    private static List<Change> replacing(@Nullable Workflow workflow, List<Change> made) {
        List<Change> settled = workflow == null ? made : workflow.settled(Channels.EMPTY, made);
        Channels alone = Channels.EMPTY.apply(settled);
        return settled.stream()
                .map(change ->
                        new Change(change.channel(), change.reducer(), change.value(), alone.get(change.channel())))
                .toList();
    }

    static final class UnknownChannel extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnknownChannel(String message) {
            super(message);
        }
    }

    private static List<Change> change(
            @Nullable Workflow workflow, Channels channels, String channel, Json value, Supplier<String> ids) {
        Reducer there = channels.reducer(channel);
        if (workflow != null && workflow.channels().containsKey(channel)) {
            List<Change> changes = workflow.changesOf(List.of(new Write(channel, value)), ids);
            if (there == null || there.equals(changes.getFirst().reducer())) {
                return changes;
            }
        }
        if (there == null || there instanceof Reducer.Custom) {
            throw new UnknownChannel("Unknown channel \"" + channel + "\"");
        }
        return List.of(new Change(channel, there, there.prepared(value, ids)));
    }

    @Nullable Workflow workflow(ThreadState state, @Nullable Resumable left) {
        String tenant = state.key().tenant();
        if (left != null) {
            return workflows.find(tenant, left.workflow());
        }
        for (StartedRun run : state.started()) {
            if (run.lineage() instanceof Lineage.Main) {
                return workflows.find(tenant, run.workflow());
            }
        }
        WorkflowRef last = state.workflow();
        if (last != null) {
            return workflows.find(tenant, last);
        }
        String own = state.settings().workflow();
        return workflows.latest(tenant, own == null ? settings.workflow() : own);
    }
}
