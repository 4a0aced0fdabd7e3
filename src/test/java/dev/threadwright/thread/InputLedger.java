package dev.threadwright.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Follows every accepted input, and every run, from event to event: none is lost, none has two ends. */
final class InputLedger {

    private static final String WAITING = "waiting";

    private final Map<Identity, String> fates = new HashMap<>();
    private final Set<RunId> begun = new HashSet<>();
    private final Set<RunId> ended = new HashSet<>();

    void follow(ThreadState before, Event event, ThreadState after) {
        switch (event) {
            case Event.InputAccepted accepted ->
                assertThat(fates.put(accepted.input().identity(), WAITING)).isNull();
            case Event.RunStarted started -> {
                assertThat(begun.add(started.run())).as("started once").isTrue();
                assertThat(ended).as("started after its end").doesNotContain(started.run());
                List<Identity> inputs = identities(after.started(started.run()).inputs());
                if (started.start() == Event.Start.COMPACTION) {
                    return; // Nobody's input has asked for it.
                }
                if (started.start() == Event.Start.CONTINUE) {
                    // It has the inputs of a run that ended, of whatever thread.
                    inputs.forEach(input -> fates.put(input, "in " + started.run()));
                } else {
                    inputs.forEach(input -> move(input, WAITING, "in " + started.run()));
                }
            }
            case Event.InputMerged merged ->
                merged.inputs().forEach(input -> move(input, WAITING, "in " + merged.run()));
            case Event.InputExpired expired -> move(expired.identity(), WAITING, "expired");
            case Event.RunCancelled cancelled -> {
                end(cancelled.run());
                QueuedRun queued = before.queued(cancelled.run());
                if (cancelled.carriesInput()) {
                    List<Identity> carried =
                            new ArrayList<>(identities(after.intake().inputs()));
                    carried.removeAll(identities(before.intake().inputs()));
                    carried.stream()
                            .filter(input -> !WAITING.equals(fates.get(input)))
                            .forEach(input -> move(input, "in " + cancelled.run(), WAITING));
                } else if (queued != null) {
                    move(queued.inputs().getFirst().identity(), WAITING, "cancelled with its queued run");
                }
            }
            case Event.InputPromoted promoted ->
                assertThat(before.nextOfQueue(after.updatedAtMs()).id())
                        .as("first come, first served, of those whose time has come")
                        .isEqualTo(promoted.run());
            case Event.InputQueued queued ->
                assertThat(after.queue().getLast().id()).as("at the end").isEqualTo(queued.run());
            case Event.RunCompleted completed -> end(completed.run());
            case Event.RunFailed failed -> end(failed.run());
            case Event.RunTimedOut timedOut -> end(timedOut.run());
            case Event.ThreadCreated ignored -> {}
            case Event.ThreadUpdated ignored -> {}
            case Event.InputRejected ignored -> {}
            case Event.StateRolledBack ignored -> {}
            case Event.StateUpdated ignored -> {}
            case Event.StateRestored ignored -> {}
            case Event.ThreadForked ignored -> {}
            case Event.RunRequested ignored -> {}
            case Event.StateBranched ignored -> {}
            case Event.ThreadDeleted ignored -> {}
            case Event.RunRequestEnded ignored -> {}
            case Event.SubgraphStarted ignored -> {}
            case Event.TimerSet ignored -> {}
            case Event.TimerFired ignored -> {}
            case Event.ActionRetryScheduled ignored -> {}
            case Event.ActionUncertain ignored -> {}
            case Event.ActionHeld ignored -> {}
            case Event.ActionReleased ignored -> {}
            case Event.ActionAccepted ignored -> {}
            case Event.ActionExtended ignored -> {}
            case Event.ActionRetried ignored -> {}
            case Event.StepCompleted ignored -> {}
            case Event.StepFailed ignored -> {}
            case Event.ActionRequested ignored -> {}
            case Event.ActionDenied ignored -> {}
            case Event.ActionSucceeded ignored -> {}
            case Event.ActionFailed ignored -> {}
            case Event.ActionResultDiscarded ignored -> {}
            case Event.InputKept ignored -> {}
            case Event.InterruptRaised ignored -> {}
            case Event.InterruptResolved resolved -> {
                if (resolved.input() != null) {
                    move(resolved.input(), WAITING, "the answer to " + resolved.interrupt());
                }
            }
            case Event.InterruptRejected ignored -> {}
            case Event.InterruptExpired ignored -> {}
            case Event.InterruptAnswerRejected ignored -> {}
            case Event.WaitStarted ignored -> {}
            case Event.WaitSatisfied wait -> move(wait.input(), WAITING, "taken by " + wait.run());
            case Event.RunInterrupted ignored -> {}
            case Event.RunResumed ignored -> {}
            case Event.RunPaused ignored -> {}
            case Event.RunUnpaused ignored -> {}
            case Event.RunSteered ignored -> {}
            case Event.RunRedirected ignored -> {}
            case Event.ActionResultRecorded ignored -> {}
            case Event.CompactionStarted ignored -> {}
            case Event.CompactionCompleted ignored -> {}
        }
    }

    /** Between decisions, what waits does so in exactly one inbox or queued run. */
    void balance(ThreadState state) {
        List<Identity> held = new ArrayList<>();
        state.started().forEach(run -> held.addAll(identities(run.inbox())));
        state.queue().forEach(run -> held.addAll(identities(run.inputs())));
        state.kept().forEach(kept -> held.add(kept.input().identity()));
        List<Identity> waiting = fates.entrySet().stream()
                .filter(fate -> fate.getValue().equals(WAITING))
                .map(Map.Entry::getKey)
                .toList();

        assertThat(state.intake().inputs()).as("intake").isEmpty();
        assertThat(held).as("inputs that wait").containsExactlyInAnyOrderElementsOf(waiting);
    }

    private void move(Identity input, String from, String to) {
        assertThat(fates.put(input, to)).as(input + " before it is " + to).isEqualTo(from);
    }

    private void end(RunId run) {
        assertThat(ended.add(run)).as("%s ends once", run).isTrue();
    }

    private static List<Identity> identities(List<Input> inputs) {
        return inputs.stream().map(Input::identity).toList();
    }
}
