package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import org.jspecify.annotations.Nullable;

/**
 * What became of an interrupt that is no longer pending.
 *
 * @param answer that was given, or that stood in for one; null if there was none
 * @param expiry why it expired; null if it did not
 */
public record SettledInterrupt(
        InterruptId id, RunId run, Status status, @Nullable Json answer, Event.@Nullable Expiry expiry) {

    /** What the event says became of one; null if it says nothing of the kind. */
    public static @Nullable SettledInterrupt by(Event event) {
        return switch (event) {
            case Event.InterruptResolved resolved ->
                new SettledInterrupt(resolved.interrupt(), resolved.run(), Status.RESOLVED, resolved.answer(), null);
            case Event.InterruptRejected rejected ->
                new SettledInterrupt(rejected.interrupt(), rejected.run(), Status.REJECTED, null, null);
            case Event.InterruptExpired expired ->
                new SettledInterrupt(
                        expired.interrupt(), expired.run(), Status.EXPIRED, expired.answer(), expired.expiry());
            case Event.ThreadCreated ignored -> null;
            case Event.ThreadUpdated ignored -> null;
            case Event.InputAccepted ignored -> null;
            case Event.InputRejected ignored -> null;
            case Event.InputQueued ignored -> null;
            case Event.InputPromoted ignored -> null;
            case Event.InputMerged ignored -> null;
            case Event.InputKept ignored -> null;
            case Event.InputExpired ignored -> null;
            case Event.RunStarted ignored -> null;
            case Event.RunCompleted ignored -> null;
            case Event.RunFailed ignored -> null;
            case Event.RunTimedOut ignored -> null;
            case Event.RunCancelled ignored -> null;
            case Event.StateRolledBack ignored -> null;
            case Event.StateUpdated ignored -> null;
            case Event.RunInterrupted ignored -> null;
            case Event.RunResumed ignored -> null;
            case Event.RunPaused ignored -> null;
            case Event.RunUnpaused ignored -> null;
            case Event.RunSteered ignored -> null;
            case Event.RunRedirected ignored -> null;
            case Event.InterruptRaised ignored -> null;
            case Event.InterruptAnswerRejected ignored -> null;
            case Event.WaitStarted ignored -> null;
            case Event.WaitSatisfied ignored -> null;
            case Event.ActionResultRecorded ignored -> null;
            case Event.CompactionStarted ignored -> null;
            case Event.CompactionCompleted ignored -> null;
            case Event.StateRestored ignored -> null;
            case Event.ThreadForked ignored -> null;
            case Event.StepCompleted ignored -> null;
            case Event.StepFailed ignored -> null;
            case Event.SubgraphStarted ignored -> null;
            case Event.TimerSet ignored -> null;
            case Event.TimerFired ignored -> null;
            case Event.ActionRequested ignored -> null;
            case Event.ActionRetryScheduled ignored -> null;
            case Event.ActionUncertain ignored -> null;
            case Event.ActionHeld ignored -> null;
            case Event.ActionReleased ignored -> null;
            case Event.ActionAccepted ignored -> null;
            case Event.ActionExtended ignored -> null;
            case Event.ActionRetried ignored -> null;
            case Event.ActionDenied ignored -> null;
            case Event.ActionSucceeded ignored -> null;
            case Event.ActionFailed ignored -> null;
            case Event.ActionResultDiscarded ignored -> null;
            case Event.RunRequested ignored -> null;
            case Event.RunRequestEnded ignored -> null;
            case Event.StateBranched ignored -> null;
            case Event.ThreadDeleted ignored -> null;
        };
    }

    public enum Status {
        RESOLVED,
        REJECTED,
        EXPIRED
    }
}
