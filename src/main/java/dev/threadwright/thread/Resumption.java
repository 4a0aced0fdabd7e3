package dev.threadwright.thread;

import dev.threadwright.thread.Event.DecisionKind;
import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.thread.Event.Why;
import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What people answer, refuse and want of runs that wait for them. An interrupt has one outcome, ever; an answer reaches
 * the task that asked, and none that asks later.
 */
final class Resumption {

    private final WorkflowCatalog workflows;
    private final Edits edits;
    private final Asks asks;
    private final Stops stops;
    private final Progress progress;

    Resumption(WorkflowCatalog workflows, Edits edits, Asks asks, Stops stops, Progress progress) {
        this.workflows = workflows;
        this.edits = edits;
        this.asks = asks;
        this.stops = stops;
        this.progress = progress;
    }

    /** Why a command cannot be followed; nothing has been added to the draft. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final Rejection reason;
        private final String message;

        Refusal(Rejection reason, String message) {
            super(message, null, false, false);
            this.reason = reason;
            this.message = message;
        }

        Rejection reason() {
            return reason;
        }

        String message() {
            return message;
        }

        private Decision on(Draft draft) {
            return draft.refused(reason, message);
        }
    }

    private static Refusal refusal(Rejection reason, String message) {
        return new Refusal(reason, message);
    }

    /** An input that names the interrupt. */
    Decision answer(Draft draft, Input input, InterruptId id, Map<InterruptId, SettledInterrupt> settled) {
        StartedRun run = draft.state().asking(id);
        if (run != null) {
            return answer(draft, input, run, pending(run, id));
        }
        try {
            return repeated(draft, Map.of(id, input.data()), settled);
        } catch (Refusal refused) {
            return refused.on(draft);
        }
    }

    /** An input that the run has asked for. */
    Decision answer(Draft draft, Input input, StartedRun run, Interrupt interrupt) {
        String problem = asks.problem(interrupt.prompt(), input.data());
        if (problem != null) {
            return invalid(draft, run, interrupt.id(), problem);
        }
        draft.add(new Event.InputAccepted(
                input,
                run.id(),
                new Why(DecisionKind.RESUME, "", null, draft.state().situation().words(), List.of())));
        resolve(draft, run.id(), Map.of(interrupt.id(), input.data()), input.identity(), false);
        stops.goOn(draft, run.id(), draft.header(), List.of(interrupt.id()), Bounds.NONE, Event.Pass.NONE);
        progress.advance(draft);
        return draft.decided(new Outcome.Resumed(run.id(), List.of(interrupt.id())));
    }

    Decision resume(Draft draft, Command.ResumeRun resume, Known known) {
        if (!draft.state().exists()) {
            return draft.unchanged(Decider.noThread(draft.state()));
        }
        progress.expire(draft);
        try {
            return attempt(draft, resume, known);
        } catch (Refusal refused) {
            return refused.on(draft);
        }
    }

    /** @throws Refusal if it cannot be followed */
    Decision attempt(Draft draft, Command.ResumeRun resume, Known known) {
        Map<InterruptId, Json> named = named(resume);
        boolean answersOnly = resume.updates().isEmpty() && resume.goTo() == null && resume.pass() == Event.Pass.NONE;
        if (!named.isEmpty()
                && named.keySet().stream().allMatch(id -> draft.state().asking(id) == null)) {
            // What was answered so before is done, with all that came with it.
            return repeated(draft, named, known.settled());
        }
        StartedRun run = target(draft, resume, named, known);
        Json bare = named.isEmpty() ? resume.answer() : null;
        InterruptId clicked = bare == null ? null : run.control().clicked(bare, draft.timeMs());
        if (clicked != null) {
            return draft.decided(new Outcome.Duplicate(new Outcome.Resumed(run.id(), List.of(clicked))));
        }
        Map<InterruptId, Json> answers = answers(draft, resume, run, named, known);
        for (Map.Entry<InterruptId, Json> answer : answers.entrySet()) {
            String problem = asks.problem(pending(run, answer.getKey()).prompt(), answer.getValue());
            if (problem != null) {
                return invalid(draft, run, answer.getKey(), problem);
            }
        }
        if (!answersOnly && run.isInFlight()) {
            throw refusal(
                    Rejection.IN_FLIGHT,
                    "Run " + run.id() + " has work in flight; wait until that ends (a pause keeps more from starting)");
        }
        if (resume.pass() == Event.Pass.ONE && run.leg().at() == null) {
            throw refusal(Rejection.NOT_WAITING, notAtBreakpoint(run));
        }
        List<String> goTo = resume.goTo();
        if (goTo != null) {
            checkSteps(draft, run, goTo);
        }
        Workflow workflow = workflows.find(draft.state().key().tenant(), run.workflow());
        String unknown =
                workflow == null ? null : workflow.unknown(resume.bounds().breakpoints());
        if (unknown != null) {
            throw refusal(Rejection.UNKNOWN_STEP, unknown);
        }
        Edits.Result edit = edits.changes(draft.state(), run, resume.updates());
        if (edit instanceof Edits.Refused refused) {
            throw refusal(refused.reason(), refused.message());
        }
        resolve(draft, run.id(), answers, null, named.isEmpty());
        if (edit instanceof Edits.Changes changes && !changes.changes().isEmpty()) {
            draft.add(new Event.StateUpdated(run.id(), changes.changes()));
        }
        boolean goesOn = resume.pass() != Event.Pass.NONE || goTo != null || !answers.isEmpty();
        if (goesOn) {
            stops.goOn(draft, run.id(), draft.header(), List.copyOf(answers.keySet()), resume.bounds(), resume.pass());
        }
        if (goTo != null) {
            progress.redirect(draft, run.id(), goTo, resume.item());
        }
        progress.advance(draft);
        return draft.decided(
                goesOn ? new Outcome.Resumed(run.id(), List.copyOf(answers.keySet())) : new Outcome.Applied());
    }

    Decision reject(Draft draft, Command.RejectInterrupt reject, Known known) {
        if (!draft.state().exists()) {
            return draft.unchanged(Decider.noThread(draft.state()));
        }
        progress.expire(draft);
        StartedRun run = draft.state().asking(reject.interrupt());
        if (run == null) {
            try {
                SettledInterrupt settled = settled(draft, reject.interrupt(), known.settled());
                return settled.status() == SettledInterrupt.Status.REJECTED
                        ? draft.decided(new Outcome.Unchanged("Interrupt " + settled.id() + " is already rejected"))
                        : draft.refused(rejection(settled), words(settled));
            } catch (Refusal refused) {
                return refused.on(draft);
            }
        }
        Command.Header header = reject.header();
        draft.add(new Event.InterruptRejected(
                run.id(), reject.interrupt(), reject.reason(), header.actor(), header.via()));
        Cancellation cancellation = new Cancellation(draft, Event.Cause.REJECTED, Cancellation.CARRY_NONE);
        cancellation.cancel(run.id());
        progress.advance(draft);
        return draft.decided(new Outcome.Cancelled(cancellation.cancelled()));
    }

    private static void resolve(
            Draft draft, RunId run, Map<InterruptId, Json> answers, @Nullable Identity input, boolean isBare) {
        Command.Header header = draft.header();
        answers.forEach((id, answer) ->
                draft.add(new Event.InterruptResolved(run, id, answer, header.actor(), header.via(), input, isBare)));
    }

    private Decision invalid(Draft draft, StartedRun run, InterruptId interrupt, String problem) {
        String message = "Interrupt " + interrupt + " takes no such answer: " + problem;
        draft.add(new Event.InterruptAnswerRejected(
                draft.header().identity(),
                run.id(),
                interrupt,
                message,
                draft.header().actor()));
        return draft.decided(new Outcome.Rejected(Rejection.INVALID_ANSWER, message));
    }

    /** The answers by the interrupts that the command names itself; empty for a bare one. */
    static Map<InterruptId, Json> named(Command.ResumeRun resume) {
        Json answer = resume.answer();
        InterruptId interrupt = resume.interrupt();
        if (answer == null) {
            return Map.of();
        }
        if (interrupt != null) {
            return Map.of(interrupt, answer);
        }
        if (!(answer instanceof Json.Obj map)
                || map.fields().isEmpty()
                || !map.fields().keySet().stream().allMatch(InterruptId::isOne)) {
            return Map.of();
        }
        Map<InterruptId, Json> named = new LinkedHashMap<>();
        map.fields().forEach((id, value) -> named.put(new InterruptId(id), value));
        return named;
    }

    /** What is answered with this command; what it repeats is left out. */
    private static Map<InterruptId, Json> answers(
            Draft draft, Command.ResumeRun resume, StartedRun run, Map<InterruptId, Json> named, Known known) {
        Json bare = resume.answer();
        if (bare == null) {
            return Map.of();
        }
        if (!named.isEmpty()) {
            Map<InterruptId, Json> answers = new LinkedHashMap<>();
            Map<InterruptId, Json> before = new LinkedHashMap<>();
            named.forEach((id, answer) -> {
                if (run.asking(id) != null) {
                    answers.put(id, answer);
                } else {
                    before.put(id, answer);
                }
            });
            if (!before.isEmpty()) {
                repeated(draft, before, known.settled());
            }
            return answers;
        }
        List<Interrupt> pending = run.interrupts();
        if (pending.isEmpty()) {
            throw refusal(Rejection.NOT_WAITING, "Run " + run.id() + " waits for no answer");
        }
        if (pending.size() > 1) {
            throw refusal(Rejection.AMBIGUOUS, several(run.id(), pending));
        }
        return Map.of(pending.getFirst().id(), bare);
    }

    static String several(RunId run, List<Interrupt> pending) {
        return "Run " + run + " waits for " + pending.size() + " answers; say which interrupt this one is for: "
                + ids(pending);
    }

    private static String ids(List<Interrupt> interrupts) {
        return interrupts.stream().map(interrupt -> interrupt.id().value()).collect(Collectors.joining(", "));
    }

    private static String notAtBreakpoint(StartedRun run) {
        List<Interrupt> pending = run.interrupts();
        String what = "Run " + run.id() + " is at no breakpoint";
        if (!pending.isEmpty()) {
            return what + "; it waits for the answer to " + ids(pending);
        }
        return run.control().paused() ? what + "; it is paused by an operator" : what;
    }

    private void checkSteps(Draft draft, StartedRun run, List<String> goTo) {
        Workflow workflow = workflows.find(draft.state().key().tenant(), run.workflow());
        List<String> unknown = goTo.stream()
                .filter(step -> workflow == null || !workflow.steps().containsKey(step))
                .toList();
        if (!unknown.isEmpty() || goTo.isEmpty()) {
            throw refusal(
                    Rejection.UNKNOWN_STEP,
                    goTo.isEmpty()
                            ? "There is no step to go to"
                            : "Workflow " + run.workflow() + " has no step \"" + String.join("\", \"", unknown) + "\"");
        }
    }

    private static StartedRun target(Draft draft, Command.ResumeRun resume, Map<InterruptId, Json> named, Known known) {
        ThreadState state = draft.state();
        RunId id = resume.run();
        List<StartedRun> asked = state.started().stream()
                .filter(run -> named.keySet().stream().anyMatch(interrupt -> run.asking(interrupt) != null))
                .toList();
        if (asked.size() > 1) {
            throw refusal(Rejection.AMBIGUOUS, "These interrupts are of several runs");
        }
        if (id == null) {
            return asked.isEmpty() ? waiting(draft) : asked.getFirst();
        }
        StartedRun run = state.started(id);
        if (run == null) {
            RunStatus ended = known.endedRun();
            throw state.queued(id) != null
                    ? refusal(Rejection.NOT_WAITING, "Run " + id + " has not started")
                    : ended == null
                            ? refusal(Rejection.UNKNOWN_RUN, "Unknown run " + id)
                            : refusal(Rejection.RUN_ENDED, "Run " + id + " is already " + ended.words());
        }
        if (!asked.isEmpty() && !asked.getFirst().id().equals(id)) {
            throw refusal(
                    Rejection.UNKNOWN_INTERRUPT,
                    "These interrupts are of run " + asked.getFirst().id() + ", not of " + id);
        }
        if (run.status() == RunStatus.ACTIVE && run.interrupts().isEmpty()) {
            throw refusal(Rejection.NOT_WAITING, "Run " + id + " neither waits nor is paused");
        }
        return run;
    }

    /** The one run that waits for somebody. */
    private static StartedRun waiting(Draft draft) {
        List<StartedRun> waiting = new ArrayList<>();
        for (StartedRun run : draft.state().started()) {
            RunStatus status = run.status();
            if (status == RunStatus.WAITING_USER
                    || status == RunStatus.PAUSED
                    || !run.interrupts().isEmpty()) {
                waiting.add(run);
            }
        }
        if (waiting.isEmpty()) {
            throw refusal(Rejection.NOT_WAITING, "No run of the thread waits for anybody or is paused");
        }
        if (waiting.size() > 1) {
            throw refusal(
                    Rejection.AMBIGUOUS,
                    "Several runs wait; say which one: "
                            + waiting.stream().map(run -> run.id().value()).collect(Collectors.joining(", ")));
        }
        return waiting.getFirst();
    }

    private static Interrupt pending(StartedRun run, InterruptId id) {
        Frame.Located located = run.asking(id);
        if (located == null || !(located.task().state() instanceof Task.Asking asking)) {
            throw new IllegalStateException("Run " + run.id() + " does not ask " + id);
        }
        return asking.interrupt();
    }

    /** Answers to what is no longer pending: the same ones again change nothing, anything else is refused. */
    private static Decision repeated(
            Draft draft, Map<InterruptId, Json> answers, Map<InterruptId, SettledInterrupt> known) {
        RunId run = null;
        for (Map.Entry<InterruptId, Json> answer : answers.entrySet()) {
            SettledInterrupt settled = settled(draft, answer.getKey(), known);
            if (settled.status() != SettledInterrupt.Status.RESOLVED
                    || !answer.getValue().equals(settled.answer())) {
                throw refusal(rejection(settled), words(settled));
            }
            run = settled.run();
        }
        if (run == null) {
            throw new IllegalArgumentException("Nothing was answered");
        }
        return draft.decided(new Outcome.Duplicate(new Outcome.Resumed(run, List.copyOf(answers.keySet()))));
    }

    private static SettledInterrupt settled(Draft draft, InterruptId id, Map<InterruptId, SettledInterrupt> known) {
        // Expiring what is due may have settled it just now.
        SettledInterrupt now = draft.settled(id);
        SettledInterrupt settled = now == null ? known.get(id) : now;
        if (settled == null) {
            throw refusal(Rejection.UNKNOWN_INTERRUPT, "Unknown interrupt " + id);
        }
        return settled;
    }

    private static Rejection rejection(SettledInterrupt settled) {
        return settled.status() == SettledInterrupt.Status.EXPIRED
                ? Rejection.INTERRUPT_EXPIRED
                : Rejection.ALREADY_ANSWERED;
    }

    private static String words(SettledInterrupt settled) {
        String id = "Interrupt " + settled.id();
        return switch (settled.status()) {
            case RESOLVED -> id + " was answered otherwise before";
            case REJECTED -> id + " was rejected before";
            case EXPIRED -> {
                Event.Expiry expiry = settled.expiry();
                yield id + " has expired" + (expiry == null ? "" : ": " + expiry.words());
            }
        };
    }
}
