package dev.threadwright.thread;

import dev.threadwright.thread.Event.DecisionKind;
import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.thread.Event.Why;
import dev.threadwright.thread.policy.Choice;
import dev.threadwright.thread.policy.Judges;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.Question;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.thread.policy.Situation;
import dev.threadwright.thread.policy.Verdict;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What becomes of an input: it goes where it is addressed to, or where the policy sends it. */
final class Admission {

    private final ServerSettings settings;
    private final WorkflowCatalog workflows;
    private final Judges judges;
    private final Progress progress;
    private final Resumption resumption;
    private final Waits waits;

    Admission(
            ServerSettings settings,
            WorkflowCatalog workflows,
            Judges judges,
            Progress progress,
            Resumption resumption,
            Waits waits) {
        this.settings = settings;
        this.workflows = workflows;
        this.judges = judges;
        this.progress = progress;
        this.resumption = resumption;
        this.waits = waits;
    }

    Decision decide(Draft draft, Command.SubmitInput submit, Known known) {
        Set<RunId> expired = progress.expire(draft);
        InterruptId interrupt = submit.interrupt();
        RunId run = submit.run();
        if ((interrupt != null || run != null) && !draft.state().exists()) {
            return draft.unchanged(Decider.noThread(draft.state()));
        }
        if (interrupt != null) {
            return resumption.answer(draft, submit.input(), interrupt, known.settled());
        }
        if (run != null) {
            return addressed(
                    draft, submit.input(), run, expired.contains(run) ? RunStatus.TIMED_OUT : known.endedRun());
        }
        Decision awaited = submit.policy() == null ? awaited(draft, submit) : null;
        return awaited != null ? awaited : byPolicy(draft, submit);
    }

    /** What becomes of an input that a run waits for, or will; null if none does. */
    private @Nullable Decision awaited(Draft draft, Command.SubmitInput submit) {
        Input input = submit.input();
        return switch (input.type()) {
            case USER_INPUT -> {
                // What says which workflow it is for, or where that stops, is no answer to anybody.
                boolean isPlain = submit.workflow() == null && submit.bounds().isEmpty();
                StartedRun asks = isPlain ? asksUser(draft.state(), null) : null;
                yield asks == null
                        ? null
                        : resumption.answer(draft, input, asks, humans(asks).getFirst());
            }
            case EXTERNAL_EVENT -> event(draft, input, null);
        };
    }

    private @Nullable Decision event(Draft draft, Input input, @Nullable RunId named) {
        ThreadState state = draft.state();
        Waits.Match match = waits.match(state, input, named);
        if (match != null) {
            RunId run = match.run().id();
            draft.add(new Event.InputAccepted(
                    input,
                    run,
                    new Why(DecisionKind.RESUME, "", null, state.situation().words(), List.of())));
            progress.satisfy(draft, match, input);
            progress.advance(draft);
            return draft.decided(new Outcome.Resumed(run, List.of()));
        }
        RunId keeper = waits.keeper(state, input, named);
        if (keeper == null) {
            return null;
        }
        if (state.kept().size() >= settings.maxKept()) {
            return draft.refused(
                    Rejection.INBOX_FULL, "The thread keeps " + settings.maxKept() + " events for later already");
        }
        draft.add(new Event.InputAccepted(
                input,
                keeper,
                new Why(DecisionKind.KEEP, "", null, state.situation().words(), List.of())));
        draft.add(new Event.InputKept(
                input.identity(), keeper, named != null, Math.addExact(draft.timeMs(), settings.keptTtlMs())));
        progress.advance(draft);
        return draft.decided(new Outcome.Kept(keeper));
    }

    /** The run that started last of those with exactly one question to a person; null if there is none. */
    private static @Nullable StartedRun asksUser(ThreadState state, @Nullable RunId named) {
        for (StartedRun run : state.started().reversed()) {
            if ((named == null || named.equals(run.id())) && humans(run).size() == 1) {
                return run;
            }
        }
        return null;
    }

    private static List<Interrupt> humans(StartedRun run) {
        return run.interrupts().stream()
                .filter(interrupt -> interrupt.prompt().kind().equals(Prompt.HUMAN_IN_THE_LOOP))
                .toList();
    }

    /** An addressed input goes to that run or is refused; it never falls through to the policy. */
    private Decision addressed(Draft draft, Input input, RunId run, @Nullable RunStatus endedRun) {
        ThreadState state = draft.state();
        if (state.started(run) == null && state.queued(run) == null) {
            return endedRun == null
                    ? draft.refused(Rejection.UNKNOWN_RUN, "Unknown run " + run)
                    : draft.refused(Rejection.RUN_ENDED, "Run " + run + " is already " + endedRun.words());
        }
        StartedRun started = state.started(run);
        if (started != null && started.isCompaction()) {
            return draft.refused(Rejection.BUSY, "Run " + run + " compacts the thread and takes no input");
        }
        if (started != null && input.type() == Input.Type.USER_INPUT) {
            List<Interrupt> asked = humans(started);
            if (asked.size() > 1) {
                return draft.refused(Rejection.AMBIGUOUS, Resumption.several(run, asked));
            }
            if (!asked.isEmpty()) {
                return resumption.answer(draft, input, started, asked.getFirst());
            }
        }
        if (input.type() == Input.Type.EXTERNAL_EVENT) {
            Decision awaited = event(draft, input, run);
            if (awaited != null) {
                return awaited;
            }
        }
        Why why = new Why(DecisionKind.ADDRESSED, "", null, state.situation().words(), List.of());
        return join(draft, input, run, why);
    }

    private Decision byPolicy(Draft draft, Command.SubmitInput submit) {
        return byPolicy(draft, submit, 0);
    }

    /** @param afterMs how long the run that it starts waits before that */
    Decision byPolicy(Draft draft, Command.SubmitInput submit, long afterMs) {
        Workflow workflow = workflow(draft.state(), submit.workflow());
        if (workflow == null) {
            return refused(draft, Rejection.UNKNOWN_WORKFLOW, unknownWorkflow(draft.state(), submit.workflow()));
        }
        String unknown = workflow.unknown(submit.bounds().breakpoints());
        if (unknown != null) {
            return refused(draft, Rejection.UNKNOWN_STEP, unknown);
        }
        Situation situation = draft.state().situation();
        Verdict verdict = policy(draft.state(), submit).decide(new Question(submit.input(), situation, judges));
        Choice choice = limited(draft.state(), verdict.choice(), situation);
        Decision unsuitable = choice instanceof Choice.Merge || choice instanceof Choice.Refuse
                ? null
                : unsuitable(draft, submit, workflow, draft.state().channels());
        if (unsuitable != null) {
            return unsuitable;
        }
        return switch (choice) {
            case Choice.Start ignored ->
                start(draft, submit, workflow, afterMs, why(DecisionKind.START, verdict, situation));
            case Choice.StartBeside ignored ->
                start(draft, submit, workflow, afterMs, why(DecisionKind.PARALLEL, verdict, situation));
            case Choice.InterruptAndStart interrupt -> {
                accept(draft, submit, why(DecisionKind.INTERRUPT_AND_START_NEW, verdict, situation));
                // As many as an inbox may hold, and the input that supersedes them.
                int maxCarried = interrupt.prependSuperseded() ? settings.maxInbox() + 1 : Cancellation.CARRY_NONE;
                new Cancellation(draft, Event.Cause.SUPERSEDED, maxCarried).cancelAll();
                yield started(draft, submit, workflow, afterMs);
            }
            case Choice.RollBackAndStart ignored -> {
                accept(draft, submit, why(DecisionKind.ROLLBACK, verdict, situation));
                new Cancellation(draft, Event.Cause.ROLLED_BACK, Cancellation.CARRY_NONE).cancelAll();
                yield started(draft, submit, workflow, afterMs);
            }
            case Choice.Merge ignored ->
                join(
                        draft,
                        submit.input(),
                        oldestActive(draft.state()),
                        why(DecisionKind.MERGE_INTO_RUNNING, verdict, situation));
            case Choice.Enqueue enqueue -> {
                accept(draft, submit, why(DecisionKind.QUEUE, verdict, situation));
                Long ttlMs = enqueue.ttlMs();
                yield queued(
                        draft,
                        submit,
                        workflow,
                        ttlMs == null ? null : Math.addExact(draft.timeMs(), ttlMs),
                        enqueue.behind(),
                        afterMs);
            }
            case Choice.Refuse refuse -> {
                draft.createThreadIfAbsent();
                yield draft.refused(refuse.reason(), refuse.message(), why(DecisionKind.REJECT, verdict, situation));
            }
        };
    }

    /** Why an input cannot start a run on a state; null if it can. */
    @Nullable Decision unsuitable(Draft draft, Command.SubmitInput submit, Channels channels) {
        Workflow workflow = workflow(draft.state(), submit.workflow());
        if (workflow == null) {
            return refused(draft, Rejection.UNKNOWN_WORKFLOW, unknownWorkflow(draft.state(), submit.workflow()));
        }
        String unknown = workflow.unknown(submit.bounds().breakpoints());
        return unknown != null
                ? refused(draft, Rejection.UNKNOWN_STEP, unknown)
                : unsuitable(draft, submit, workflow, channels);
    }

    /** What a run could only fail on is refused, and interrupts nobody. */
    private static @Nullable Decision unsuitable(
            Draft draft, Command.SubmitInput submit, Workflow workflow, Channels channels) {
        String conflict = workflow.conflictWith(channels);
        String problem =
                conflict != null ? conflict : Progress.unsuitable(workflow, channels, submit.newRun(), submit.input());
        if (problem == null) {
            return null;
        }
        return refused(draft, conflict != null ? Rejection.UNSUITABLE_WORKFLOW : Rejection.UNSUITABLE_INPUT, problem);
    }

    private static Decision refused(Draft draft, Rejection reason, String message) {
        return draft.state().exists()
                ? draft.refused(reason, message)
                : draft.unchanged(new Outcome.Invalid(reason, message));
    }

    private @Nullable Workflow workflow(ThreadState state, @Nullable String named) {
        return workflows.named(state.key().tenant(), workflowName(state, named));
    }

    private String unknownWorkflow(ThreadState state, @Nullable String named) {
        return "Unknown workflow \"" + workflowName(state, named) + "\"";
    }

    /** What is wrong with steps that somebody wants to go to; null if nothing is. */
    @Nullable String unknownSteps(ThreadState state, @Nullable String named, List<String> steps) {
        Workflow workflow = workflow(state, named);
        if (workflow == null) {
            return unknownWorkflow(state, named);
        }
        List<String> unknown = steps.stream()
                .filter(step -> !workflow.steps().containsKey(step))
                .toList();
        return unknown.isEmpty()
                ? null
                : "Workflow " + workflow.ref() + " has no step \"" + String.join("\", \"", unknown) + "\"";
    }

    /** A run that begins at these steps of its workflow, which has them, and not where that begins. */
    Decision startAt(Draft draft, Command.RequestRun request, Identity identity, List<String> steps) {
        Workflow workflow = Objects.requireNonNull(workflow(draft.state(), request.workflow()));
        draft.add(new Event.InputAccepted(
                new Input(
                        identity,
                        Input.Type.USER_INPUT,
                        null,
                        Json.EMPTY_OBJECT,
                        draft.header().trace()),
                request.leg(),
                new Why(DecisionKind.START, "", null, draft.state().situation().words(), List.of())));
        progress.start(draft, request.leg(), workflow.ref(), Event.Start.INPUT, request.bounds());
        if (draft.state().started(request.leg()) != null) {
            progress.redirect(draft, request.leg(), steps, request.item());
        }
        progress.advance(draft);
        return draft.decided(new Outcome.Started(request.leg()));
    }

    /**
     * The thread's limit on unfinished runs stands above every policy that would start one beside others; and while the
     * thread is compacted nothing starts at all: what is not refused queues.
     */
    private Choice limited(ThreadState state, Choice choice, Situation situation) {
        if (state.isCompacting() && !(choice instanceof Choice.Refuse) && !(choice instanceof Choice.Enqueue)) {
            return situation.queued() < QueuePolicy.DEFAULT.max()
                    ? new Choice.Enqueue(QueuePolicy.DEFAULT.max(), null, Event.Behind.UNFINISHED)
                    : new Choice.Refuse(Rejection.QUEUE_FULL, "Queue is full");
        }
        return choice instanceof Choice.StartBeside && situation.unfinished() >= settings.maxActiveRuns()
                ? new Choice.Refuse(
                        Rejection.MAX_ACTIVE_RUNS, "Maximum active runs (" + settings.maxActiveRuns() + ") reached")
                : choice;
    }

    private Decision start(Draft draft, Command.SubmitInput submit, Workflow workflow, long afterMs, Why why) {
        accept(draft, submit, why);
        return started(draft, submit, workflow, afterMs);
    }

    private Decision queued(
            Draft draft,
            Command.SubmitInput submit,
            Workflow workflow,
            @Nullable Long expiresAtMs,
            Event.Behind behind,
            long afterMs) {
        draft.add(new Event.InputQueued(
                submit.newRun(),
                workflow.ref(),
                expiresAtMs,
                behind,
                submit.bounds(),
                afterMs == 0 ? null : Math.addExact(draft.timeMs(), afterMs)));
        // All that is before it may be for later.
        progress.advance(draft);
        return draft.decided(
                draft.state().queued(submit.newRun()) == null
                        ? new Outcome.Started(submit.newRun())
                        : new Outcome.Queued(submit.newRun()));
    }

    private Decision started(Draft draft, Command.SubmitInput submit, Workflow workflow, long afterMs) {
        if (afterMs > 0) {
            return queued(draft, submit, workflow, null, Event.Behind.OPEN, afterMs);
        }
        progress.start(draft, submit.newRun(), workflow.ref(), Event.Start.INPUT, submit.bounds());
        progress.advance(draft);
        return draft.decided(new Outcome.Started(submit.newRun()));
    }

    /** Tells a started run something; see {@link Command.SteerRun}. */
    Decision steer(Draft draft, Command.SteerRun steer, @Nullable RunStatus endedRun) {
        ThreadState state = draft.state();
        if (!state.exists()) {
            return draft.unchanged(Decider.noThread(state));
        }
        progress.expire(draft);
        StartedRun run = draft.state().started(steer.run());
        if (run == null) {
            if (draft.state().queued(steer.run()) != null) {
                return draft.refused(Rejection.NOT_WAITING, "Run " + steer.run() + " has not started");
            }
            return endedRun == null
                    ? draft.refused(Rejection.UNKNOWN_RUN, "Unknown run " + steer.run())
                    : draft.refused(Rejection.RUN_ENDED, "Run " + steer.run() + " is already " + endedRun.words());
        }
        if (run.isCompaction()) {
            return draft.refused(Rejection.BUSY, "Run " + run.id() + " compacts the thread and takes no input");
        }
        Why why =
                new Why(DecisionKind.STEER, "", null, draft.state().situation().words(), List.of());
        Decision joined = join(draft, steer.input(), steer.run(), why);
        if (!(joined.outcome() instanceof Outcome.Merged)) {
            return joined;
        }
        draft.add(new Event.RunSteered(
                run.id(), steer.input().identity(), run.control().steers() + 1));
        return draft.decided(joined.outcome());
    }

    private Decision join(Draft draft, Input input, RunId run, Why why) {
        StartedRun started = draft.state().started(run);
        QueuedRun queued = draft.state().queued(run);
        int waiting = started != null
                ? started.inbox().size()
                : queued != null ? queued.joined().size() : 0;
        if (waiting >= settings.maxInbox()) {
            return draft.refused(
                    Rejection.INBOX_FULL,
                    "The inbox of run " + run + " is full (" + settings.maxInbox() + ")",
                    new Why(DecisionKind.REJECT, why.policy(), why.rule(), why.running(), why.failedConditions()));
        }
        if (started != null) {
            Workflow workflow = workflows.find(draft.state().key().tenant(), started.workflow());
            String problem = workflow == null
                    ? null
                    : Progress.unsuitable(workflow, draft.state().channelsOf(started), run, input);
            if (problem != null) {
                return draft.refused(Rejection.UNSUITABLE_INPUT, problem);
            }
        }
        draft.createIfAbsent();
        draft.add(new Event.InputAccepted(input, run, why));
        return draft.decided(new Outcome.Merged(run));
    }

    private static void accept(Draft draft, Command.SubmitInput submit, Why why) {
        draft.createIfAbsent();
        draft.add(new Event.InputAccepted(submit.input(), submit.newRun(), why));
    }

    private Policy policy(ThreadState state, Command.SubmitInput submit) {
        if (submit.policy() != null) {
            return submit.policy();
        }
        Policy own = state.settings().policy();
        return own != null ? own : settings.policy();
    }

    private String workflowName(ThreadState state, @Nullable String named) {
        if (named != null) {
            return named;
        }
        String own = state.settings().workflow();
        return own != null ? own : settings.workflow();
    }

    private static RunId oldestActive(ThreadState state) {
        return state.started().stream()
                .filter(run -> run.status() == RunStatus.ACTIVE)
                .findFirst()
                .orElseThrow()
                .id();
    }

    private static Why why(DecisionKind decision, Verdict verdict, Situation situation) {
        return new Why(decision, verdict.policy(), verdict.rule(), situation.words(), verdict.failedConditions());
    }
}
