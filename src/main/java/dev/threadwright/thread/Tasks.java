package dev.threadwright.thread;

import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.SuperStep;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import dev.threadwright.workflow.Write;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Executes tasks, and says what becomes of them: of each its end or failure, of the last one of a super-step what
 * follows, and of the last one of all the end of the run.
 */
final class Tasks {

    /** The longest wait that a rate limit is believed: one hour. */
    static final long MAX_RATE_LIMIT_WAIT_MS = 3_600_000;

    /** How deep subgraphs may run each other. */
    static final int MAX_DEPTH = 8;

    private final WorkflowCatalog workflows;

    Tasks(WorkflowCatalog workflows) {
        this.workflows = workflows;
    }

    /** @param due of the run; see {@link Frame#firstDue} */
    void execute(Draft draft, RunId run, Frame.Located due) {
        Runnable executed;
        try {
            Graph graph = graph(draft, run, due.id().parent());
            if (graph.frame().superStep() - legFrom(graph) >= graph.workflow().recursionLimit()) {
                // Past any step's own error edge, which would lead on beyond the limit.
                failGraph(
                        draft,
                        run,
                        due.id().parent(),
                        due.task().step(),
                        "Recursion limit of " + graph.workflow().recursionLimit() + " super-steps reached");
                return;
            }
            if (graph.parent() == null
                    && graph.frame().isFresh()
                    && !graph.run().inbox().isEmpty()) {
                takeInInbox(draft, graph);
                graph = graph(draft, run, null);
            }
            executed =
                    prepared(draft, graph, due, graph.workflow().step(due.task().step()));
        } catch (StepFailure failure) {
            fail(draft, run, due.id(), due.task().step(), String.valueOf(failure.getMessage()));
            return;
        } catch (RuntimeException defect) {
            // The workflow's, not ours: it must cost this run and not the partition, which would meet it for ever.
            fail(draft, run, due.id(), due.task().step(), "The step is defective: " + defect);
            return;
        }
        executed.run();
    }

    /** The result of an outstanding action. */
    void complete(Draft draft, RunId run, Frame.Located calling, Task.Calling call, Json result) {
        draft.add(new Event.ActionSucceeded(run, call.action(), call.attempt(), result));
        Task.Ended end;
        try {
            Graph graph = graph(draft, run, calling.id().parent());
            Step step = graph.workflow().step(calling.task().step());
            if (!(step.kind() instanceof Step.Action action)) {
                throw new StepFailure(
                        "Step \"" + step.name() + "\" of " + graph.workflow().ref() + " is no action");
            }
            end = ended(
                    graph,
                    calling.id(),
                    action.result().of(graph.view(calling.task().item()), result));
        } catch (StepFailure failure) {
            fail(draft, run, calling.id(), calling.task().step(), String.valueOf(failure.getMessage()));
            return;
        } catch (RuntimeException defect) {
            fail(draft, run, calling.id(), calling.task().step(), "The step is defective: " + defect);
            return;
        }
        end(draft, run, calling.id(), calling.task().step(), end, "");
    }

    /** A failed attempt at an outstanding action: the next one, or the failure of the task. */
    void failAttempt(Draft draft, RunId run, Frame.Located calling, Task.Calling call, Failure failure) {
        Step.Retries retries = retries(draft, run, calling);
        int retried = call.attempt() - 1;
        if (failure.kind() != Failure.Kind.PERMANENT && retried < retries.max()) {
            draft.add(new Event.ActionRetryScheduled(
                    run,
                    call.action(),
                    call.attempt(),
                    failure.message(),
                    draft.timeMs() + waitMs(failure, call, retries.backoffMs(retried))));
            return;
        }
        draft.add(new Event.ActionFailed(run, call.action(), call.attempt(), failure.message()));
        fail(draft, run, calling.id(), calling.task().step(), failure.message());
    }

    /** What the run's tasks wait for that is due: sleeps, next attempts, deadlines of attempts; the earliest first. */
    void fireTimers(Draft draft, RunId run) {
        List<Frame.Located> due = new ArrayList<>();
        for (Frame.Located located : started(draft, run).frame().all()) {
            Long dueAtMs = dueAtMs(located.task().state());
            if (dueAtMs != null && dueAtMs <= draft.timeMs()) {
                due.add(located);
            }
        }
        due.sort(Comparator.comparingLong(
                located -> Objects.requireNonNull(dueAtMs(located.task().state()))));
        due.forEach(located -> fire(draft, run, located));
    }

    private static @Nullable Long dueAtMs(Task.State state) {
        return switch (state) {
            case Task.Sleeping sleeping -> sleeping.untilMs();
            case Task.Backoff backoff -> backoff.untilMs();
            case Task.Calling call -> call.deadlineMs();
            case Task.Due ignored -> null;
            case Task.Joining ignored -> null;
            case Task.Uncertain ignored -> null;
            case Task.Nested ignored -> null;
            case Task.Ended ignored -> null;
        };
    }

    private void fire(Draft draft, RunId id, Frame.Located located) {
        StartedRun run = draft.state().started(id);
        if (run == null || !located.task().equals(run.frame().find(located.id()))) {
            return; // What was due before has ended it.
        }
        switch (located.task().state()) {
            case Task.Sleeping ignored -> {
                draft.add(new Event.TimerFired(run.id(), located.id()));
                end(draft, run.id(), located.id(), located.task().step(), NOTHING, "");
            }
            case Task.Backoff ignored -> draft.add(new Event.TimerFired(run.id(), located.id()));
            case Task.Calling call ->
                failAttempt(
                        draft,
                        run.id(),
                        located,
                        call,
                        Failure.passing("No result within " + call.timeoutMs() + " ms"));
            case Task.Due ignored -> {}
            case Task.Joining ignored -> {}
            case Task.Uncertain ignored -> {}
            case Task.Nested ignored -> {}
            case Task.Ended ignored -> {}
        }
    }

    /** Whatever is wrong with the run as a whole. */
    void failRun(Draft draft, RunId run, String step, String error) {
        draft.add(new Event.RunFailed(run, step, error));
    }

    /** The end of a run whose start leads nowhere. */
    void completeEmpty(Draft draft, RunId run) {
        try {
            Graph graph = graph(draft, run, null);
            completeRun(draft, graph, new SuperStep.End(graph.channels(), List.of(), List.of()), List.of(), "");
        } catch (StepFailure failure) {
            failRun(draft, run, "", String.valueOf(failure.getMessage()));
        }
    }

    private static final Task.Ended NOTHING = new Task.Ended(List.of(), null, null);

    private static int legFrom(Graph graph) {
        return graph.parent() == null ? graph.run().legFrom() : 1;
    }

    private void takeInInbox(Draft draft, Graph graph) {
        StartedRun run = graph.run();
        List<Identity> inputs = run.inbox().stream().map(Input::identity).toList();
        List<Change> changes;
        try {
            List<Change> written = new ArrayList<>();
            Supplier<String> ids = ids(run.id() + "-" + graph.frame().superStep() + "-input");
            run.inbox().forEach(input -> written.addAll(graph.workflow().changesOf(input.data(), ids)));
            changes = graph.workflow().settled(graph.channels(), written);
            graph.channels().apply(changes);
        } catch (StepFailure unsuitable) {
            // It fitted when it was admitted. The state has changed since; the steps still see its data.
            changes = List.of();
        }
        draft.add(new Event.InputMerged(
                run.id(), inputs, changes, graph.workflow().input() != null && !changes.isEmpty()));
    }

    private Runnable prepared(Draft draft, Graph graph, Frame.Located due, Step step) {
        RunId run = graph.run().id();
        TaskId id = due.id();
        Step.View view = graph.view(due.task().item());
        return switch (step.kind()) {
            case Step.Pure pure -> {
                Task.Ended end = ended(graph, id, pure.function().apply(view));
                yield () -> end(draft, run, id, step.name(), end, "");
            }
            case Step.Action action -> {
                Event.ActionRequested requested = new Event.ActionRequested(
                        run,
                        id,
                        ActionId.of(run, id),
                        step.name(),
                        action.handler(),
                        action.request().input(view),
                        action.idempotent(),
                        action.timeoutMs());
                yield () -> draft.add(requested);
            }
            case Step.Sleep sleep -> {
                long ms = sleep.duration().ms(view);
                if (ms <= 0) {
                    yield () -> end(draft, run, id, step.name(), NOTHING, "");
                }
                Event.TimerSet set = new Event.TimerSet(run, id, step.name(), Math.addExact(draft.timeMs(), ms));
                yield () -> draft.add(set);
            }
            case Step.Subgraph subgraph -> {
                Event.SubgraphStarted started = subgraph(draft, graph, id, subgraph, view);
                yield () -> {
                    draft.add(started);
                    if (started.tasks().isEmpty()) {
                        completeGraph(draft, run, id, List.of(), Channels.EMPTY.apply(started.changes()));
                    }
                };
            }
        };
    }

    private Event.SubgraphStarted subgraph(
            Draft draft, Graph graph, TaskId id, Step.Subgraph subgraph, Step.View view) {
        if (id.path().size() > MAX_DEPTH) {
            throw new StepFailure("Subgraphs run each other more than " + MAX_DEPTH + " deep");
        }
        Workflow inner = workflows.find(draft.state().key().tenant(), subgraph.workflow());
        if (inner == null) {
            throw new StepFailure("Workflow " + subgraph.workflow() + " is not on this server");
        }
        Supplier<String> ids = ids(graph.run().id() + "-" + id + "-input");
        Step.Request input = subgraph.input();
        Json trigger = input == null ? graph.trigger() : input.input(view);
        List<Change> changes = new ArrayList<>(inner.initial(Channels.EMPTY, ids));
        if (input == null) {
            List<Write> shared = inner.channels().keySet().stream()
                    .filter(graph::holds)
                    .map(channel -> new Write(channel, graph.channels().get(channel)))
                    .toList();
            // What is handed down takes the place of the initial value.
            changes.removeIf(change -> graph.holds(change.channel()));
            changes.addAll(inner.changesOf(shared, ids));
        } else {
            changes.addAll(inner.changesOf(trigger, ids));
        }
        List<Change> settled = inner.settled(Channels.EMPTY, changes);
        List<Planned> tasks = SuperStep.start(
                inner,
                new Step.View(
                        Channels.EMPTY.apply(settled), trigger, graph.run().consumed()));
        return new Event.SubgraphStarted(graph.run().id(), id, inner.ref(), trigger, settled, tasks);
    }

    private static Task.Ended ended(Graph graph, TaskId id, Step.Outcome outcome) {
        return new Task.Ended(
                graph.workflow().changesOf(outcome.writes(), ids(graph.run().id() + "-" + id)), outcome.goTo(), null);
    }

    /** @param error of the task, if it failed and something follows that */
    private void end(Draft draft, RunId run, TaskId id, String step, Task.Ended end, String error) {
        Graph graph;
        try {
            graph = graph(draft, run, id.parent());
        } catch (StepFailure missing) {
            fail(draft, run, id, step, String.valueOf(missing.getMessage()));
            return;
        }
        List<SuperStep.Finished> finished = graph.finishedWith(id, end);
        SuperStep.End over = null;
        String problem = null;
        if (finished != null) {
            try {
                over = SuperStep.end(
                        graph.workflow(),
                        graph.view(Json.NULL),
                        finished,
                        graph.frame().joining());
            } catch (StepFailure failure) {
                problem = String.valueOf(failure.getMessage());
            } catch (RuntimeException defect) {
                problem = "The workflow is defective: " + defect;
            }
        }
        List<Planned> next = over == null ? List.of() : over.next();
        List<Change> settled = over == null || next.isEmpty() ? List.of() : over.settled();
        List<String> goTo = end.goTo();
        draft.add(
                end.error() == null || goTo == null
                        ? new Event.StepCompleted(run, id, step, end.changes(), goTo, settled, next)
                        : new Event.StepFailed(run, id, step, error, goTo.getFirst(), settled, next));
        if (problem != null) {
            failGraph(draft, run, id.parent(), step, problem);
        } else if (over != null && finished != null && next.isEmpty()) {
            List<Change> changes =
                    finished.stream().flatMap(task -> task.changes().stream()).toList();
            if (id.parent() == null) {
                completeRun(draft, graph, over, changes, step);
            } else {
                completeGraph(draft, run, id.parent(), changes, over.merged());
            }
        }
    }

    private void fail(Draft draft, RunId run, TaskId id, String step, String error) {
        String followedBy;
        try {
            followedBy = graph(draft, run, id.parent()).workflow().step(step).onError();
        } catch (StepFailure missing) {
            followedBy = null;
        }
        if (followedBy == null) {
            draft.add(new Event.StepFailed(run, id, step, error, null, List.of(), List.of()));
            failGraph(draft, run, id.parent(), step, error);
            return;
        }
        end(draft, run, id, step, new Task.Ended(List.of(), List.of(followedBy), Fold.errorItem(step, error)), error);
    }

    private void failGraph(Draft draft, RunId run, @Nullable TaskId parent, String step, String error) {
        if (parent == null) {
            failRun(draft, run, step, error);
            return;
        }
        Task task = started(draft, run).frame().find(parent);
        if (task == null) {
            throw new IllegalStateException("Run " + run + " has no task " + parent);
        }
        fail(draft, run, parent, task.step(), "Step \"" + step + "\" of the subgraph: " + error);
    }

    /** @param changes of the last super-step */
    private void completeRun(Draft draft, Graph graph, SuperStep.End end, List<Change> changes, String step) {
        StartedRun run = graph.run();
        List<Change> folded = List.of();
        List<Change> foldedBelow = List.of();
        if (run.lineage() instanceof Lineage.Side side) {
            List<Change> all = new ArrayList<>(side.changes());
            all.addAll(changes);
            try {
                folded = fold(graph.workflow(), draft.state().channels(), all);
                for (StartedRun other : draft.state().started()) {
                    if (other.lineage() instanceof Lineage.Main main) {
                        foldedBelow = fold(graph.workflow(), main.base(), all);
                    }
                }
            } catch (StepFailure failure) {
                failRun(draft, run.id(), step, "Its writes do not fold into the thread: " + failure.getMessage());
                return;
            }
        }
        Set<String> written = new LinkedHashSet<>(run.written());
        changes.forEach(change -> written.add(change.channel()));
        Map<String, Json> values = new LinkedHashMap<>();
        written.stream()
                .sorted()
                .forEach(channel -> values.put(channel, end.merged().get(channel)));
        draft.add(new Event.RunCompleted(run.id(), values, end.settled(), folded, foldedBelow));
    }

    private static List<Change> fold(Workflow workflow, Channels into, List<Change> changes) {
        for (Change change : changes) {
            Reducer there = into.reducer(change.channel());
            if (there != null && !there.equals(change.reducer())) {
                throw new StepFailure("channel \"" + change.channel() + "\" is " + there.form() + " there and "
                        + change.reducer().form() + " here");
            }
        }
        List<Change> settled = workflow.settled(into, changes);
        into.apply(settled);
        return settled.stream().filter(change -> change.result() != null).toList();
    }

    /** The end of a subgraph, which is that of the task that ran it. */
    private void completeGraph(Draft draft, RunId run, TaskId parent, List<Change> changes, Channels last) {
        Task task = started(draft, run).frame().find(parent);
        if (task == null || !(task.state() instanceof Task.Nested nested)) {
            throw new IllegalStateException("Task " + parent + " of run " + run + " runs no subgraph");
        }
        Task.Ended end;
        try {
            Graph above = graph(draft, run, parent.parent());
            Step step = above.workflow().step(task.step());
            if (!(step.kind() instanceof Step.Subgraph subgraph)) {
                throw new StepFailure(
                        "Step \"" + step.name() + "\" of " + above.workflow().ref() + " is no subgraph");
            }
            Step.Result output = subgraph.output();
            end = ended(
                    above,
                    parent,
                    output == null
                            ? Step.Outcome.of(sharedWrites(above.workflow(), nested, changes))
                            : output.of(above.view(task.item()), Json.object(last.values())));
        } catch (StepFailure failure) {
            fail(draft, run, parent, task.step(), String.valueOf(failure.getMessage()));
            return;
        } catch (RuntimeException defect) {
            fail(draft, run, parent, task.step(), "The step is defective: " + defect);
            return;
        }
        end(draft, run, parent, task.step(), end, "");
    }

    /** Its writes, not its values: what it was handed is there already. Of a channel that keeps the last, the last. */
    private static List<Write> sharedWrites(Workflow above, Task.Nested nested, List<Change> changes) {
        List<Change> all = new ArrayList<>(nested.changes());
        all.addAll(changes);
        List<Write> writes = new ArrayList<>();
        for (Change change : all) {
            if (above.channels().containsKey(change.channel())) {
                if (change.reducer() == Reducer.LAST_WRITE_WINS) {
                    writes.removeIf(write -> write.channel().equals(change.channel()));
                }
                writes.add(new Write(change.channel(), change.value()));
            }
        }
        return writes;
    }

    private Step.Retries retries(Draft draft, RunId run, Frame.Located calling) {
        try {
            Step step = graph(draft, run, calling.id().parent())
                    .workflow()
                    .step(calling.task().step());
            return step.kind() instanceof Step.Action action ? action.retries() : Step.Retries.NONE;
        } catch (StepFailure missing) {
            return Step.Retries.NONE;
        }
    }

    /** Half of a backoff is certain, the other half drawn by the attempt's name: deciding again draws the same. */
    private static long waitMs(Failure failure, Task.Calling call, long backoffMs) {
        Long told = failure.retryAfterMs();
        if (failure.kind() == Failure.Kind.RATE_LIMITED && told != null) {
            return Math.clamp(told, 0, MAX_RATE_LIMIT_WAIT_MS);
        }
        long drawn = ByteBuffer.wrap(Fingerprint.of(call.action().value(), Integer.toString(call.attempt())))
                .getLong();
        return backoffMs / 2 + Math.floorMod(drawn, backoffMs - backoffMs / 2 + 1);
    }

    private Graph graph(Draft draft, RunId run, @Nullable TaskId parent) {
        return Graph.of(workflows, draft.state(), started(draft, run), parent);
    }

    private static StartedRun started(Draft draft, RunId run) {
        StartedRun started = draft.state().started(run);
        if (started == null) {
            throw new IllegalStateException("Run " + run + " is not started");
        }
        return started;
    }

    static Supplier<String> ids(String of) {
        int[] next = {0};
        return () -> of + "-" + next[0]++;
    }
}
