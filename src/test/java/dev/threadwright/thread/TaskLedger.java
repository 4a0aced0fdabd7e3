package dev.threadwright.thread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Planned;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Follows every task and every action from event to event: each ends once, a super-step ends when its tasks have, and what
 * is outstanding is known without looking at the state.
 */
final class TaskLedger {

    /** A super-step of a run's graph, or of the subgraph of one of its tasks. */
    private static final class SuperStep {
        final int number;
        final Set<Integer> open = new HashSet<>();
        final Set<Integer> ended = new HashSet<>();

        SuperStep(int number) {
            this.number = number;
        }
    }

    private record Graph(RunId run, String parent) {
        boolean isIn(RunId other, String task) {
            return run.equals(other) && (parent.equals(task) || parent.startsWith(task + "/"));
        }
    }

    private enum Waiting {
        CALL,
        TURN,
        CALLBACK,
        BACKOFF,
        UNCERTAIN,
        SLEEP
    }

    private record Work(Waiting waiting, RunId run, String task, ActionId action, int attempt, long dueAtMs) {
        Work as(Waiting next, int nextAttempt, long nextDueAtMs) {
            return new Work(next, run, task, action, nextAttempt, nextDueAtMs);
        }
    }

    private final Map<Graph, SuperStep> superSteps = new LinkedHashMap<>();
    private final Map<String, Work> works = new LinkedHashMap<>();
    private final Map<RunId, Long> queued = new HashMap<>();
    private final Set<ActionId> requested = new HashSet<>();
    private final Set<ActionId> resolved = new HashSet<>();
    private final Set<RunId> mains = new HashSet<>();

    /** What the main run that ended early had come to; null if the thread has gone on, or back, since. */
    private Map<String, SuperStep> left;

    void follow(Event event, ThreadState after) {
        switch (event) {
            case Event.RunStarted started -> {
                if (started.main()) {
                    mains.add(started.run());
                }
                begin(started.run(), "", after.started(started.run()).frame());
                if (started.start() == Event.Start.CONTINUE && left != null) {
                    assertTakenUp(started.run(), left);
                }
                left = null;
            }
            case Event.SubgraphStarted started -> {
                assertOpen(started.run(), started.task());
                begin(started.run(), started.task().value(), 1, started.tasks());
            }
            case Event.StepCompleted completed -> {
                assertThat(openBelow(completed.run(), completed.task().value()))
                        .as("open tasks of the subgraph")
                        .isZero();
                end(completed.run(), completed.task(), completed.next());
            }
            case Event.StepFailed failed -> {
                assertOpen(failed.run(), failed.task());
                if (failed.followedBy() != null) {
                    end(failed.run(), failed.task(), failed.next());
                }
            }
            case Event.RunCompleted completed -> {
                assertThat(openBelow(completed.run(), ""))
                        .as("open tasks of the run")
                        .isZero();
                forget(completed.run());
            }
            case Event.RunFailed failed -> leave(failed.run());
            case Event.RunCancelled cancelled -> leave(cancelled.run());
            case Event.RunTimedOut timedOut -> queued.remove(timedOut.run());
            case Event.InputQueued input -> {
                if (input.expiresAtMs() != null) {
                    queued.put(input.run(), input.expiresAtMs());
                }
            }
            case Event.InputPromoted promoted -> queued.remove(promoted.run());
            case Event.ActionRequested call -> {
                assertOpen(call.run(), call.task());
                assertThat(requested.add(call.action())).as("requested once").isTrue();
                put(new Work(Waiting.CALL, call.run(), call.task().value(), call.action(), 1, 0));
            }
            case Event.ActionDenied denied -> assertOpen(denied.run(), denied.task());
            case Event.ActionRetryScheduled retry -> {
                Work work = outstanding(retry.run(), retry.action(), retry.attempt());
                put(work.as(Waiting.BACKOFF, retry.attempt(), retry.dueAtMs()));
            }
            case Event.ActionUncertain uncertain -> {
                Work work = outstanding(uncertain.run(), uncertain.action(), uncertain.attempt());
                assertThat(work.waiting()).isEqualTo(Waiting.CALL);
                put(work.as(Waiting.UNCERTAIN, uncertain.attempt(), 0));
            }
            case Event.ActionHeld held -> {
                Work work = outstanding(held.run(), held.action(), held.attempt());
                assertThat(work.waiting()).isEqualTo(Waiting.CALL);
                put(work.as(Waiting.TURN, held.attempt(), 0));
            }
            case Event.ActionReleased released -> {
                Work work = acting(released.run(), released.action(), released.attempt());
                assertThat(work.waiting()).isEqualTo(Waiting.TURN);
                put(work.as(Waiting.CALL, released.attempt(), 0));
            }
            case Event.ActionAccepted accepted -> {
                Work work = outstanding(accepted.run(), accepted.action(), accepted.attempt());
                assertThat(work.waiting()).isIn(Waiting.CALL, Waiting.UNCERTAIN);
                put(work.as(Waiting.CALLBACK, accepted.attempt(), 0));
            }
            case Event.ActionExtended extended ->
                assertThat(outstanding(extended.run(), extended.action(), extended.attempt())
                                .waiting())
                        .isIn(Waiting.CALL, Waiting.CALLBACK);
            case Event.ActionRetried retried -> {
                Work work = acting(retried.run(), retried.action(), retried.attempt());
                put(work.as(Waiting.CALL, retried.attempt() + 1, 0));
            }
            case Event.ActionSucceeded succeeded -> resolve(succeeded.run(), succeeded.action(), succeeded.attempt());
            case Event.ActionFailed failed -> resolve(failed.run(), failed.action(), failed.attempt());
            case Event.ActionResultDiscarded discarded ->
                assertThat(isOutstanding(discarded.run(), discarded.action(), discarded.attempt()))
                        .as("somebody waits for what was discarded")
                        .isFalse();
            case Event.TimerSet timer -> {
                assertOpen(timer.run(), timer.task());
                put(new Work(Waiting.SLEEP, timer.run(), timer.task().value(), null, 0, timer.dueAtMs()));
            }
            case Event.TimerFired timer -> {
                Work work = works.remove(key(timer.run(), timer.task().value()));
                assertThat(work).as("what was waited for").isNotNull();
                assertThat(work.waiting()).isIn(Waiting.BACKOFF, Waiting.SLEEP);
                if (work.waiting() == Waiting.BACKOFF) {
                    put(work.as(Waiting.CALL, work.attempt() + 1, 0));
                }
            }
            case Event.ThreadCreated ignored -> {}
            case Event.ThreadUpdated ignored -> {}
            case Event.InputAccepted ignored -> {}
            case Event.InputRejected ignored -> {}
            case Event.InputMerged ignored -> {}
            case Event.InputExpired ignored -> {}
            case Event.StateRolledBack ignored -> left = null;
            case Event.StateUpdated ignored -> {}
            case Event.InputKept ignored -> {}
            case Event.InterruptRaised ignored -> {}
            case Event.InterruptResolved ignored -> {}
            case Event.InterruptRejected ignored -> {}
            case Event.InterruptExpired ignored -> {}
            case Event.InterruptAnswerRejected ignored -> {}
            case Event.WaitStarted ignored -> {}
            case Event.WaitSatisfied ignored -> {}
            case Event.RunInterrupted ignored -> {}
            case Event.RunResumed ignored -> {}
            case Event.RunPaused ignored -> {}
            case Event.RunUnpaused ignored -> {}
            case Event.RunSteered ignored -> {}
            case Event.RunRedirected ignored -> {}
            case Event.ActionResultRecorded ignored -> {}
            case Event.CompactionStarted ignored -> {}
            case Event.CompactionCompleted ignored -> {}
            case Event.StateRestored ignored -> left = null;
            case Event.ThreadForked ignored -> left = null;
            case Event.RunRequested ignored -> {}
            case Event.StateBranched ignored -> left = null;
            case Event.ThreadDeleted ignored -> left = null;
            case Event.RunRequestEnded ignored -> {}
        }
    }

    /** Whether a result of this attempt would be taken. */
    boolean isOutstanding(RunId run, ActionId action, int attempt) {
        return works.values().stream()
                .anyMatch(work -> work.run().equals(run)
                        && action.equals(work.action())
                        && work.attempt() == attempt
                        && work.waiting() != Waiting.BACKOFF
                        && work.waiting() != Waiting.TURN);
    }

    /** The state owes what the events have left outstanding; that says what its runs are. */
    void balance(ThreadState state) {
        List<String> owed = new ArrayList<>();
        works.values().forEach(work -> {
            switch (work.waiting()) {
                case CALL, CALLBACK -> owed.add(work.action() + "#" + work.attempt());
                case TURN -> owed.add("turn-" + work.action() + "#" + work.attempt());
                case BACKOFF, SLEEP -> owed.add(work.run() + "-" + work.task() + "@" + work.dueAtMs());
                case UNCERTAIN -> {}
            }
        });
        queued.forEach((run, dueAtMs) -> owed.add(run + "@" + dueAtMs));

        assertThat(Owed.of(state).stream().map(Owed::ref)).as("owed").containsExactlyInAnyOrderElementsOf(owed);
        assertThat(Owed.of(state).stream()
                        .filter(one -> one instanceof Owed.Call call && call.awaited() == Awaited.CALLBACK)
                        .map(Owed::ref))
                .as("what others have taken on")
                .containsExactlyInAnyOrderElementsOf(works.values().stream()
                        .filter(work -> work.waiting() == Waiting.CALLBACK)
                        .map(work -> work.action() + "#" + work.attempt())
                        .toList());
        for (StartedRun run : state.started()) {
            assertThat(run.status()).as("status of %s", run.id()).isEqualTo(status(run.id()));
        }
        Set<String> runs = new TreeSet<>();
        superSteps.keySet().forEach(graph -> runs.add(graph.run().value()));
        assertThat(state.started().stream().map(run -> run.id().value()))
                .as("runs under way")
                .containsExactlyInAnyOrderElementsOf(runs);
    }

    private RunStatus status(RunId run) {
        Set<Waiting> waits = new HashSet<>();
        works.values().stream().filter(work -> work.run().equals(run)).forEach(work -> waits.add(work.waiting()));
        assertThat(waits).as("what %s waits for", run).isNotEmpty();
        if (waits.contains(Waiting.CALL)
                || waits.contains(Waiting.CALLBACK)
                || waits.contains(Waiting.TURN)
                || waits.contains(Waiting.BACKOFF)) {
            return RunStatus.ACTIVE;
        }
        return waits.contains(Waiting.UNCERTAIN) ? RunStatus.PAUSED : RunStatus.WAITING_EVENT;
    }

    private void begin(RunId run, String parent, Frame frame) {
        SuperStep superStep = new SuperStep(frame.superStep());
        superSteps.put(new Graph(run, parent), superStep);
        for (int i = 0; i < frame.tasks().size(); i++) {
            switch (frame.tasks().get(i).state()) {
                case Task.Due ignored -> superStep.open.add(i);
                case Task.Nested nested -> {
                    superStep.open.add(i);
                    String place = i == 0 ? "" + frame.superStep() : frame.superStep() + "." + i;
                    begin(run, parent.isEmpty() ? place : parent + "/" + place, nested.frame());
                }
                case Task.Joining ignored -> {}
                case Task.Ended ignored -> superStep.ended.add(i);
                case Task.Asking asking -> throw new AssertionError("A run starts with " + asking);
                case Task.Awaiting awaiting -> throw new AssertionError("A run starts with " + awaiting);
                case Task.Calling calling -> throw new AssertionError("A run starts with " + calling);
                case Task.Held held -> throw new AssertionError("A run starts with " + held);
                case Task.Backoff backoff -> throw new AssertionError("A run starts with " + backoff);
                case Task.Uncertain uncertain -> throw new AssertionError("A run starts with " + uncertain);
                case Task.Sleeping sleeping -> throw new AssertionError("A run starts with " + sleeping);
            }
        }
    }

    private void begin(RunId run, String parent, int number, List<Planned> planned) {
        SuperStep superStep = new SuperStep(number);
        for (int i = 0; i < planned.size(); i++) {
            if (planned.get(i).missing().isEmpty()) {
                superStep.open.add(i);
            }
        }
        superSteps.put(new Graph(run, parent), superStep);
    }

    private void end(RunId run, TaskId task, List<Planned> next) {
        SuperStep superStep = assertOpen(run, task);
        superStep.open.remove(task.path().getLast().index());
        superStep.ended.add(task.path().getLast().index());
        works.values()
                .removeIf(work -> work.run().equals(run)
                        && (work.task().equals(task.value()) || work.task().startsWith(task + "/")));
        superSteps.keySet().removeIf(graph -> graph.isIn(run, task.value()));
        if (!next.isEmpty()) {
            assertThat(superStep.open).as("open tasks of a finished super-step").isEmpty();
            begin(run, parent(task), superStep.number + 1, next);
        }
    }

    /** No task ends twice: it is no longer open then, or its super-step is over. */
    private SuperStep assertOpen(RunId run, TaskId task) {
        SuperStep superStep = superSteps.get(new Graph(run, parent(task)));
        assertThat(superStep).as("graph of task %s of %s", task, run).isNotNull();
        TaskId.Place place = task.path().getLast();
        assertThat(place.superStep())
                .as("super-step of task %s of %s", task, run)
                .isEqualTo(superStep.number);
        assertThat(superStep.open).as("open beside %s of %s", task, run).contains(place.index());
        return superStep;
    }

    private long openBelow(RunId run, String task) {
        return superSteps.entrySet().stream()
                .filter(entry -> task.isEmpty()
                        ? entry.getKey().run().equals(run)
                        : entry.getKey().isIn(run, task))
                .mapToLong(entry -> entry.getValue().open.size())
                .sum();
    }

    private void leave(RunId run) {
        if (mains.contains(run)) {
            left = new HashMap<>();
            superSteps.forEach((graph, superStep) -> {
                if (graph.run().equals(run)) {
                    left.put(graph.parent(), superStep);
                }
            });
        }
        forget(run);
    }

    /** What had ended is not done again, unless its super-step failed as a whole; what had not is to be done. */
    private void assertTakenUp(RunId run, Map<String, SuperStep> before) {
        before.forEach((parent, superStep) -> {
            SuperStep now = superSteps.get(new Graph(run, parent));
            assertThat(now).as("the graph of task \"%s\"", parent).isNotNull();
            assertThat(now.number).isEqualTo(superStep.number);
            assertThat(now.open)
                    .as("to be done in the graph of task \"%s\"", parent)
                    .isEqualTo(superStep.open.isEmpty() ? superStep.ended : superStep.open);
        });
    }

    private void forget(RunId run) {
        superSteps.keySet().removeIf(graph -> graph.run().equals(run));
        works.values().removeIf(work -> work.run().equals(run));
        queued.remove(run);
    }

    private void resolve(RunId run, ActionId action, int attempt) {
        Work work = acting(run, action, attempt);
        assertThat(resolved.add(action)).as("applied once").isTrue();
        // Its task ends with an event of its own, and is under way without waiting until then.
        works.remove(key(run, work.task()));
    }

    private Work outstanding(RunId run, ActionId action, int attempt) {
        assertThat(isOutstanding(run, action, attempt))
                .as("%s#%d of %s is outstanding", action, attempt, run)
                .isTrue();
        return works.values().stream()
                .filter(work -> action.equals(work.action()))
                .findFirst()
                .orElseThrow();
    }

    /** Outstanding, or its next attempt is waited for: an operator may settle that, too. */
    private Work acting(RunId run, ActionId action, int attempt) {
        return works.values().stream()
                .filter(work -> action.equals(work.action()) && work.run().equals(run) && work.attempt() == attempt)
                .findFirst()
                .orElseThrow(() -> new AssertionError("%s#%d of %s is not under way".formatted(action, attempt, run)));
    }

    private void put(Work work) {
        works.put(key(work.run(), work.task()), work);
    }

    private static String key(RunId run, String task) {
        return run + " " + task;
    }

    private static String parent(TaskId task) {
        TaskId parent = task.parent();
        return parent == null ? "" : parent.value();
    }
}
