package dev.threadwright.thread;

import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import dev.threadwright.workflow.SuperStep;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import dev.threadwright.workflow.WorkflowsUnavailableException;
import dev.threadwright.workflow.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Executes tasks: each that is due by what its step is, which ends it at once or leaves it to wait for something outside;
 * and those that wait for events, when these come.
 */
final class Tasks {

    /** How deep subgraphs may run each other. */
    static final int MAX_DEPTH = 8;

    private final WorkflowCatalog workflows;
    private final Asks asks;
    private final Waits waits;
    private final Attempts attempts;
    private final Ends ends;

    Tasks(WorkflowCatalog workflows, Asks asks, Waits waits, Attempts attempts, Ends ends) {
        this.workflows = workflows;
        this.asks = asks;
        this.waits = waits;
        this.attempts = attempts;
        this.ends = ends;
    }

    /** @param due of the run; see {@link Frame#firstDue} */
    void execute(Draft draft, RunId run, Frame.Located due) {
        Runnable executed;
        try {
            Graph graph = Graph.of(workflows, draft, run, due.id().parent());
            int limit = graph.run().leg().bounds().recursionLimit(graph.workflow());
            if (graph.frame().superStep() - legFrom(graph) >= limit) {
                // Past any step's own error edge, which would lead on beyond the limit.
                ends.failGraph(
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
                graph = Graph.of(workflows, draft, run, null);
            }
            executed =
                    prepared(draft, graph, due, graph.workflow().step(due.task().step()));
        } catch (StepFailure failure) {
            ends.fail(draft, run, due.id(), due.task().step(), String.valueOf(failure.getMessage()));
            return;
        } catch (WorkflowsUnavailableException later) {
            throw later;
        } catch (RuntimeException defect) {
            // The workflow's, not ours: it must cost this run and not the partition, which would meet it for ever.
            ends.fail(draft, run, due.id(), due.task().step(), "The step is defective: " + defect);
            return;
        }
        executed.run();
    }

    /** An event that a task waits for has come. */
    void satisfy(Draft draft, RunId run, Frame.Located waiting, Input input, int index) {
        TaskId id = waiting.id();
        String step = waiting.task().step();
        draft.add(new Event.WaitSatisfied(run, id, input.identity(), index));
        ends.end(draft, run, id, step, () -> {
            Graph graph = Graph.of(workflows, draft, run, id.parent());
            if (!(graph.workflow().step(step).kind() instanceof Step.Wait wait)) {
                throw new StepFailure(
                        "Step \"" + step + "\" of " + graph.workflow().ref() + " waits for nothing");
            }
            Step.Result result = wait.cases().get(index).result();
            return graph.ended(id, result.of(graph.view(waiting.task().item()), Waits.event(input)));
        });
    }

    private static int legFrom(Graph graph) {
        return graph.parent() == null ? graph.run().leg().fromSuperStep() : 1;
    }

    private void takeInInbox(Draft draft, Graph graph) {
        StartedRun run = graph.run();
        List<Identity> inputs = run.inbox().stream().map(Input::identity).toList();
        List<Change> changes;
        try {
            List<Change> written = new ArrayList<>();
            Supplier<String> ids = MessageIds.of(run.id() + "-" + graph.frame().superStep() + "-input");
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
                Task.Ended end = graph.ended(id, pure.function().apply(view));
                yield () -> ends.end(draft, run, id, step.name(), end);
            }
            case Step.Action action -> {
                Event.ActionRequested requested = Attempts.requested(run, id, step, action, view, replay);
                yield () -> attempts.request(draft, requested);
            }
            case Step.Tool tool -> {
                Step.Action action = step.action(view);
                if (action == null) {
                    String name = tool.name(view);
                    yield () -> {
                        draft.add(new Event.ActionDenied(run, id, ActionId.of(run, id), step.name(), name));
                        ends.fail(draft, run, id, step.name(), "\"" + name + "\" is not allowed here");
                    };
                }
                Event.ActionRequested requested = Attempts.requested(run, id, step, action, view, replay);
                yield () -> attempts.request(draft, requested);
            }
            case Step.Interrupt interrupt -> {
                if (replay.answers().isEmpty()) {
                    Event.InterruptRaised raised = asks.question(
                            draft, run, id, step.name(), interrupt.question().prompt(view), replay, null, 0);
                    yield () -> asks.raise(draft, raised);
                }
                Json answer = replay.answers().getLast().answer();
                Task.Ended end = graph.ended(id, interrupt.result().of(view, answer));
                yield () -> ends.end(draft, run, id, step.name(), end);
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
                    yield () -> ends.end(draft, run, id, step.name(), Task.Ended.EMPTY);
                }
                Event.TimerSet set = new Event.TimerSet(run, id, step.name(), Math.addExact(draft.timeMs(), ms));
                yield () -> draft.add(set);
            }
            case Step.Subgraph subgraph -> {
                Event.SubgraphStarted started = subgraph(draft, graph, id, subgraph, view);
                yield () -> {
                    draft.add(started);
                    if (started.tasks().isEmpty()) {
                        ends.completeGraph(draft, run, id, List.of(), Channels.EMPTY.apply(started.changes()));
                    }
                };
            }
        };
    }

    private void takeEarly(Draft draft, RunId run, TaskId id) {
        StartedRun now = draft.started(run);
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
        Supplier<String> ids = MessageIds.of(graph.run().id() + "-" + id + "-input");
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
}
