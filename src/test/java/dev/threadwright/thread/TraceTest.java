package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.INTERRUPT;
import static dev.threadwright.thread.Commands.MERGE;
import static dev.threadwright.thread.Commands.PREPEND;
import static dev.threadwright.thread.Commands.QUEUE;
import static dev.threadwright.thread.Commands.REJECT;
import static dev.threadwright.thread.Commands.complete;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.ThreadSpec.given;
import static dev.threadwright.thread.ThreadSpec.thread;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Json;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Which trace a run belongs to, whatever joins it; and which each of its events does. */
class TraceTest {

    private static final TraceContext ONE = trace(1);
    private static final TraceContext TWO = trace(2);
    private static final TraceContext THREE = trace(3);

    @Test
    void a_run_and_its_events_belong_to_the_trace_of_the_input_that_started_it() {
        ThreadSpec spec = thread().when(traced(input(1), ONE));
        assertThat(traces(spec))
                .containsExactly("ThreadCreated 1", "InputAccepted 1", "RunStarted 1", "ActionRequested 1");
        assertThat(owed(spec, "r1")).isEqualTo(ONE);

        spec.when(complete("r1", 1));
        assertThat(traces(spec)).containsExactly("ActionSucceeded 1", "StepCompleted 1", "RunCompleted 1");
    }

    @Test
    void without_a_trace_there_is_none() {
        ThreadSpec spec = thread().when(input(1));
        assertThat(spec.decision().events()).extracting(Recorded::traceParent).containsOnlyNulls();
        assertThat(owed(spec, "r1")).isNull();
    }

    @Test
    void what_is_merged_is_accepted_in_its_own_trace_and_the_run_stays_in_its_own() {
        ThreadSpec spec = given(traced(input(1).workflow("three"), ONE)).when(traced(input(2).policy(MERGE), TWO));
        assertThat(traces(spec)).containsExactly("InputAccepted 2");

        spec.when(complete("r1", 1));
        assertThat(traces(spec))
                .containsExactly("ActionSucceeded 1", "StepCompleted 1", "InputMerged 1", "ActionRequested 1");
        assertThat(owed(spec, "r1")).isEqualTo(ONE);
    }

    @Test
    void a_run_without_a_trace_gets_none_by_what_joins_it() {
        ThreadSpec spec = given(input(1).workflow("three")).when(traced(input(2).policy(MERGE), TWO));
        assertThat(traces(spec)).containsExactly("InputAccepted 2");
        spec.when(complete("r1", 1));
        assertThat(spec.decision().events()).extracting(Recorded::traceParent).containsOnlyNulls();
        assertThat(owed(spec, "r1")).isNull();
    }

    @Test
    void what_came_too_late_to_be_merged_is_a_run_of_the_first_ones_trace() {
        ThreadSpec spec = given(traced(input(1), ONE), traced(input(2).policy(MERGE), TWO))
                .and(traced(input(3).policy(MERGE), THREE))
                .when(complete("r1", 1));
        assertThat(traces(spec))
                .containsExactly(
                        "ActionSucceeded 1", "StepCompleted 1", "RunCompleted 1", "RunStarted 2", "ActionRequested 2");
        assertThat(owed(spec, new RunId("r1").followUp().value())).isEqualTo(TWO);
    }

    @Test
    void a_queued_run_waits_in_its_own_trace_whatever_is_addressed_to_it() {
        ThreadSpec spec = given(traced(input(1), ONE)).when(traced(input(2).policy(QUEUE), TWO));
        assertThat(traces(spec)).containsExactly("InputAccepted 2", "InputQueued 2");
        spec.when(traced(input(3).to("r2"), THREE));
        assertThat(traces(spec)).containsExactly("InputAccepted 3");

        spec.when(complete("r1", 1));
        assertThat(traces(spec))
                .startsWith("ActionSucceeded 1", "StepCompleted 1", "RunCompleted 1", "InputPromoted 2", "RunStarted 2")
                .endsWith("ActionRequested 2");
        assertThat(owed(spec, "r2")).isEqualTo(TWO);
    }

    @Test
    void what_is_superseded_ends_in_its_own_trace() {
        ThreadSpec spec = given(traced(input(1), ONE)).when(traced(input(2).policy(INTERRUPT), TWO));
        assertThat(traces(spec))
                .containsExactly("InputAccepted 2", "RunCancelled 1", "RunStarted 2", "ActionRequested 2");
    }

    @Test
    void what_a_superseded_run_hands_on_is_not_the_trigger() {
        ThreadSpec spec = given(traced(input(1), ONE)).when(traced(input(2).policy(PREPEND), TWO));
        assertThat(spec.state().started(new RunId("r2")).inputs()).hasSize(2);
        assertThat(owed(spec, "r2")).isEqualTo(TWO);
    }

    @Test
    void a_refusal_belongs_to_the_trace_of_what_is_refused() {
        ThreadSpec spec = given(traced(input(1), ONE)).when(traced(input(2).policy(REJECT), TWO));
        assertThat(traces(spec)).containsExactly("InputRejected 2");
    }

    @Test
    void what_is_about_no_run_belongs_to_the_trace_of_the_command() {
        Command.Header header = new Command.Header(
                Commands.THREAD,
                Commands.NOW_MS,
                new Identity("test", "u"),
                "",
                "thread.update",
                "tester",
                "kafka",
                THREE);
        ThreadSpec spec = given(traced(input(1), ONE))
                .when(new Command.UpdateThread(header, null, null, Json.object("a", Json.of(1))));
        assertThat(traces(spec)).containsExactly("ThreadUpdated 3");
    }

    @Test
    void a_run_that_is_resumed_stays_in_its_trace() {
        ThreadSpec spec = given(traced(input(1), ONE));
        Command.Header header = new Command.Header(
                Commands.THREAD, Commands.NOW_MS, new Identity("test", "p"), "", "run.pause", "tester", "kafka", THREE);
        spec.when(new Command.PauseRun(header, new RunId("r1")));
        assertThat(traces(spec)).allSatisfy(line -> assertThat(line).endsWith(" 1"));
    }

    @Test
    void who_takes_up_what_a_run_has_left_is_in_the_trace_of_that_run() {
        Command.Header header = new Command.Header(
                Commands.THREAD,
                Commands.NOW_MS,
                new Identity("test", "again"),
                "",
                "run.retry",
                "tester",
                "kafka",
                THREE);
        ThreadSpec spec = given(traced(input(1), ONE), Commands.cancel("r1"))
                .when(new Command.ContinueRun(header, null, new RunId("r9")));
        assertThat(traces(spec)).containsExactly("RunStarted 1", "ActionRequested 1");
        assertThat(owed(spec, "r9")).isEqualTo(ONE);
    }

    static TraceContext trace(int number) {
        return new TraceContext("00-%032x-%016x-01".formatted(number, number), "vendor=" + number);
    }

    static Supplier<Command> traced(Submit submit, TraceContext trace) {
        return () -> {
            Command.SubmitInput made = (Command.SubmitInput) submit.get();
            Command.Header header = made.header();
            Input input = made.input();
            return new Command.SubmitInput(
                    new Command.Header(
                            header.thread(),
                            header.timeMs(),
                            header.identity(),
                            header.contentHash(),
                            header.type(),
                            header.actor(),
                            header.via(),
                            trace),
                    new Input(input.identity(), input.type(), input.eventType(), input.data(), trace),
                    made.newRun(),
                    made.policy(),
                    made.workflow(),
                    made.run(),
                    made.interrupt(),
                    made.bounds());
        };
    }

    /** The events of the last command, each with the number of its trace; 0 for none. */
    private static List<String> traces(ThreadSpec spec) {
        return spec.decision().events().stream()
                .map(recorded -> recorded.event().getClass().getSimpleName() + " "
                        + (recorded.traceParent() == null
                                ? 0
                                : Integer.parseInt(recorded.traceParent().substring(36, 52), 16)))
                .toList();
    }

    private static TraceContext owed(ThreadSpec spec, String run) {
        assertThat(Owed.of(spec.state()))
                .anySatisfy(owed -> assertThat(owed)
                        .isInstanceOfSatisfying(
                                Owed.Call.class,
                                call -> assertThat(call.run().value()).isEqualTo(run)));
        return spec.state().traceOf(new RunId(run));
    }
}
