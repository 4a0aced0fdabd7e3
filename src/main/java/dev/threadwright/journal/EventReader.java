package dev.threadwright.journal;

import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Event.Behind;
import dev.threadwright.thread.Event.Cause;
import dev.threadwright.thread.Event.Expiry;
import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.thread.Event.Start;
import dev.threadwright.thread.Interrupt;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.TaskId;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Planned;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Events from JSON: lifted to the newest version of their type, then read. */
final class EventReader {

    private final Upcasters upcasters;

    EventReader(Upcasters upcasters) {
        this.upcasters = upcasters;
    }

    /** @throws UnreadableException if a newer release wrote it, or it is damaged */
    Event read(Json json) {
        Fields stored = Fields.of(json, "Event");
        String type = stored.text("type");
        int version = stored.has("v") ? stored.integer("v") : 1;
        Fields fields = Fields.of(upcasters.lift(type, version, stored.values()), "Event " + type);
        try {
            return read(type, fields);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new UnreadableException("Event " + type + ": " + e.getMessage());
        }
    }

    private static Event read(String type, Fields e) {
        return switch (type) {
            case "thread.created" -> new Event.ThreadCreated();
            case "thread.updated" -> new Event.ThreadUpdated(Parts.settings(e.fields("settings")));
            case "input.accepted" ->
                new Event.InputAccepted(Parts.input(e.fields("input")), Parts.run(e), Parts.why(e.fields("why")));
            case "input.rejected" ->
                new Event.InputRejected(
                        e.has("identity") ? Parts.identity(e.fields("identity")) : null,
                        e.text("command"),
                        e.word("reason", Rejection.class),
                        e.text("message"),
                        e.has("why") ? Parts.why(e.fields("why")) : null);
            case "input.queued" ->
                new Event.InputQueued(
                        Parts.run(e),
                        Parts.workflow(e),
                        e.numberOrNull("expiresAtMs"),
                        e.word("behind", Behind.class),
                        AskParts.bounds(e),
                        e.numberOrNull("notBeforeMs"));
            case "input.kept" ->
                new Event.InputKept(
                        Parts.identity(e.fields("identity")), Parts.run(e), e.has("named"), e.number("expiresAtMs"));
            case "input.promoted" -> new Event.InputPromoted(Parts.run(e));
            case "input.merged" ->
                new Event.InputMerged(
                        Parts.run(e), e.objects("inputs", Parts::identity), Parts.changes(e), e.has("mapped"));
            case "input.expired" ->
                new Event.InputExpired(Parts.identity(e.fields("identity")), Parts.run(e), e.text("message"));
            case "run.started" ->
                new Event.RunStarted(
                        Parts.run(e),
                        Parts.workflow(e),
                        e.word("start", Start.class),
                        Parts.identity(e.fields("source")),
                        e.flag("main"),
                        e.number("previousHead"),
                        Parts.changes(e),
                        e.has("mapped"),
                        FrameParts.planned(e, "tasks"),
                        AskParts.bounds(e),
                        e.has("approvals") ? e.object("approvals").fields() : Map.of(),
                        e.numberOrNull("timeoutMs"));
            case "run.completed" ->
                new Event.RunCompleted(
                        Parts.run(e),
                        e.object("values").fields(),
                        Parts.changesIfAny(e, "settled"),
                        Parts.changesIfAny(e, "folded"),
                        Parts.changesIfAny(e, "foldedBelow"));
            case "run.failed" -> new Event.RunFailed(Parts.run(e), e.text("step"), e.text("error"));
            case "run.timed_out" -> new Event.RunTimedOut(Parts.run(e));
            case "run.cancelled" ->
                new Event.RunCancelled(Parts.run(e), e.word("cause", Cause.class), e.flag("carriesInput"));
            case "state.rolled_back" -> new Event.StateRolledBack(Parts.run(e), e.number("head"));
            case "state.updated" -> new Event.StateUpdated(e.has("run") ? Parts.run(e) : null, Parts.changes(e));
            case "state.restored" ->
                new Event.StateRestored(
                        e.text("checkpoint"),
                        FrameParts.channels(e, "channels"),
                        FrameParts.resumableOrNull(e, "resumable"));
            case "thread.forked" ->
                new Event.ThreadForked(
                        e.text("source"),
                        e.text("checkpoint"),
                        FrameParts.channels(e, "channels"),
                        FrameParts.resumableOrNull(e, "resumable"));
            case "step.completed" ->
                new Event.StepCompleted(
                        Parts.run(e),
                        task(e),
                        e.text("step"),
                        Parts.changes(e),
                        FrameParts.goTo(e),
                        Parts.changesIfAny(e, "settled"),
                        next(e));
            case "step.failed" ->
                new Event.StepFailed(
                        Parts.run(e),
                        task(e),
                        e.text("step"),
                        e.text("error"),
                        e.textOrNull("followedBy"),
                        Parts.changesIfAny(e, "settled"),
                        next(e));
            case "subgraph.started" ->
                new Event.SubgraphStarted(
                        Parts.run(e),
                        task(e),
                        Parts.workflow(e),
                        e.json("trigger"),
                        Parts.changes(e),
                        FrameParts.planned(e, "tasks"));
            case "timer.set" -> new Event.TimerSet(Parts.run(e), task(e), e.text("step"), e.number("dueAtMs"));
            case "timer.fired" -> new Event.TimerFired(Parts.run(e), task(e));
            case "action.requested" ->
                new Event.ActionRequested(
                        Parts.run(e),
                        task(e),
                        action(e),
                        e.text("step"),
                        e.text("handler"),
                        e.json("input"),
                        e.flag("idempotent"),
                        e.number("timeoutMs"),
                        e.has("attempt") ? e.integer("attempt") : 1,
                        e.has("remote") && e.flag("remote"));
            case "action.held" -> new Event.ActionHeld(Parts.run(e), action(e), e.integer("attempt"));
            case "action.released" ->
                new Event.ActionReleased(Parts.run(e), action(e), e.integer("attempt"), e.flag("probe"));
            case "action.accepted" -> new Event.ActionAccepted(Parts.run(e), action(e), e.integer("attempt"));
            case "action.extended" -> new Event.ActionExtended(Parts.run(e), action(e), e.integer("attempt"));
            case "action.retried" -> new Event.ActionRetried(Parts.run(e), action(e), e.integer("attempt"));
            case "action.denied" ->
                new Event.ActionDenied(Parts.run(e), task(e), action(e), e.text("step"), e.text("name"));
            case "action.retry_scheduled" ->
                new Event.ActionRetryScheduled(
                        Parts.run(e), action(e), e.integer("attempt"), e.text("error"), e.number("dueAtMs"));
            case "action.uncertain" ->
                new Event.ActionUncertain(Parts.run(e), action(e), e.integer("attempt"), e.text("reason"));
            case "action.succeeded" ->
                new Event.ActionSucceeded(Parts.run(e), action(e), e.integer("attempt"), e.json("result"));
            case "action.failed" ->
                new Event.ActionFailed(Parts.run(e), action(e), e.integer("attempt"), e.text("error"));
            case "action.result_discarded" ->
                new Event.ActionResultDiscarded(Parts.run(e), action(e), e.integer("attempt"), e.text("reason"));
            case "action.result_recorded" ->
                new Event.ActionResultRecorded(
                        Parts.run(e), action(e), e.integer("attempt"), e.text("name"), e.json("result"));
            case "interrupt.raised" ->
                new Event.InterruptRaised(
                        Parts.run(e),
                        task(e),
                        e.text("step"),
                        AskParts.interrupt(e.fields("interrupt")),
                        e.has("action") ? action(e) : null,
                        e.has("action") ? e.integer("attempt") : 0);
            case "interrupt.resolved" ->
                new Event.InterruptResolved(
                        Parts.run(e),
                        interrupt(e),
                        e.json("answer"),
                        e.text("by"),
                        e.text("via"),
                        e.has("input") ? Parts.identity(e.fields("input")) : null,
                        e.has("bare"));
            case "interrupt.rejected" ->
                new Event.InterruptRejected(
                        Parts.run(e), interrupt(e), e.textOrNull("reason"), e.text("by"), e.text("via"));
            case "interrupt.expired" ->
                new Event.InterruptExpired(
                        Parts.run(e), interrupt(e), e.word("expiry", Expiry.class), AskParts.jsonOrNull(e, "answer"));
            case "interrupt.answer_rejected" ->
                new Event.InterruptAnswerRejected(
                        e.has("identity") ? Parts.identity(e.fields("identity")) : null,
                        Parts.run(e),
                        interrupt(e),
                        e.text("message"),
                        e.text("by"));
            case "wait.started" ->
                new Event.WaitStarted(
                        Parts.run(e), task(e), e.text("step"), e.texts("types"), e.numberOrNull("untilMs"));
            case "wait.satisfied" ->
                new Event.WaitSatisfied(Parts.run(e), task(e), Parts.identity(e.fields("input")), e.integer("index"));
            case "run.interrupted" -> {
                List<Interrupt> interrupts = e.objects("interrupts", AskParts::interrupt);
                yield new Event.RunInterrupted(
                        Parts.run(e),
                        e.integer("superStep"),
                        AskParts.stop(e, interrupts.stream().map(Interrupt::id).toList()),
                        interrupts,
                        runOrNull(e, "closed"));
            }
            case "run.resumed" ->
                new Event.RunResumed(
                        Parts.run(e),
                        e.text("by"),
                        e.text("via"),
                        e.integer("leg"),
                        AskParts.ids(e, "interrupts"),
                        AskParts.bounds(e),
                        e.has("pass") ? e.word("pass", Event.Pass.class) : Event.Pass.NONE,
                        runOrNull(e, "opened"));
            case "run.paused" -> new Event.RunPaused(Parts.run(e), e.text("by"));
            case "run.unpaused" -> new Event.RunUnpaused(Parts.run(e), e.text("by"));
            case "run.steered" ->
                new Event.RunSteered(Parts.run(e), Parts.identity(e.fields("input")), e.integer("steers"));
            case "run.redirected" ->
                new Event.RunRedirected(
                        Parts.run(e),
                        e.texts("steps"),
                        e.json("item"),
                        e.texts("dropped").stream().map(TaskId::new).toList(),
                        Parts.changesIfAny(e, "settled"),
                        next(e));
            case "compaction.started" ->
                new Event.CompactionStarted(Parts.run(e), e.text("reason"), e.number("bytes"), e.integer("messages"));
            case "run.requested" -> new Event.RunRequested(new RunId(e.text("leg")), e.object("request"));
            case "run.request_ended" ->
                new Event.RunRequestEnded(new RunId(e.text("leg")), e.textOrNull("error"), e.text("message"));
            case "compaction.completed" ->
                new Event.CompactionCompleted(Parts.run(e), e.number("bytes"), e.integer("messages"));
            case "state.branched" ->
                new Event.StateBranched(
                        e.textOrNull("checkpoint"),
                        e.has("base") ? FrameParts.channels(e, "base") : null,
                        e.texts("steps"),
                        Parts.changes(e),
                        FrameParts.resumableOrNull(e, "resumable"));
            case "thread.deleted" -> new Event.ThreadDeleted();
            default ->
                throw new UnreadableException("This release does not know events of type " + type
                        + "; a newer one wrote them, so this server needs an update");
        };
    }

    private static List<Planned> next(Fields from) {
        return from.has("next") ? FrameParts.planned(from, "next") : List.of();
    }

    private static TaskId task(Fields from) {
        return new TaskId(from.text("task"));
    }

    private static InterruptId interrupt(Fields from) {
        return new InterruptId(from.text("interrupt"));
    }

    private static ActionId action(Fields from) {
        return new ActionId(from.text("action"));
    }

    private static @Nullable RunId runOrNull(Fields from, String name) {
        String run = from.textOrNull(name);
        return run == null ? null : new RunId(run);
    }
}
