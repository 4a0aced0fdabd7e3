package dev.threadwright.actor;

import dev.threadwright.journal.Batch.RunRow;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.Json;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a batch's events change about runs as readers see them. */
final class RunRows {

    private static final String FOLLOW_UP = "follow_up";
    private static final String CONTINUE = "continue";
    private static final String COMPACTION = "compaction";

    private final Map<RunId, Draft> drafts = new LinkedHashMap<>();
    private final Map<RunId, Json.Obj> requests = new HashMap<>();

    private static final class Draft {
        final ThreadKey thread;
        RunStatus status = RunStatus.QUEUED;

        @Nullable String workflow;

        @Nullable String decision;

        @Nullable Long admittedAtMs;

        @Nullable Long startedAtMs;

        @Nullable Long endedAtMs;

        @Nullable Map<String, Json> values;

        @Nullable String error;

        @Nullable String cause;

        Json.@Nullable Obj request;

        Draft(ThreadKey thread) {
            this.thread = thread;
        }
    }

    void add(ThreadKey thread, Recorded recorded) {
        long timeMs = recorded.timeMs();
        switch (recorded.event()) {
            case Event.InputAccepted accepted -> {
                switch (accepted.why().decision()) {
                    case START, INTERRUPT_AND_START_NEW, PARALLEL, QUEUE, ROLLBACK -> {
                        Draft draft = draft(thread, accepted.run());
                        draft.decision = accepted.why().decision().name().toLowerCase(Locale.ROOT);
                        draft.admittedAtMs = timeMs;
                        draft.request = request(accepted.run(), accepted.input().data());
                    }
                    case MERGE_INTO_RUNNING, ADDRESSED, REJECT, STEER, RESUME, KEEP -> {}
                }
            }
            case Event.InputQueued queued ->
                draft(thread, queued.run()).workflow = queued.workflow().toString();
            case Event.RunStarted started -> {
                Draft draft = draft(thread, started.run());
                draft.status = RunStatus.ACTIVE;
                draft.workflow = started.workflow().toString();
                draft.startedAtMs = timeMs;
                switch (started.start()) {
                    case FOLLOW_UP -> {
                        draft.decision = FOLLOW_UP;
                        draft.admittedAtMs = timeMs;
                    }
                    case CONTINUE -> {
                        draft.decision = CONTINUE;
                        draft.admittedAtMs = timeMs;
                        draft.request = request(started.run(), null);
                    }
                    case COMPACTION -> {
                        draft.decision = COMPACTION;
                        draft.admittedAtMs = timeMs;
                    }
                    case INPUT, QUEUE -> {}
                }
            }
            case Event.RunCompleted completed ->
                end(thread, completed.run(), RunStatus.COMPLETED, timeMs).values = completed.values();
            case Event.RunFailed failed -> end(thread, failed.run(), RunStatus.FAILED, timeMs).error = failed.error();
            case Event.RunTimedOut timedOut -> end(thread, timedOut.run(), RunStatus.TIMED_OUT, timeMs);
            case Event.RunCancelled cancelled ->
                end(thread, cancelled.run(), RunStatus.CANCELLED, timeMs).cause =
                        cancelled.cause().name().toLowerCase(Locale.ROOT);
            case Event.InputExpired ignored -> {}
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
            case Event.ThreadCreated ignored -> {}
            case Event.ThreadUpdated ignored -> {}
            case Event.InputRejected ignored -> {}
            case Event.InputPromoted ignored -> {}
            case Event.InputMerged ignored -> {}
            case Event.StateRolledBack ignored -> {}
            case Event.StepCompleted ignored -> {}
            case Event.StepFailed ignored -> {}
            case Event.ActionRequested ignored -> {}
            case Event.ActionRetryScheduled ignored -> {}
            case Event.ActionUncertain ignored -> {}
            case Event.ActionHeld ignored -> {}
            case Event.ActionReleased ignored -> {}
            case Event.ActionAccepted ignored -> {}
            case Event.ActionExtended ignored -> {}
            case Event.ActionRetried ignored -> {}
            case Event.SubgraphStarted ignored -> {}
            case Event.TimerSet ignored -> {}
            case Event.TimerFired ignored -> {}
            case Event.StateUpdated ignored -> {}
            case Event.StateRestored ignored -> {}
            case Event.ThreadForked ignored -> {}
            case Event.RunRequested requested -> requests.put(requested.leg(), requested.request());
            case Event.RunRequestEnded ignored -> {}
            case Event.ActionDenied ignored -> {}
            case Event.ActionSucceeded ignored -> {}
            case Event.ActionFailed ignored -> {}
            case Event.ActionResultDiscarded ignored -> {}
            case Event.StateBranched ignored -> {}
            case Event.ThreadDeleted ignored -> {}
        }
    }

    /** Where the unfinished runs of a changed thread stand now. */
    void status(ThreadKey thread, ThreadState before, ThreadState after) {
        for (StartedRun run : after.started()) {
            StartedRun earlier = before.started(run.id());
            RunStatus status = run.status();
            if (drafts.containsKey(run.id()) || (earlier != null && earlier.status() != status)) {
                draft(thread, run.id()).status = status;
            }
        }
    }

    List<RunRow> rows() {
        return drafts.entrySet().stream()
                .map(entry -> row(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** With the input, which the event leaves to the input's own. */
    private Json.@Nullable Obj request(RunId run, @Nullable Json input) {
        Json.Obj request = requests.get(run);
        if (request == null || input == null) {
            return request;
        }
        Map<String, Json> fields = new LinkedHashMap<>(request.fields());
        fields.put("input", input);
        return Json.object(fields);
    }

    private Draft end(ThreadKey thread, RunId run, RunStatus status, long timeMs) {
        Draft draft = draft(thread, run);
        draft.status = status;
        draft.endedAtMs = timeMs;
        return draft;
    }

    private Draft draft(ThreadKey thread, RunId run) {
        return drafts.computeIfAbsent(run, id -> new Draft(thread));
    }

    private static RunRow row(RunId run, Draft draft) {
        return new RunRow(
                draft.thread,
                run,
                draft.status,
                draft.workflow,
                draft.decision,
                draft.admittedAtMs,
                draft.startedAtMs,
                draft.endedAtMs,
                draft.values,
                draft.error,
                draft.cause,
                draft.request);
    }
}
