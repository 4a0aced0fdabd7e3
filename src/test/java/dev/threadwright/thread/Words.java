package dev.threadwright.thread;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.StandardReducer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Events as one line each, so that a test reads like a journal. A follow-up of {@code r1} is called {@code r1'}. */
final class Words {

    private static final Map<String, String> FOLLOW_UPS = new LinkedHashMap<>();

    static {
        for (int i = 1; i < 30; i++) {
            RunId followUp = new RunId("r" + i).followUp();
            FOLLOW_UPS.put(followUp.value(), "r" + i + "'");
            FOLLOW_UPS.put(followUp.followUp().value(), "r" + i + "''");
        }
    }

    private Words() {}

    static String of(Event event) {
        String line = switch (event) {
            case Event.ThreadCreated ignored -> "ThreadCreated";
            case Event.ThreadUpdated updated -> "ThreadUpdated " + of(updated.settings());
            case Event.InputAccepted accepted ->
                "InputAccepted %s -> %s %s"
                        .formatted(
                                accepted.input().identity().id(),
                                accepted.run(),
                                accepted.why().decision());
            case Event.InputRejected rejected ->
                "InputRejected %s %s: %s"
                        .formatted(
                                rejected.identity() == null
                                        ? "-"
                                        : rejected.identity().id(),
                                rejected.reason(),
                                rejected.message());
            case Event.InputQueued queued ->
                "InputQueued %s %s behind %s%s"
                        .formatted(
                                queued.run(),
                                queued.workflow(),
                                queued.behind(),
                                queued.expiresAtMs() == null ? "" : " until " + queued.expiresAtMs());
            case Event.InputPromoted promoted -> "InputPromoted " + promoted.run();
            case Event.InputMerged merged ->
                "InputMerged %s %s%s".formatted(merged.run(), ids(merged.inputs()), of(merged.changes()));
            case Event.InputExpired expired ->
                "InputExpired %s of %s".formatted(expired.identity().id(), expired.run());
            case Event.RunStarted started ->
                "RunStarted %s %s %s by %s %s head=%d%s"
                        .formatted(
                                started.run(),
                                started.workflow(),
                                started.start(),
                                started.source().id(),
                                started.main() ? "main" : "side",
                                started.previousHead(),
                                of(started.changes()));
            case Event.RunCompleted completed ->
                "RunCompleted %s %s".formatted(completed.run(), of(completed.values()));
            case Event.RunFailed failed ->
                "RunFailed %s at \"%s\": %s".formatted(failed.run(), failed.step(), failed.error());
            case Event.RunTimedOut timedOut -> "RunTimedOut " + timedOut.run();
            case Event.RunCancelled cancelled ->
                "RunCancelled %s %s%s"
                        .formatted(cancelled.run(), cancelled.cause(), cancelled.carriesInput() ? " carrying" : "");
            case Event.StateRolledBack back -> "StateRolledBack %s to %d".formatted(back.run(), back.head());
            case Event.StepCompleted completed ->
                "StepCompleted %s %s %s%s"
                        .formatted(completed.run(), completed.task(), completed.step(), of(completed.changes()));
            case Event.StepFailed failed ->
                "StepFailed %s %s %s: %s%s"
                        .formatted(
                                failed.run(),
                                failed.task(),
                                failed.step(),
                                failed.error(),
                                failed.followedBy() == null ? "" : ", then " + failed.followedBy());
            case Event.SubgraphStarted started ->
                "SubgraphStarted %s %s %s%s"
                        .formatted(started.run(), started.task(), started.workflow(), of(started.changes()));
            case Event.TimerSet timer -> "TimerSet %s %s @%d".formatted(timer.run(), timer.task(), timer.dueAtMs());
            case Event.TimerFired timer -> "TimerFired %s %s".formatted(timer.run(), timer.task());
            case Event.StateUpdated updated -> "StateUpdated" + of(updated.changes());
            case Event.StateRestored restored ->
                "StateRestored " + of(Json.object(restored.channels().values()));
            case Event.StateBranched branched ->
                "StateBranched%s%s%s"
                        .formatted(
                                branched.steps().isEmpty() ? "" : " as " + String.join(", ", branched.steps()),
                                of(branched.changes()),
                                branched.resumable() == null
                                        ? ""
                                        : " next "
                                                + branched.resumable().frame().tasks().stream()
                                                        .map(Task::step)
                                                        .toList());
            case Event.ThreadDeleted ignored -> "ThreadDeleted";
            case Event.RunRequested requested -> "RunRequested " + requested.leg();
            case Event.RunRequestEnded ended ->
                "RunRequestEnded %s%s".formatted(ended.leg(), ended.error() == null ? "" : " " + ended.error());
            case Event.ThreadForked forked ->
                "ThreadForked %s %s"
                        .formatted(
                                forked.source(),
                                of(Json.object(forked.channels().values())));
            case Event.InputKept kept ->
                "InputKept %s for %s".formatted(kept.identity().id(), kept.run());
            case Event.InterruptRaised raised ->
                "InterruptRaised %s %s %s %s %s"
                        .formatted(
                                raised.run(),
                                raised.task(),
                                raised.step(),
                                raised.interrupt().prompt().kind(),
                                of(raised.interrupt().prompt().payload()));
            case Event.InterruptResolved resolved ->
                "InterruptResolved %s %s by %s".formatted(resolved.run(), of(resolved.answer()), resolved.by());
            case Event.InterruptRejected rejected ->
                "InterruptRejected %s %s by %s".formatted(rejected.run(), rejected.reason(), rejected.by());
            case Event.InterruptExpired expired ->
                "InterruptExpired %s %s%s"
                        .formatted(
                                expired.run(),
                                expired.expiry(),
                                expired.answer() == null ? "" : " " + of(expired.answer()));
            case Event.InterruptAnswerRejected rejected ->
                "InterruptAnswerRejected %s: %s".formatted(rejected.run(), rejected.message());
            case Event.WaitStarted wait ->
                "WaitStarted %s %s %s %s%s"
                        .formatted(
                                wait.run(),
                                wait.task(),
                                wait.step(),
                                wait.types(),
                                wait.untilMs() == null ? "" : " until " + wait.untilMs());
            case Event.WaitSatisfied wait ->
                "WaitSatisfied %s %s by %s case %d"
                        .formatted(wait.run(), wait.task(), wait.input().id(), wait.index());
            case Event.RunInterrupted interrupted ->
                "RunInterrupted %s at %d%s%s%s%s"
                        .formatted(
                                interrupted.run(),
                                interrupted.superStep(),
                                interrupted.interrupts().isEmpty()
                                        ? ""
                                        : " asking " + interrupted.interrupts().size(),
                                interrupted.stop().breakpoint() == null
                                        ? ""
                                        : " " + interrupted.stop().breakpoint().words(),
                                interrupted.stop().byOperator() ? " by an operator" : "",
                                interrupted.stop().uncertain().isEmpty()
                                        ? ""
                                        : " uncertain " + interrupted.stop().uncertain());
            case Event.RunResumed resumed ->
                "RunResumed %s leg %d by %s".formatted(resumed.run(), resumed.leg(), resumed.by());
            case Event.RunPaused paused -> "RunPaused %s by %s".formatted(paused.run(), paused.by());
            case Event.RunUnpaused unpaused -> "RunUnpaused %s by %s".formatted(unpaused.run(), unpaused.by());
            case Event.RunSteered steered ->
                "RunSteered %s %s (%d)".formatted(steered.run(), steered.input().id(), steered.steers());
            case Event.RunRedirected redirected ->
                "RunRedirected %s to %s, dropping %s%s"
                        .formatted(
                                redirected.run(),
                                redirected.steps(),
                                redirected.dropped(),
                                redirected.next().isEmpty() ? "" : " now");
            case Event.ActionResultRecorded recorded ->
                "ActionResultRecorded %s#%d %s %s"
                        .formatted(recorded.action(), recorded.attempt(), recorded.name(), of(recorded.result()));
            case Event.CompactionStarted compaction ->
                "CompactionStarted %s: %s, %d messages"
                        .formatted(compaction.run(), compaction.reason(), compaction.messages());
            case Event.CompactionCompleted compaction ->
                "CompactionCompleted %s: %d messages".formatted(compaction.run(), compaction.messages());
            case Event.ActionRetryScheduled retry ->
                "ActionRetryScheduled %s#%d: %s, again at %d"
                        .formatted(retry.action(), retry.attempt(), retry.error(), retry.dueAtMs());
            case Event.ActionHeld held -> "ActionHeld %s#%d".formatted(held.action(), held.attempt());
            case Event.ActionReleased released ->
                "ActionReleased %s#%d%s"
                        .formatted(released.action(), released.attempt(), released.probe() ? " to probe" : "");
            case Event.ActionAccepted accepted ->
                "ActionAccepted %s#%d".formatted(accepted.action(), accepted.attempt());
            case Event.ActionExtended extended ->
                "ActionExtended %s#%d".formatted(extended.action(), extended.attempt());
            case Event.ActionRetried retried -> "ActionRetried %s#%d".formatted(retried.action(), retried.attempt());
            case Event.ActionUncertain uncertain ->
                "ActionUncertain %s#%d".formatted(uncertain.action(), uncertain.attempt());
            case Event.ActionRequested requested ->
                "ActionRequested %s %s#%d %s"
                        .formatted(requested.run(), requested.action(), requested.attempt(), of(requested.input()));
            case Event.ActionDenied denied ->
                "ActionDenied %s %s: %s".formatted(denied.run(), denied.action(), denied.name());
            case Event.ActionSucceeded succeeded ->
                "ActionSucceeded %s#%d".formatted(succeeded.action(), succeeded.attempt());
            case Event.ActionFailed failed ->
                "ActionFailed %s#%d: %s".formatted(failed.action(), failed.attempt(), failed.error());
            case Event.ActionResultDiscarded discarded ->
                "ActionResultDiscarded %s#%d: %s"
                        .formatted(discarded.action(), discarded.attempt(), discarded.reason());
        };
        return named(line);
    }

    static String of(Outcome outcome) {
        return named(
                switch (outcome) {
                    case Outcome.Started started -> "Started " + started.run();
                    case Outcome.Merged merged -> "Merged " + merged.run();
                    case Outcome.Queued queued -> "Queued " + queued.run();
                    case Outcome.Resumed resumed ->
                        "Resumed %s with %d"
                                .formatted(resumed.run(), resumed.interrupts().size());
                    case Outcome.Kept kept -> "Kept for " + kept.run();
                    case Outcome.Rejected rejected ->
                        "Rejected %s: %s".formatted(rejected.reason(), rejected.message());
                    case Outcome.Cancelled cancelled -> "Cancelled " + cancelled.runs();
                    case Outcome.Applied ignored -> "Applied";
                    case Outcome.Unchanged unchanged -> "Unchanged: " + unchanged.message();
                    case Outcome.Duplicate duplicate -> "Duplicate of " + of(duplicate.first());
                    case Outcome.Invalid invalid -> "Invalid: " + invalid.message();
                });
    }

    static String of(Json json) {
        return JsonText.write(json.canonical());
    }

    private static String of(Map<String, Json> values) {
        return of(Json.object(values));
    }

    private static String of(ThreadSettings settings) {
        return "policy=%s workflow=%s metadata=%s"
                .formatted(
                        settings.policy() == null ? "-" : settings.policy().words(),
                        settings.workflow() == null ? "-" : settings.workflow(),
                        of(settings.metadata()));
    }

    private static String of(List<Change> changes) {
        return changes.stream()
                .map(change -> " %s%s%s"
                        .formatted(
                                change.channel(),
                                switch (change.reducer()) {
                                    case StandardReducer.LAST_WRITE_WINS -> "=";
                                    case StandardReducer.APPEND -> "+=";
                                    default -> " " + change.reducer().form() + " ";
                                },
                                of(change.value())))
                .collect(Collectors.joining());
    }

    private static List<String> ids(List<Identity> identities) {
        return identities.stream().map(Identity::id).toList();
    }

    private static String named(String line) {
        String named = line;
        for (Map.Entry<String, String> followUp : FOLLOW_UPS.entrySet()) {
            named = named.replace(followUp.getKey(), followUp.getValue());
        }
        return named;
    }
}
