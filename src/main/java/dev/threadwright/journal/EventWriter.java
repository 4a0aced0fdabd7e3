package dev.threadwright.journal;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.TaskId;
import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Events as JSON: {@code type} first, because the {@code event} view cuts it out of the text. The version that an event
 * is written in follows as {@code v}, left out where it is 1.
 */
final class EventWriter {

    /** No event has a field of this name: it stands in stored ones for what is no part of the event. */
    static final String TRACE_PARENT = "traceparent";

    private final JsonGenerator generator;
    private final FieldWriter to;

    EventWriter(JsonGenerator generator) {
        this.generator = generator;
        this.to = new FieldWriter(generator);
    }

    void write(Event event) throws IOException {
        write(event, null);
    }

    /** @param traceParent see {@link Recorded}; null for none */
    void write(Event event, @Nullable String traceParent) throws IOException {
        generator.writeStartObject();
        to.text("type", typeOf(event));
        writeFields(event);
        to.text(TRACE_PARENT, traceParent);
        generator.writeEndObject();
    }

    /** Never to be changed: it is what the journal holds. */
    static String typeOf(Event event) {
        return switch (event) {
            case Event.ThreadCreated ignored -> "thread.created";
            case Event.ThreadUpdated ignored -> "thread.updated";
            case Event.InputAccepted ignored -> "input.accepted";
            case Event.InputRejected ignored -> "input.rejected";
            case Event.InputQueued ignored -> "input.queued";
            case Event.InputPromoted ignored -> "input.promoted";
            case Event.InputMerged ignored -> "input.merged";
            case Event.InputExpired ignored -> "input.expired";
            case Event.RunStarted ignored -> "run.started";
            case Event.RunCompleted ignored -> "run.completed";
            case Event.RunFailed ignored -> "run.failed";
            case Event.RunTimedOut ignored -> "run.timed_out";
            case Event.RunCancelled ignored -> "run.cancelled";
            case Event.StateRolledBack ignored -> "state.rolled_back";
            case Event.StepCompleted ignored -> "step.completed";
            case Event.StepFailed ignored -> "step.failed";
            case Event.SubgraphStarted ignored -> "subgraph.started";
            case Event.StateUpdated ignored -> "state.updated";
            case Event.StateRestored ignored -> "state.restored";
            case Event.ThreadForked ignored -> "thread.forked";
            case Event.TimerSet ignored -> "timer.set";
            case Event.TimerFired ignored -> "timer.fired";
            case Event.ActionRetryScheduled ignored -> "action.retry_scheduled";
            case Event.ActionUncertain ignored -> "action.uncertain";
            case Event.ActionHeld ignored -> "action.held";
            case Event.ActionReleased ignored -> "action.released";
            case Event.ActionAccepted ignored -> "action.accepted";
            case Event.ActionExtended ignored -> "action.extended";
            case Event.ActionRetried ignored -> "action.retried";
            case Event.ActionRequested ignored -> "action.requested";
            case Event.ActionDenied ignored -> "action.denied";
            case Event.ActionSucceeded ignored -> "action.succeeded";
            case Event.ActionFailed ignored -> "action.failed";
            case Event.ActionResultDiscarded ignored -> "action.result_discarded";
            case Event.ActionResultRecorded ignored -> "action.result_recorded";
            case Event.InputKept ignored -> "input.kept";
            case Event.InterruptRaised ignored -> "interrupt.raised";
            case Event.InterruptResolved ignored -> "interrupt.resolved";
            case Event.InterruptRejected ignored -> "interrupt.rejected";
            case Event.InterruptExpired ignored -> "interrupt.expired";
            case Event.InterruptAnswerRejected ignored -> "interrupt.answer_rejected";
            case Event.WaitStarted ignored -> "wait.started";
            case Event.WaitSatisfied ignored -> "wait.satisfied";
            case Event.RunInterrupted ignored -> "run.interrupted";
            case Event.RunResumed ignored -> "run.resumed";
            case Event.RunPaused ignored -> "run.paused";
            case Event.RunUnpaused ignored -> "run.unpaused";
            case Event.RunSteered ignored -> "run.steered";
            case Event.RunRedirected ignored -> "run.redirected";
            case Event.CompactionStarted ignored -> "compaction.started";
            case Event.CompactionCompleted ignored -> "compaction.completed";
            case Event.RunRequested ignored -> "run.requested";
            case Event.RunRequestEnded ignored -> "run.request_ended";
            case Event.StateBranched ignored -> "state.branched";
            case Event.ThreadDeleted ignored -> "thread.deleted";
        };
    }

    private void writeFields(Event event) throws IOException {
        switch (event) {
            case Event.ThreadCreated ignored -> {}
            case Event.ThreadUpdated e -> to.object("settings", e.settings(), settings -> Parts.write(to, settings));
            case Event.InputAccepted e ->
                run(e.run())
                        .object("input", e.input(), input -> Parts.write(to, input))
                        .object("why", e.why(), why -> Parts.write(to, why));
            case Event.InputRejected e ->
                to.object("identity", e.identity(), identity -> Parts.write(to, identity))
                        .text("command", e.type())
                        .word("reason", e.reason())
                        .text("message", e.message())
                        .object("why", e.why(), why -> Parts.write(to, why));
            case Event.InputQueued e -> {
                run(e.run())
                        .text("workflow", e.workflow().toString())
                        .number("expiresAtMs", e.expiresAtMs())
                        .word("behind", e.behind());
                AskParts.write(to, e.bounds());
                to.number("notBeforeMs", e.notBeforeMs());
            }
            case Event.InputKept e -> {
                run(e.run());
                identity("identity", e.identity());
                flagIf("named", e.isNamed());
                to.number("expiresAtMs", e.expiresAtMs());
            }
            case Event.InputPromoted e -> run(e.run());
            case Event.InputMerged e -> {
                run(e.run()).objects("inputs", e.inputs(), input -> Parts.write(to, input));
                Parts.writeChanges(to, e.changes());
                flagIf("mapped", e.mapped());
            }
            case Event.InputExpired e -> {
                run(e.run());
                identity("identity", e.identity());
                to.text("message", e.message());
            }
            case Event.RunStarted e -> {
                run(e.run()).text("workflow", e.workflow().toString()).word("start", e.start());
                identity("source", e.source());
                to.flag("main", e.main()).number("previousHead", e.previousHead());
                Parts.writeChanges(to, e.changes());
                flagIf("mapped", e.mapped());
                FrameParts.write(to, "tasks", e.tasks());
                AskParts.write(to, e.bounds());
                if (!e.approvals().isEmpty()) {
                    to.json("approvals", Json.object(e.approvals()));
                }
                to.number("timeoutMs", e.timeoutMs());
            }
            case Event.RunCompleted e -> {
                run(e.run()).json("values", Json.object(e.values()));
                Parts.writeChangesIfAny(to, "settled", e.settled());
                Parts.writeChangesIfAny(to, "folded", e.folded());
                Parts.writeChangesIfAny(to, "foldedBelow", e.foldedBelow());
            }
            case Event.RunFailed e -> run(e.run()).text("step", e.step()).text("error", e.error());
            case Event.RunTimedOut e -> run(e.run());
            case Event.RunCancelled e -> run(e.run()).word("cause", e.cause()).flag("carriesInput", e.carriesInput());
            case Event.StateRolledBack e -> run(e.run()).number("head", e.head());
            case Event.StateUpdated e -> {
                RunId run = e.run();
                to.text("run", run == null ? null : run.value());
                Parts.writeChanges(to, e.changes());
            }
            case Event.StateRestored e -> {
                to.text("checkpoint", e.checkpoint());
                FrameParts.write(to, "channels", e.channels());
                to.object("resumable", e.resumable(), resumable -> FrameParts.write(to, resumable));
            }
            case Event.ThreadForked e -> {
                to.text("source", e.source()).text("checkpoint", e.checkpoint());
                FrameParts.write(to, "channels", e.channels());
                to.object("resumable", e.resumable(), resumable -> FrameParts.write(to, resumable));
            }
            case Event.StepCompleted e -> {
                task(e.run(), e.task()).text("step", e.step());
                Parts.writeChanges(to, e.changes());
                FrameParts.goTo(to, e.goTo());
                next(e.settled(), e.next());
            }
            case Event.StepFailed e -> {
                task(e.run(), e.task())
                        .text("step", e.step())
                        .text("error", e.error())
                        .text("followedBy", e.followedBy());
                next(e.settled(), e.next());
            }
            case Event.SubgraphStarted e -> {
                task(e.run(), e.task())
                        .text("workflow", e.workflow().toString())
                        .json("trigger", e.trigger());
                Parts.writeChanges(to, e.changes());
                FrameParts.write(to, "tasks", e.tasks());
            }
            case Event.TimerSet e ->
                task(e.run(), e.task()).text("step", e.step()).number("dueAtMs", e.dueAtMs());
            case Event.TimerFired e -> task(e.run(), e.task());
            case Event.ActionRequested e -> {
                task(e.run(), e.task())
                        .text("action", e.action().value())
                        .text("step", e.step())
                        .text("handler", e.handler())
                        .json("input", e.input())
                        .flag("idempotent", e.idempotent())
                        .number("timeoutMs", e.timeoutMs());
                if (e.attempt() != 1) {
                    to.number("attempt", e.attempt());
                }
                if (e.remote()) {
                    to.flag("remote", true);
                }
            }
            case Event.ActionHeld e -> action(e.run(), e.action(), e.attempt());
            case Event.ActionReleased e ->
                action(e.run(), e.action(), e.attempt()).flag("probe", e.probe());
            case Event.ActionAccepted e -> action(e.run(), e.action(), e.attempt());
            case Event.ActionExtended e -> action(e.run(), e.action(), e.attempt());
            case Event.ActionRetried e -> action(e.run(), e.action(), e.attempt());
            case Event.ActionDenied e ->
                task(e.run(), e.task())
                        .text("action", e.action().value())
                        .text("step", e.step())
                        .text("name", e.name());
            case Event.ActionRetryScheduled e ->
                action(e.run(), e.action(), e.attempt())
                        .text("error", e.error())
                        .number("dueAtMs", e.dueAtMs());
            case Event.ActionUncertain e ->
                action(e.run(), e.action(), e.attempt()).text("reason", e.reason());
            case Event.ActionSucceeded e ->
                action(e.run(), e.action(), e.attempt()).json("result", e.result());
            case Event.ActionFailed e ->
                action(e.run(), e.action(), e.attempt()).text("error", e.error());
            case Event.ActionResultDiscarded e ->
                action(e.run(), e.action(), e.attempt()).text("reason", e.reason());
            case Event.ActionResultRecorded e ->
                action(e.run(), e.action(), e.attempt()).text("name", e.name()).json("result", e.result());
            case Event.InterruptRaised e -> {
                task(e.run(), e.task()).text("step", e.step());
                to.object("interrupt", e.interrupt(), interrupt -> AskParts.write(to, interrupt));
                ActionId action = e.action();
                if (action != null) {
                    to.text("action", action.value()).number("attempt", e.attempt());
                }
            }
            case Event.InterruptResolved e -> {
                interrupt(e.run(), e.interrupt())
                        .json("answer", e.answer())
                        .text("by", e.by())
                        .text("via", e.via())
                        .object("input", e.input(), input -> Parts.write(to, input));
                flagIf("bare", e.bare());
            }
            case Event.InterruptRejected e ->
                interrupt(e.run(), e.interrupt())
                        .text("reason", e.reason())
                        .text("by", e.by())
                        .text("via", e.via());
            case Event.InterruptExpired e -> {
                interrupt(e.run(), e.interrupt()).word("expiry", e.expiry());
                AskParts.jsonIf(to, "answer", e.answer());
            }
            case Event.InterruptAnswerRejected e ->
                interrupt(e.run(), e.interrupt())
                        .object("identity", e.identity(), identity -> Parts.write(to, identity))
                        .text("message", e.message())
                        .text("by", e.by());
            case Event.WaitStarted e ->
                task(e.run(), e.task())
                        .text("step", e.step())
                        .texts("types", e.types())
                        .number("untilMs", e.untilMs());
            case Event.WaitSatisfied e -> {
                task(e.run(), e.task());
                identity("input", e.input());
                to.number("index", e.index());
            }
            case Event.RunInterrupted e -> {
                run(e.run()).number("superStep", e.superStep());
                to.objects("interrupts", e.interrupts(), interrupt -> AskParts.write(to, interrupt));
                AskParts.write(to, e.stop());
                runOrNull("closed", e.closed());
            }
            case Event.RunResumed e -> {
                run(e.run()).text("by", e.by()).text("via", e.via()).number("leg", e.leg());
                AskParts.ids(to, "interrupts", e.interrupts());
                AskParts.write(to, e.bounds());
                if (e.pass() != Event.Pass.NONE) {
                    to.word("pass", e.pass());
                }
                runOrNull("opened", e.opened());
            }
            case Event.RunPaused e -> run(e.run()).text("by", e.by());
            case Event.RunUnpaused e -> run(e.run()).text("by", e.by());
            case Event.RunSteered e -> {
                run(e.run());
                identity("input", e.input());
                to.number("steers", e.steers());
            }
            case Event.RunRedirected e -> {
                run(e.run())
                        .texts("steps", e.steps())
                        .json("item", e.item())
                        .texts(
                                "dropped",
                                e.dropped().stream().map(TaskId::value).toList());
                next(e.settled(), e.next());
            }
            case Event.CompactionStarted e ->
                run(e.run())
                        .text("reason", e.reason())
                        .number("bytes", e.bytes())
                        .number("messages", e.messages());
            case Event.CompactionCompleted e ->
                run(e.run()).number("bytes", e.bytes()).number("messages", e.messages());
            case Event.RunRequested e -> to.text("leg", e.leg().value()).json("request", e.request());
            case Event.RunRequestEnded e ->
                to.text("leg", e.leg().value()).text("error", e.error()).text("message", e.message());
            case Event.StateBranched e -> {
                to.text("checkpoint", e.checkpoint());
                if (e.base() != null) {
                    FrameParts.write(to, "base", e.base());
                }
                to.texts("steps", e.steps());
                Parts.writeChanges(to, e.changes());
                to.object("resumable", e.resumable(), resumable -> FrameParts.write(to, resumable));
            }
            case Event.ThreadDeleted ignored -> {}
        }
    }

    private void runOrNull(String name, @Nullable RunId run) throws IOException {
        to.text(name, run == null ? null : run.value());
    }

    private FieldWriter run(RunId run) throws IOException {
        return to.text("run", run.value());
    }

    private FieldWriter interrupt(RunId run, InterruptId interrupt) throws IOException {
        return run(run).text("interrupt", interrupt.value());
    }

    private FieldWriter task(RunId run, TaskId task) throws IOException {
        return run(run).text("task", task.value());
    }

    private void next(List<Change> settled, List<Planned> next) throws IOException {
        Parts.writeChangesIfAny(to, "settled", settled);
        if (!next.isEmpty()) {
            FrameParts.write(to, "next", next);
        }
    }

    private void flagIf(String name, boolean value) throws IOException {
        if (value) {
            to.flag(name, true);
        }
    }

    private FieldWriter action(RunId run, ActionId action, int attempt) throws IOException {
        return run(run).text("action", action.value()).number("attempt", attempt);
    }

    private void identity(String name, Identity identity) throws IOException {
        to.object(name, identity, fields -> Parts.write(to, fields));
    }
}
