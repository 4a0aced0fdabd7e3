package dev.threadwright.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.thread.Breakpoint;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Decider;
import dev.threadwright.thread.Decision;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Failure;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.Interrupt;
import dev.threadwright.thread.Known;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ServerSettings;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.thread.policy.Judges;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.RejectPolicy;
import dev.threadwright.thread.policy.Situation;
import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.Workflows;
import java.util.ArrayList;
import java.util.List;

/**
 * A thread on the pure core that runs one compiled document: every input that no step waits for starts it, or is
 * rejected while it runs. Time stands still but for {@link #after}.
 */
final class DocumentThread {

    private static final ThreadKey KEY = new ThreadKey(ThreadKey.DEFAULT_TENANT, "t1");

    private static final Judges NO_JUDGES = new Judges() {
        @Override
        public boolean holds(String condition, Input input, Situation situation) {
            throw new IllegalStateException("no condition is known");
        }

        @Override
        public Policy choose(String name, Input input, Situation situation) {
            throw new IllegalStateException("no policy has this name");
        }
    };

    private final Decider decider;
    private final List<String> steps = new ArrayList<>();
    private ThreadState state = ThreadState.absent(KEY);
    private Decision decision = new Decision(List.of(), new Outcome.Applied(), state);
    private final List<Event.ActionRequested> requested = new ArrayList<>();
    private final List<String> denied = new ArrayList<>();
    private String ended = "";
    private long timeMs = 1_000;
    private int commands;

    private DocumentThread(Workflow workflow) {
        decider = new Decider(
                new ServerSettings(new RejectPolicy(), workflow.ref().name(), 10, 100),
                new Workflows(List.of(workflow)),
                NO_JUDGES,
                new JsonSchemas());
    }

    static DocumentThread of(String document) {
        return of(Documents.compile(document));
    }

    static DocumentThread of(Workflow workflow) {
        return new DocumentThread(workflow);
    }

    DocumentThread input(String data) {
        return submit(Input.Type.USER_INPUT, null, data);
    }

    DocumentThread event(String type, String data) {
        return submit(Input.Type.EXTERNAL_EVENT, type, data);
    }

    /** To whatever is asked. */
    DocumentThread answer(String answer) {
        return resume(JsonText.parse(answer), false);
    }

    /** Past the breakpoint. */
    DocumentThread carryOn() {
        return resume(null, true);
    }

    /** Of the oldest action that has none yet. */
    DocumentThread succeed(String result) {
        Event.ActionRequested call = requested.removeFirst();
        return decide(new Command.CompleteAction(
                header("action.succeeded"), call.run(), call.action(), call.attempt(), JsonText.parse(result)));
    }

    DocumentThread fail(String message) {
        Event.ActionRequested call = requested.removeFirst();
        return decide(new Command.FailAction(
                header("action.failed"), call.run(), call.action(), call.attempt(), Failure.permanent(message)));
    }

    /** Those that have no result yet: {@code search {"q":1}}. */
    List<String> requested() {
        return requested.stream()
                .map(call -> call.handler() + " " + JsonText.write(call.input()))
                .toList();
    }

    List<String> denied() {
        return denied;
    }

    DocumentThread compact() {
        Command.Header header = header("thread.compact");
        return decide(new Command.CompactThread(header, new RunId("r" + commands), "too long", 10));
    }

    DocumentThread after(long ms) {
        timeMs += ms;
        return decide(new Command.FireTimers(new Command.Header(KEY, timeMs, null, "", "timer", "system")));
    }

    Outcome outcome() {
        return decision.outcome();
    }

    /** Of the only run: {@code waiting user}; or how the last one ended: {@code completed}, {@code failed: why}. */
    String status() {
        return state.started().isEmpty()
                ? ended
                : state.started().getFirst().status().words();
    }

    /** What is asked, the oldest first. */
    List<Interrupt> asked() {
        return state.started().stream()
                .flatMap(run -> run.interrupts().stream())
                .toList();
    }

    /** {@code before a}; empty if the only run stands at none. */
    String breakpoint() {
        StartedRun run = state.started().getFirst();
        Breakpoint at = run.leg().at();
        return at == null ? "" : (at.when() + " " + at.step()).toLowerCase(java.util.Locale.ROOT);
    }

    Json channel(String name) {
        return state.channels().get(name);
    }

    /** All that ended, in order; {@code a!} for one that failed. */
    List<String> steps() {
        return steps;
    }

    int kept() {
        return state.kept().size();
    }

    private DocumentThread submit(Input.Type type, String eventType, String data) {
        Command.Header header = header(type.wireName());
        Input input = new Input(header.identity(), type, eventType, JsonText.parse(data));
        return decide(new Command.SubmitInput(header, input, new RunId("r" + commands), null, null, null, null));
    }

    private DocumentThread resume(Json answer, boolean carryOn) {
        return decide(new Command.ResumeRun(
                header("run.resume"),
                null,
                null,
                answer,
                List.of(),
                null,
                Json.NULL,
                carryOn ? Event.Pass.ONE : Event.Pass.NONE,
                Bounds.NONE));
    }

    private Command.Header header(String type) {
        commands++;
        return new Command.Header(KEY, timeMs, new Identity("test", "c" + commands), "", type, "tester");
    }

    private DocumentThread decide(Command command) {
        decision = decider.decide(state, command, Known.NOTHING);
        assertThat(decider.decide(state, command, Known.NOTHING))
                .as("decided again")
                .isEqualTo(decision);
        state = decision.after();
        for (Recorded recorded : decision.events()) {
            switch (recorded.event()) {
                case Event.StepCompleted completed -> steps.add(completed.step());
                case Event.StepFailed failed -> steps.add(failed.step() + "!");
                case Event.ActionRequested call -> requested.add(call);
                case Event.ActionDenied call -> denied.add(call.name());
                case Event.RunCompleted ignored -> ended = "completed";
                case Event.RunFailed failed -> ended = "failed: " + failed.error();
                case Event.RunCancelled ignored -> ended = "cancelled";
                default -> {}
            }
        }
        return this;
    }
}
