package dev.threadwright.thread;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.WorkflowRef;
import dev.threadwright.workflow.Write;
import java.util.List;
import java.util.Set;

/** What people, and systems beside them, tell runs; and workflows that ask them. */
final class People {

    static final Json.Obj BOOLEAN = schema("{\"type\":\"boolean\"}");
    static final Json.Obj TEXT = schema("{\"type\":\"string\"}");

    /** Those that happen only where people or events from outside take part. */
    static final Set<Class<?>> EVENTS = Set.of(
            Event.InputKept.class,
            Event.InterruptRaised.class,
            Event.InterruptResolved.class,
            Event.InterruptRejected.class,
            Event.InterruptExpired.class,
            Event.InterruptAnswerRejected.class,
            Event.WaitStarted.class,
            Event.WaitSatisfied.class,
            Event.RunPaused.class,
            Event.RunUnpaused.class,
            Event.RunSteered.class,
            Event.RunRedirected.class,
            Event.ActionResultRecorded.class,
            Event.CompactionStarted.class,
            Event.CompactionCompleted.class);

    /** What requests for runs cause, and no other command. */
    static final Set<Class<?>> OF_REQUESTS = Set.of(Event.RunRequested.class, Event.RunRequestEnded.class);

    private static int lastId;

    private People() {}

    static WorkflowBuilder workflow(String name) {
        return WorkflowBuilder.workflow(name, 1)
                .channel("last", Reducer.LAST_WRITE_WINS)
                .channel("log", Reducer.APPEND)
                .channel("messages", Reducer.MESSAGES);
    }

    /** Asks for an approval, then notes it. */
    static final Workflow APPROVAL = workflow("approval")
            .start("ask")
            .interrupt("ask", approval(), step -> step.result(into("last")).to("note"))
            .pure("note", log("noted"), step -> step)
            .build();

    /** Asks a person for a text, twice. */
    static final Workflow CHAT = workflow("chat")
            .start("first")
            .interrupt(
                    "first",
                    view -> Prompt.of(Prompt.HUMAN_IN_THE_LOOP, Json.of("name?"), TEXT),
                    step -> step.result(into("log")).to("second"))
            .interrupt(
                    "second",
                    view -> Prompt.of(Prompt.HUMAN_IN_THE_LOOP, Json.of("age?"), null),
                    step -> step.result(into("log")))
            .build();

    /** Two beside each other that ask, then a note. */
    static final Workflow BOTH = workflow("both")
            .start("a", "b")
            .interrupt("a", question("a?"), step -> step.result(into("log")).to("note"))
            .interrupt("b", question("b?"), step -> step.result(into("log")).to("note"))
            .pure("note", log("noted"), step -> step)
            .build();

    /** One that works beside one that asks. */
    static final Workflow BESIDE = workflow("beside")
            .start("work", "ask")
            .action("work", "worker", Step.View::trigger, step -> step.to("note"))
            .interrupt(
                    "ask",
                    view -> Prompt.of(Prompt.HUMAN_IN_THE_LOOP, Json.of("well?"), null),
                    step -> step.result(into("last")).to("note"))
            .pure("note", log("noted"), step -> step)
            .build();

    static Step.Question approval() {
        return view -> Prompt.of(Prompt.APPROVAL_REQUIRED, Json.object("amount", Json.of(42)), BOOLEAN);
    }

    static Step.Question question(String payload) {
        return view -> Prompt.of("question", Json.of(payload), null);
    }

    static Step.Result into(String channel) {
        return (view, answer) -> Step.Outcome.of(List.of(new Write(channel, answer)));
    }

    static java.util.function.Function<Step.View, List<Write>> log(String entry) {
        return view -> List.of(new Write("log", Json.of(entry)));
    }

    static Json.Obj schema(String json) {
        return (Json.Obj) JsonText.parse(json);
    }

    static WorkflowRef ref(Workflow workflow) {
        return workflow.ref();
    }

    // Commands

    static Command answer(String json) {
        return resume(Commands.NOW_MS, null, null, json);
    }

    static Command answerAt(long ms, String json) {
        return resume(ms, null, null, json);
    }

    static Command answer(InterruptId interrupt, String json) {
        return resume(Commands.NOW_MS, null, interrupt, json);
    }

    static Command answerAt(long ms, InterruptId interrupt, String json) {
        return resume(ms, null, interrupt, json);
    }

    static Command answerOf(String run, String json) {
        return resume(Commands.NOW_MS, run, null, json);
    }

    private static Command resume(long ms, String run, InterruptId interrupt, String json) {
        return new Command.ResumeRun(
                asked(ms, "run.resume"),
                run == null ? null : new RunId(run),
                interrupt,
                JsonText.parse(json),
                List.of(),
                null,
                Json.NULL,
                Event.Pass.NONE,
                Bounds.NONE);
    }

    static Command proceed() {
        return proceed(Breakpoints.NONE);
    }

    static Command proceed(Breakpoints breakpoints) {
        return new Command.ResumeRun(
                asked(Commands.NOW_MS, "run.resume"),
                null,
                null,
                null,
                List.of(),
                null,
                Json.NULL,
                Event.Pass.ONE,
                Bounds.at(breakpoints));
    }

    static Command edit(String channel, String json, boolean replace) {
        return new Command.ResumeRun(
                asked(Commands.NOW_MS, "run.resume"),
                null,
                null,
                null,
                List.of(new Command.Edit(channel, JsonText.parse(json), replace)),
                null,
                Json.NULL,
                Event.Pass.NONE,
                Bounds.NONE);
    }

    static Command goTo(String... steps) {
        return goToWith(null, steps);
    }

    /** @param answer null for none */
    static Command goToWith(String answer, String... steps) {
        return new Command.ResumeRun(
                asked(Commands.NOW_MS, "run.resume"),
                null,
                null,
                answer == null ? null : JsonText.parse(answer),
                List.of(),
                List.of(steps),
                Json.NULL,
                Event.Pass.NONE,
                Bounds.NONE);
    }

    static Command reject(InterruptId interrupt) {
        return new Command.RejectInterrupt(asked(Commands.NOW_MS, "interrupt.reject"), interrupt, "no way");
    }

    static Command pause(String run) {
        return new Command.PauseRun(asked(Commands.NOW_MS, "run.pause"), new RunId(run));
    }

    static Command unpause(String run) {
        return new Command.UnpauseRun(asked(Commands.NOW_MS, "run.unpause"), new RunId(run));
    }

    static Command steer(String run, int number) {
        Submit told = Commands.input(number).log("steered");
        return new Command.SteerRun(
                new Command.Header(
                        Commands.THREAD,
                        Commands.NOW_MS,
                        told.input().identity(),
                        "steer" + number,
                        "run.steer",
                        "operator",
                        "http"),
                new RunId(run),
                told.input());
    }

    static Command compact(String newRun, int keep) {
        return new Command.CompactThread(
                asked(Commands.NOW_MS, "thread.compact"), new RunId(newRun), "Manual context compaction", keep);
    }

    static Command ask(String action, int attempt, Prompt prompt) {
        return new Command.RaiseInterrupt(internal(), runOf(action), new ActionId(action), attempt, prompt);
    }

    static Command record(String action, int attempt, String name, String result) {
        return new Command.RecordResult(
                internal(), runOf(action), new ActionId(action), attempt, name, JsonText.parse(result));
    }

    private static RunId runOf(String action) {
        return new RunId(action.substring(0, action.lastIndexOf('-')));
    }

    private static Command.Header internal() {
        return new Command.Header(Commands.THREAD, Commands.NOW_MS, null, "", "internal", "system");
    }

    private static Command.Header asked(long ms, String type) {
        String id = type + ++lastId;
        return new Command.Header(Commands.THREAD, ms, new Identity("people", id), id, type, "ann", "http");
    }

    static Breakpoints before(String... steps) {
        return new Breakpoints(Set.of(steps), Set.of());
    }

    static Breakpoints after(String... steps) {
        return new Breakpoints(Set.of(), Set.of(steps));
    }

    /** The only interrupt that is pending. */
    static InterruptId pending(ThreadSpec spec) {
        List<InterruptId> all = allPending(spec);
        if (all.size() != 1) {
            throw new AssertionError("Pending are " + all);
        }
        return all.getFirst();
    }

    static List<InterruptId> allPending(ThreadSpec spec) {
        return spec.state().started().stream()
                .flatMap(run -> run.interrupts().stream())
                .map(Interrupt::id)
                .toList();
    }
}
