package dev.threadwright.thread;

import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.SuperStep;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import dev.threadwright.workflow.WorkflowsUnavailableException;
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
import java.util.function.Predicate;
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
    private final Asks asks;
    private final Stops stops;
    private final Waits waits;
    private final Gate gate;

    Tasks(WorkflowCatalog workflows, Asks asks, Stops stops, Waits waits, Gate gate) {
        this.workflows = workflows;
        this.gate = gate;
        this.asks = asks;
        this.stops = stops;
        this.waits = waits;
    }

    /** @param due of the run; see {@link Frame#firstDue} */
    void execute(Draft draft, RunId run, Frame.Located due) {
        Runnable executed;
        try {
            Graph graph = graph(draft, run, due.id().parent());
            int limit = graph.run().leg().bounds().recursionLimit(graph.workflow());
            if (graph.frame().superStep() - legFrom(graph) >= limit) {
                // Past any step's own error edge, which would lead on beyond the limit.
                failGraph(
                        draft,
                        run,
                        due.id().parent(),
                        due.task().step(),
                        "Recursion limit of " + limit + " super-steps reached");
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
        } catch (WorkflowsUnavailableException later) {
            throw later;
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
            Step.View view = graph.view(calling.task().item());
            Step.Action action = step.action(view);
            if (action == null) {
                throw new StepFailure(
                        "Step \"" + step.name() + "\" of " + graph.workflow().ref() + " is no action");
            }
            end = ended(graph, calling.id(), action.result().of(view, result));
        } catch (StepFailure failure) {
            fail(draft, run, calling.id(), calling.task().step(), String.valueOf(failure.getMessage()));
            return;
        } catch (WorkflowsUnavailableException later) {
            throw later;
        } catch (RuntimeException defect) {
            fail(draft, run, calling.id(), calling.task().step(), "The step is defective: " + defect);
            return;
        }
        end(draft, run, calling.id(), calling.task().step(), end, "");
    }

    /** A failed attempt at an outstanding action: the next one, or the failure of the task. */
    void failAttempt(Draft draft, RunId run, Frame.Located calling, Task.Calling call, Failure failure) {
        Step.Retries retries = retries(draft, run, calling);
        int retried = call.attempt() - call.entered();
        if (failure.kind() != Failure.Kind.PERMANENT && retried < retries.max()) {
            draft.add(new Event.ActionRetryScheduled(
                    run,
                    call.action(),
                    call.attempt(),
                    failure.message(),
                    draft.timeMs() + waitMs(failure, call, retries.backoffMs(Math.max(0, retried)))));
            return;
        }
        draft.add(new Event.ActionFailed(run, call.action(), call.attempt(), failure.message()));
        fail(draft, run, calling.id(), calling.task().step(), failure.message());
    }

    /** A handler asks, and ends. */
    void ask(Draft draft, RunId run, Frame.Located calling, Task.Calling call, Prompt prompt) {
        TaskId id = calling.id();
        String step = calling.task().step();
        Event.InterruptRaised raised;
        try {
            raised = asks.question(draft, run, id, step, prompt, call.replay(), call.action(), call.attempt());
        } catch (StepFailure refused) {
            draft.add(new Event.ActionFailed(run, call.action(), call.attempt(), String.valueOf(refused.getMessage())));
            fail(draft, run, id, step, String.valueOf(refused.getMessage()));
            return;
        }
        asks.raise(draft, raised);
    }

    /** An event that a task waits for has come. */
    void satisfy(Draft draft, RunId run, Frame.Located waiting, Input input, int index) {
        TaskId id = waiting.id();
        String step = waiting.task().step();
        draft.add(new Event.WaitSatisfied(run, id, input.identity(), index));
        Task.Ended end;
        try {
            Graph graph = graph(draft, run, id.parent());
            if (!(graph.workflow().step(step).kind() instanceof Step.Wait wait)) {
                throw new StepFailure(
                        "Step \"" + step + "\" of " + graph.workflow().ref() + " waits for nothing");
            }
            Step.Result result = wait.cases().get(index).result();
            end = ended(graph, id, result.of(graph.view(waiting.task().item()), Waits.event(input)));
        } catch (StepFailure failure) {
            fail(draft, run, id, step, String.valueOf(failure.getMessage()));
            return;
        } catch (WorkflowsUnavailableException later) {
            throw later;
        } catch (RuntimeException defect) {
            fail(draft, run, id, step, "The step is defective: " + defect);
            return;
        }
        end(draft, run, id, step, end, "");
    }

    /**
     * Sends the run elsewhere: what is to be done besides what was answered is dropped, what has been done counts.
     *
     * @param item what the steps are given
     */
    void redirect(Draft draft, RunId id, List<String> steps, Json item) {
        StartedRun run = started(draft, id);
        List<TaskId> dropped = new ArrayList<>();
        boolean isOver = true;
        for (int i = 0; i < run.frame().tasks().size(); i++) {
            Task task = run.frame().tasks().get(i);
            if (task.state() instanceof Task.Ended || task.state() instanceof Task.Joining) {
                continue;
            }
            TaskId place = TaskId.of(null, run.frame().superStep(), i);
            if (isAnswered(task)) {
                isOver = false;
            } else {
                Asks.expire(draft, id, place, Event.Expiry.REDIRECTED);
                dropped.add(place);
            }
        }
        if (!isOver) {
            draft.add(new Event.RunRedirected(id, steps, item, dropped, List.of(), List.of()));
            return;
        }
        try {
            Graph graph = graph(draft, id, null);
            SuperStep.End over = redirected(graph, graph.finished(), new Control.Redirect(steps, item));
            draft.add(new Event.RunRedirected(id, steps, item, dropped, over.settled(), over.next()));
        } catch (StepFailure failure) {
            failRun(draft, id, "", String.valueOf(failure.getMessage()));
        }
    }

    /** Whether it was given an answer that it has not gone on with. */
    private static boolean isAnswered(Task task) {
        return switch (task.state()) {
            case Task.Due due -> !due.replay().answers().isEmpty();
            case Task.Nested nested -> nested.frame().tasks().stream().anyMatch(Tasks::isAnswered);
            case Task.Joining ignored -> false;
            case Task.Calling ignored -> false;
            case Task.Backoff ignored -> false;
            case Task.Held ignored -> false;
            case Task.Uncertain ignored -> false;
            case Task.Asking ignored -> false;
            case Task.Awaiting ignored -> false;
            case Task.Sleeping ignored -> false;
            case Task.Ended ignored -> false;
        };
    }

    /** The end of a super-step that leads where somebody sent the run. */
    private static SuperStep.End redirected(Graph graph, List<SuperStep.Finished> finished, Control.Redirect redirect) {
        List<SuperStep.Finished> nowhere = finished.stream()
                .map(task -> new SuperStep.Finished(task.step(), task.item(), task.changes(), List.of(), null))
                .toList();
        SuperStep.End merged = SuperStep.end(graph.workflow(), graph.view(Json.NULL), nowhere, List.of());
        return new SuperStep.End(
                merged.merged(),
                merged.settled(),
                redirect.steps().stream()
                        .distinct()
                        .map(step -> new Planned(step, redirect.item(), Set.of()))
                        .toList());
    }

    /** What the run's tasks wait for that is due: sleeps, next attempts, deadlines of attempts; the earliest first. */
    void fireTimers(Draft draft, RunId run) {
        fireTimers(draft, run, state -> true);
    }

    /** What people and events come too late for, whether or not its timer has fired. */
    void giveUp(Draft draft, RunId run) {
        fireTimers(draft, run, state -> state instanceof Task.Asking || state instanceof Task.Awaiting);
    }

    private void fireTimers(Draft draft, RunId run, Predicate<Task.State> which) {
        List<Frame.Located> due = new ArrayList<>();
        StartedRun now = started(draft, run);
        for (Frame.Located located : now.frame().all()) {
            Task.State state = located.task().state();
            Long dueAtMs = dueAtMs(state);
            boolean isHeld = now.control().paused() && state instanceof Task.Backoff;
            if (dueAtMs != null && dueAtMs <= draft.timeMs() && which.test(state) && !isHeld) {
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
            case Task.Asking asking -> asking.interrupt().expiresAtMs();
            case Task.Awaiting awaiting -> awaiting.untilMs();
            case Task.Held ignored -> null;
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
            case Task.Backoff backoff -> {
                draft.add(new Event.TimerFired(run.id(), located.id()));
                Task.Calling failed = backoff.failed();
                holdIfNeeded(
                        draft,
                        Target.of(failed.handler(), failed.input()),
                        new Event.ActionHeld(run.id(), failed.action(), failed.attempt() + 1));
            }
            case Task.Calling call ->
                failAttempt(
                        draft,
                        run.id(),
                        located,
                        call,
                        Failure.passing("No result within " + call.timeoutMs() + " ms"));
            case Task.Asking asking -> {
                Interrupt interrupt = asking.interrupt();
                Json answer = interrupt.prompt().expiryAnswer();
                draft.add(new Event.InterruptExpired(run.id(), interrupt.id(), Event.Expiry.TIME, answer));
                if (answer == null) {
                    fail(
                            draft,
                            run.id(),
                            located.id(),
                            located.task().step(),
                            "Interrupt " + interrupt.id() + " was not answered in time");
                } else if (started(draft, run.id()).stop().isNone()) {
                    stops.goOnByItself(draft, run.id());
                }
            }
            case Task.Awaiting ignored -> {
                draft.add(new Event.TimerFired(run.id(), located.id()));
                fail(draft, run.id(), located.id(), located.task().step(), "The event did not come in time");
            }
            case Task.Due ignored -> {}
            case Task.Held ignored -> {}
            case Task.Joining ignored -> {}
            case Task.Uncertain ignored -> {}
            case Task.Nested ignored -> {}
            case Task.Ended ignored -> {}
        }
    }

    /** Whatever is wrong with the run as a whole. */
    void failRun(Draft draft, RunId run, String step, String error) {
        expireSteers(draft, run);
        Asks.expire(draft, run, null, Event.Expiry.FAILED);
        draft.add(new Event.RunFailed(run, step, error));
    }

    /** What was meant for this run alone, and came too late for it, starts no other. */
    static void expireSteers(Draft draft, RunId id) {
        StartedRun run = started(draft, id);
        for (Identity told : run.control().steered()) {
            draft.add(new Event.InputExpired(told, id, "The run ended before it took this in"));
        }
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
        return graph.parent() == null ? graph.run().leg().fromSuperStep() : 1;
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
        Replay replay = due.task().state() instanceof Task.Due again ? again.replay() : Replay.NONE;
        return switch (step.kind()) {
            case Step.Pure pure -> {
                Task.Ended end = ended(graph, id, pure.function().apply(view));
                yield () -> end(draft, run, id, step.name(), end, "");
            }
            case Step.Action action -> {
                Event.ActionRequested requested = requested(run, id, step, action, view, replay);
                yield () -> request(draft, requested);
            }
            case Step.Tool tool -> {
                Step.Action action = step.action(view);
                if (action == null) {
                    String name = tool.name(view);
                    yield () -> {
                        draft.add(new Event.ActionDenied(run, id, ActionId.of(run, id), step.name(), name));
                        fail(draft, run, id, step.name(), "\"" + name + "\" is not allowed here");
                    };
                }
                Event.ActionRequested requested = requested(run, id, step, action, view, replay);
                yield () -> request(draft, requested);
            }
            case Step.Interrupt interrupt -> {
                if (replay.answers().isEmpty()) {
                    Event.InterruptRaised raised = asks.question(
                            draft, run, id, step.name(), interrupt.question().prompt(view), replay, null, 0);
                    yield () -> asks.raise(draft, raised);
                }
                Json answer = replay.answers().getLast().answer();
                Task.Ended end = ended(graph, id, interrupt.result().of(view, answer));
                yield () -> end(draft, run, id, step.name(), end, "");
            }
            case Step.Wait wait -> {
                Step.Duration timeout = wait.timeout();
                Long untilMs = timeout == null ? null : (Long) Math.addExact(draft.knownFromMs(), timeout.ms(view));
                List<String> types = wait.cases().stream()
                        .map(one -> one.type() == null ? Step.Case.ANY_TYPE : one.type())
                        .distinct()
                        .toList();
                yield () -> {
                    draft.add(new Event.WaitStarted(run, id, step.name(), types, untilMs));
                    takeEarly(draft, run, id);
                };
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

    private void request(Draft draft, Event.ActionRequested requested) {
        draft.add(requested);
        holdIfNeeded(
                draft,
                Target.of(requested.handler(), requested.input()),
                new Event.ActionHeld(requested.run(), requested.action(), requested.attempt()));
    }

    /** In the same decision in which the attempt would begin. */
    private void holdIfNeeded(Draft draft, String target, Event.ActionHeld held) {
        if (gate.holds(draft.state().key().tenant(), target)) {
            draft.add(held);
        }
    }

    private static Event.ActionRequested requested(
            RunId run, TaskId id, Step step, Step.Action action, Step.View view, Replay replay) {
        return new Event.ActionRequested(
                run,
                id,
                ActionId.of(run, id),
                step.name(),
                action.handler(),
                action.request().input(view),
                action.idempotent(),
                action.timeoutMs(),
                replay.attempts() + 1,
                action.remote());
    }

    private void takeEarly(Draft draft, RunId run, TaskId id) {
        StartedRun now = started(draft, run);
        Task task = now.frame().find(id);
        if (task == null || draft.state().kept().isEmpty()) {
            return;
        }
        Frame.Located waiting = new Frame.Located(id, task);
        KeptInput early = waits.early(draft.state(), now, waiting);
        if (early != null) {
            satisfy(draft, run, waiting, early.input(), waits.index(draft.state(), now, waiting, early.input()));
        }
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
                Control.Redirect redirect = graph.redirect();
                over = redirect != null
                        ? redirected(graph, finished, redirect)
                        : SuperStep.end(
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
            Graph graph = graph(draft, run, id.parent());
            // A compaction is its one step, which fails or not.
            boolean isAlone = graph.parent() == null && graph.run().isCompaction();
            followedBy = isAlone ? null : graph.workflow().step(step).onError();
        } catch (StepFailure missing) {
            followedBy = null;
        }
        expireBelow(draft, run, id);
        Task.Ended told = followedBy == null ? told(draft, run, id, step, error) : null;
        if (told != null) {
            end(draft, run, id, step, told, "");
            return;
        }
        if (followedBy == null) {
            draft.add(new Event.StepFailed(run, id, step, error, null, List.of(), List.of()));
            failGraph(draft, run, id.parent(), step, error);
            return;
        }
        end(draft, run, id, step, new Task.Ended(List.of(), List.of(followedBy), Fold.errorItem(step, error)), error);
    }

    /** How a step ends that tells a model why its tool gave nothing; null if it is no such step, or cannot tell. */
    private Task.@Nullable Ended told(Draft draft, RunId run, TaskId id, String step, String error) {
        Task task = started(draft, run).frame().find(id);
        try {
            Graph graph = graph(draft, run, id.parent());
            return task != null && graph.workflow().step(step).kind() instanceof Step.Tool tool
                    ? ended(graph, id, tool.failed().of(graph.view(task.item()), Json.of(error)))
                    : null;
        } catch (StepFailure silent) {
            // What it was to be told of cannot be named either: the step fails with the first error.
            return null;
        }
    }

    /** What a failing task's subgraph asks, nobody will hear. */
    private static void expireBelow(Draft draft, RunId run, TaskId id) {
        Task task = started(draft, run).frame().find(id);
        if (task != null && task.state() instanceof Task.Nested) {
            Asks.expire(draft, run, id, Event.Expiry.FAILED);
        }
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
        expireSteers(draft, run.id());
        if (run.isCompaction()) {
            draft.add(new Event.CompactionCompleted(
                    run.id(), Compaction.bytes(end.merged()), Compaction.messages(end.merged())));
        }
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
        } catch (WorkflowsUnavailableException later) {
            throw later;
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
            Graph graph = graph(draft, run, calling.id().parent());
            Step.Action action = graph.workflow()
                    .step(calling.task().step())
                    .action(graph.view(calling.task().item()));
            return action == null ? Step.Retries.NONE : action.retries();
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
