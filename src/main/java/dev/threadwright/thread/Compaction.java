package dev.threadwright.thread;

import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Makes a thread's state smaller, in a run that nothing else runs beside. It commits one checkpoint, or none. */
final class Compaction {

    /** Where its one step leads. */
    static final Control.Redirect NOWHERE = new Control.Redirect(List.of(), Json.NULL);

    private final ServerSettings settings;
    private final WorkflowCatalog workflows;
    private final Progress progress;

    Compaction(ServerSettings settings, WorkflowCatalog workflows, Progress progress) {
        this.settings = settings;
        this.workflows = workflows;
        this.progress = progress;
    }

    Decision decide(Draft draft, Command.CompactThread compact) {
        if (!draft.state().exists()) {
            return draft.unchanged(Decider.noThread(draft.state()));
        }
        progress.expire(draft);
        ThreadState state = draft.state();
        if (!state.isIdle()) {
            return draft.refused(Rejection.BUSY, "Thread is busy");
        }
        String own = state.settings().workflow();
        String name = own == null ? settings.workflow() : own;
        Workflow workflow = workflows.latest(state.key().tenant(), name);
        Identity source = compact.header().identity();
        if (workflow == null || source == null) {
            return draft.refused(Rejection.UNKNOWN_WORKFLOW, "Unknown workflow \"" + name + "\"");
        }
        String step = workflow.compaction();
        String conflict = step == null ? null : workflow.conflictWith(state.channels());
        if (conflict != null) {
            return draft.refused(Rejection.UNSUITABLE_WORKFLOW, conflict);
        }
        draft.add(new Event.CompactionStarted(
                compact.newRun(), compact.reason(), bytes(state.channels()), messages(state.channels())));
        progress.compact(
                draft,
                compact.newRun(),
                workflow.ref(),
                source,
                step == null ? keepingLast(state.channels(), compact.keep()) : List.of(),
                step == null ? List.of() : List.of(Planned.ready(step)));
        progress.advance(draft);
        return draft.decided(new Outcome.Started(compact.newRun()));
    }

    /** What takes all but the last messages out. */
    private static List<Change> keepingLast(Channels channels, int keep) {
        List<Change> changes = new ArrayList<>();
        channels.cells().forEach((channel, cell) -> {
            if (cell.reducer() == Reducer.MESSAGES
                    && cell.value() instanceof Json.Arr all
                    && all.items().size() > keep) {
                List<Json> last = all.items()
                        .subList(all.items().size() - keep, all.items().size());
                changes.add(new Change(channel, cell.reducer(), Json.array(last), Json.array(last)));
            }
        });
        return changes;
    }

    static int messages(Channels channels) {
        return channels.cells().values().stream()
                .filter(cell -> cell.reducer() == Reducer.MESSAGES)
                .mapToInt(cell ->
                        cell.value() instanceof Json.Arr all ? all.items().size() : 0)
                .sum();
    }

    /** Of the values as JSON, without what escaping adds. */
    static long bytes(Channels channels) {
        return channels.values().entrySet().stream()
                .mapToLong(entry -> entry.getKey().length() + bytes(entry.getValue()))
                .sum();
    }

    private static long bytes(Json json) {
        return switch (json) {
            case Json.Null ignored -> 4;
            case Json.Bool bool -> bool.value() ? 4 : 5;
            case Json.Num num -> num.value().toString().length();
            case Json.Text text -> text.value().getBytes(StandardCharsets.UTF_8).length + 2L;
            case Json.Arr arr ->
                2 + arr.items().stream().mapToLong(item -> bytes(item) + 1).sum();
            case Json.Obj obj ->
                2
                        + obj.fields().entrySet().stream()
                                .mapToLong(field -> field.getKey().length() + 4L + bytes(field.getValue()))
                                .sum();
        };
    }
}
