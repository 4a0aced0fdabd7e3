package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.cancel;
import static dev.threadwright.thread.Commands.cancelAll;
import static dev.threadwright.thread.Commands.complete;
import static dev.threadwright.thread.Commands.completeAt;
import static dev.threadwright.thread.Commands.fail;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.settings;
import static dev.threadwright.thread.Commands.timersAt;
import static dev.threadwright.thread.People.allPending;
import static dev.threadwright.thread.People.answer;
import static dev.threadwright.thread.People.before;
import static dev.threadwright.thread.People.log;
import static dev.threadwright.thread.People.pause;
import static dev.threadwright.thread.People.pending;
import static dev.threadwright.thread.People.unpause;
import static dev.threadwright.thread.Wanted.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.Workflows;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of requests for runs, whatever the thread does: section 8 of the semantics. */
class RunRequestsTest {

    /** Waits for an event. */
    private static final Workflow WAITING = People.workflow("waiting")
            .start("wait")
            .await("wait", "paid", step -> step)
            .build();

    /** Two beside each other, each behind a breakpoint, then a third. */
    private static final Workflow STOPS = People.workflow("stops")
            .start("x", "y")
            .pure("x", log("x"), step -> step.to("z"))
            .pure("y", log("y"), step -> step.to("z"))
            .pure("z", log("z"), step -> step)
            .breakpoints(before("x", "y"))
            .build();

    /** Asks for a second, then denies by itself. */
    private static final Workflow HASTY = People.workflow("hasty")
            .start("ask")
            .interrupt(
                    "ask",
                    view -> new Prompt("question", Json.of("now?"), null, 1_000L, Json.FALSE),
                    step -> step.result(People.into("last")).to("note"))
            .pure("note", log("noted"), step -> step)
            .build();

    private static final Workflow ABC = People.workflow("abc")
            .start("a")
            .pure("a", log("a"), step -> step.to("b"))
            .pure("b", log("b"), step -> step.to("c"))
            .pure("c", log("c"), step -> step)
            .build();

    private static ThreadSpec given(Object... what) {
        List<Workflow> all = new ArrayList<>(
                List.of(WAITING, STOPS, HASTY, ABC, People.APPROVAL, People.CHAT, People.BOTH, People.BESIDE));
        all.addAll(List.of(TestWorkflows.ASYNC, TestWorkflows.PURE, TestWorkflows.FAILING, TestWorkflows.THREE));
        return ThreadSpec.thread().workflows(new Workflows(all)).and(what);
    }

    private static Wanted run(String leg) {
        return wanted(leg).input("hello " + leg.substring(1));
    }

    private static Policy policy(String name) {
        return switch (name) {
            case "none" -> null;
            case "reject" -> Commands.REJECT;
            case "enqueue" -> QueuePolicy.BEHIND_OPEN;
            case "interrupt" -> Commands.INTERRUPT;
            case "rollback" -> Commands.ROLLBACK;
            case "merge" -> Commands.MERGE;
            case "parallel" -> Commands.PARALLEL;
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** The thread in a state by name, which r1 has brought about. */
    private static ThreadSpec thread(String state) {
        return switch (state) {
            case "absent" -> given();
            case "idle" -> given(run("r1").create().workflow("pure"));
            case "active" -> given(run("r1").create());
            case "waiting" -> given(run("r1").create().workflow("waiting"));
            case "paused" -> given(run("r1").create(), pause("r1"));
            case "asking" -> given(run("r1").create().workflow("approval"));
            case "asking-paused" -> given(run("r1").create().workflow("approval"), pause("r1"));
            case "stopped" -> given(run("r1").create().workflow("stops"));
            case "error" -> given(run("r1").create(), fail("r1", 1, "no"));
            case "cancelled" -> given(run("r1").create(), cancel("r1"));
            case "delayed" -> given(run("r1").create().after(500));
            default -> throw new IllegalArgumentException(state);
        };
    }

    /** What the last command did to legs. */
    private static List<String> legs(ThreadSpec spec) {
        return spec.decision().events().stream()
                .map(recorded -> switch (recorded.event()) {
                    case Event.RunRequested one -> one.leg() + " requested";
                    case Event.RunRequestEnded one ->
                        one.leg() + " over" + (one.error() == null ? "" : " " + one.error());
                    case Event.InputQueued one -> one.run() + " pending";
                    case Event.RunStarted one -> one.run() + " begins";
                    case Event.RunInterrupted one -> one.closed() == null ? null : one.closed() + " stops";
                    case Event.RunResumed one -> one.opened() == null ? null : one.opened() + " goes on";
                    case Event.RunCompleted one -> one.run() + " completed";
                    case Event.RunFailed one -> one.run() + " failed";
                    case Event.RunTimedOut one -> one.run() + " timed out";
                    case Event.RunCancelled one -> one.run() + " " + one.cause();
                    case Event.InterruptExpired one -> "expired " + one.expiry();
                    case Event.InputRejected one -> "refused " + one.reason();
                    case Event.InputAccepted one ->
                        one.run()
                                        .equals(new RunId("r"
                                                + one.input().identity().id().substring(1)))
                                ? null
                                : "joins " + one.run();
                    default -> null;
                })
                .filter(Objects::nonNull)
                .toList();
    }

    private static String told(ThreadSpec spec) {
        return String.join(", ", legs(spec));
    }

    // Strategies

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            none      | idle          | r2 requested, r2 begins | IDLE -> BUSY
            reject    | idle          | r2 requested, r2 begins | IDLE -> BUSY
            enqueue   | idle          | r2 requested, r2 begins | IDLE -> BUSY
            interrupt | idle          | r2 requested, r2 begins | IDLE -> BUSY
            rollback  | idle          | r2 requested, r2 begins | IDLE -> BUSY
            merge     | idle          | r2 requested, r2 begins | IDLE -> BUSY
            parallel  | idle          | r2 requested, r2 begins | IDLE -> BUSY
            none      | error         | r2 requested, r2 begins | ERROR -> BUSY
            reject    | error         | r2 requested, r2 begins | ERROR -> BUSY
            enqueue   | error         | r2 requested, r2 begins | ERROR -> BUSY
            interrupt | error         | r2 requested, r2 begins | ERROR -> BUSY
            rollback  | error         | r2 requested, r2 begins | ERROR -> BUSY
            none      | active        | r2 requested, r2 pending | BUSY -> BUSY
            reject    | active        | refused BUSY | BUSY -> BUSY
            enqueue   | active        | r2 requested, r2 pending | BUSY -> BUSY
            interrupt | active        | r2 requested, r1 SUPERSEDED, r2 begins | BUSY -> BUSY
            rollback  | active        | r2 requested, r1 ROLLED_BACK, r2 begins | BUSY -> BUSY
            merge     | active        | r2 requested, joins r1 | BUSY -> BUSY
            parallel  | active        | r2 requested, r2 begins | BUSY -> BUSY
            none      | waiting       | r2 requested, r2 pending | BUSY -> BUSY
            reject    | waiting       | refused BUSY | BUSY -> BUSY
            enqueue   | waiting       | r2 requested, r2 pending | BUSY -> BUSY
            interrupt | waiting       | r2 requested, r1 SUPERSEDED, r2 begins | BUSY -> BUSY
            rollback  | waiting       | r2 requested, r1 ROLLED_BACK, r2 begins | BUSY -> BUSY
            merge     | waiting       | r2 requested, r2 begins | BUSY -> BUSY
            parallel  | waiting       | r2 requested, r2 begins | BUSY -> BUSY
            none      | paused        | r2 requested, r2 pending | BUSY -> BUSY
            reject    | paused        | refused BUSY | BUSY -> BUSY
            enqueue   | paused        | r2 requested, r2 pending | BUSY -> BUSY
            interrupt | paused        | r2 requested, r1 SUPERSEDED, r2 begins | BUSY -> BUSY
            rollback  | paused        | r2 requested, r1 ROLLED_BACK, r2 begins | BUSY -> BUSY
            none      | asking        | r2 requested, expired SUPERSEDED, r1 SUPERSEDED, r2 begins | INTERRUPTED -> BUSY
            reject    | asking        | r2 requested, expired SUPERSEDED, r1 SUPERSEDED, r2 begins | INTERRUPTED -> BUSY
            enqueue   | asking        | r2 requested, expired SUPERSEDED, r1 SUPERSEDED, r2 begins | INTERRUPTED -> BUSY
            interrupt | asking        | r2 requested, expired SUPERSEDED, r1 SUPERSEDED, r2 begins | INTERRUPTED -> BUSY
            rollback  | asking        | r2 requested, expired SUPERSEDED, r1 SUPERSEDED, r2 begins | INTERRUPTED -> BUSY
            merge     | asking        | r2 requested, expired SUPERSEDED, r1 SUPERSEDED, r2 begins | INTERRUPTED -> BUSY
            parallel  | asking        | r2 requested, expired SUPERSEDED, r1 SUPERSEDED, r2 begins | INTERRUPTED -> BUSY
            none      | asking-paused | r2 requested, expired SUPERSEDED, r1 SUPERSEDED, r2 begins | INTERRUPTED -> BUSY
            reject    | stopped       | r2 requested, r1 SUPERSEDED, r2 begins | INTERRUPTED -> BUSY
            enqueue   | stopped       | r2 requested, r1 SUPERSEDED, r2 begins | INTERRUPTED -> BUSY
            none      | delayed       | r2 requested, r2 pending, r2 begins | BUSY -> BUSY
            reject    | delayed       | refused BUSY | BUSY -> BUSY
            enqueue   | delayed       | r2 requested, r2 pending, r2 begins | BUSY -> BUSY
            interrupt | delayed       | r2 requested, r1 SUPERSEDED, r2 begins | BUSY -> BUSY
            rollback  | delayed       | r2 requested, r1 ROLLED_BACK, r2 begins | BUSY -> BUSY
            merge     | delayed       | r2 requested, r2 begins | BUSY -> BUSY
            parallel  | delayed       | r2 requested, r2 begins | BUSY -> BUSY
            """)
    void a_strategy_meets_a_thread(String strategy, String state, String legs, String statuses) {
        ThreadSpec spec = thread(state);
        ThreadStatus before = spec.state().status();
        spec.when(run("r2").strategy(policy(strategy)));
        assertThat(told(spec)).isEqualTo(legs);
        assertThat(before + " -> " + spec.state().status()).isEqualTo(statuses);
    }

    @Test
    void without_a_strategy_the_threads_own_policy_decides_unless_it_only_asks() {
        given(settings(Commands.REJECT, null, null), run("r1")).when(run("r2")).refused("BUSY: Thread is busy");
        ThreadSpec asking =
                given(settings(Commands.QUEUE, null, null), run("r1").workflow("approval"));
        asking.when(run("r2"));
        assertThat(told(asking)).isEqualTo("r2 requested, expired SUPERSEDED, r1 SUPERSEDED, r2 begins");
    }

    @Test
    void what_is_queued_starts_when_the_leg_before_it_stops_for_somebody() {
        ThreadSpec spec = given(run("r1").create().workflow("beside"), run("r2"));
        assertThat(spec.state().status()).isEqualTo(ThreadStatus.BUSY);
        spec.when(Commands.done("r1-1", "null"));
        assertThat(told(spec)).isEqualTo("r1 stops, expired SUPERSEDED, r1 SUPERSEDED, r2 begins");
    }

    @Test
    void three_that_ask_at_once_are_promoted_past_each_other() {
        ThreadSpec spec = given(
                run("r1").create(), run("r2").workflow("approval"), run("r3").workflow("approval"), run("r4"));
        spec.when(complete("r1", 1));
        assertThat(told(spec))
                .isEqualTo("r1 completed, r2 begins, r2 stops, expired SUPERSEDED, r2 SUPERSEDED, "
                        + "r3 begins, r3 stops, expired SUPERSEDED, r3 SUPERSEDED, r4 begins");
        assertThat(spec.state().status()).isEqualTo(ThreadStatus.BUSY);
    }

    @Test
    void a_full_queue_refuses_and_leaves_nothing_else() {
        Policy one = new QueuePolicy(1, null, Event.Behind.OPEN);
        given(run("r1").create(), run("r2").strategy(one))
                .when(run("r3").strategy(one))
                .refused("QUEUE_FULL: Queue is full");
    }

    @Test
    void a_merge_into_a_full_inbox_is_refused_and_leaves_nothing_else() {
        given().limits(10, 1)
                .and(run("r1").create(), run("r2").strategy(Commands.MERGE))
                .when(run("r3").strategy(Commands.MERGE))
                .refused("INBOX_FULL: The inbox of run r1 is full (1)");
    }

    @Test
    void too_many_beside_each_other_are_refused() {
        given().limits(1, 10)
                .and(run("r1").create())
                .when(run("r2").strategy(Commands.PARALLEL))
                .refused("MAX_ACTIVE_RUNS: Maximum active runs (1) reached");
    }

    @Test
    void rolled_back_state_is_as_before_the_run() {
        given(run("r1").create().workflow("pure"))
                .and(run("r2").workflow("three").input(Json.object("last", Json.of("lost"))))
                .when(run("r3").strategy(Commands.ROLLBACK))
                .state("{\"last\":\"hello 1\",\"log\":[\"note\",[]]}");
    }

    // What keeps a request from being one

    @Test
    void a_thread_is_created_only_if_asked_for() {
        given().when(run("r1")).outcome("Invalid: Thread t1 does not exist").thenNothing();
        given().when(run("r1").create().workflow("pure")).outcome("Started r1");
        given().when(wanted("r1").answer("true")).outcome("Invalid: Thread t1 does not exist");
    }

    @ParameterizedTest
    @CsvSource({
        "absent, IDLE, true",
        "absent, ERROR, false",
        "idle, IDLE, true",
        "idle, INTERRUPTED, false",
        "active, BUSY, true",
        "active, IDLE, false",
        "delayed, IDLE, false",
        "asking, INTERRUPTED, true",
        "asking, IDLE, false",
        "stopped, INTERRUPTED, true",
        "error, ERROR, true",
        "error, IDLE, false",
    })
    void a_request_may_be_for_some_states_of_the_thread_only(String state, ThreadStatus only, boolean isTaken) {
        ThreadSpec spec = thread(state);
        String status = spec.state().status().name().toLowerCase(java.util.Locale.ROOT);
        spec.when(run("r2").create().onlyIf(only));
        if (isTaken) {
            assertThat(spec.decision().outcome()).isNotInstanceOf(Outcome.Rejected.class);
        } else if (state.equals("absent")) {
            spec.outcome("Invalid: The thread is idle").thenNothing();
        } else {
            spec.refused("PRECONDITION: The thread is " + status);
        }
    }

    @Test
    void an_unknown_workflow_and_unknown_breakpoints_are_refused() {
        given(run("r1").create().workflow("pure"))
                .when(run("r2").workflow("nowhere"))
                .refused("UNKNOWN_WORKFLOW: Unknown workflow \"nowhere\"");
        given(run("r1").create().workflow("pure"))
                .when(run("r2").workflow("abc").stopping(before("z")))
                .outcome("Rejected UNKNOWN_STEP: Workflow abc@1 has no step \"z\"");
        given().when(run("r1").create().workflow("nowhere"))
                .outcome("Invalid: Unknown workflow \"nowhere\"")
                .thenNothing();
    }

    @Test
    void the_same_again_gives_the_first_leg() {
        given(run("r1").create())
                .when(run("r1").create())
                .outcome("Duplicate of Started r1")
                .thenNothing();
    }

    // Going on

    @Test
    void going_on_passes_all_breakpoints_of_the_super_step() {
        ThreadSpec spec = thread("stopped");
        spec.when(wanted("r2"))
                .then(
                        "RunRequested r2",
                        "RunResumed r1 leg 2 by ann",
                        "StepCompleted r1 1 x log+=\"x\"",
                        "StepCompleted r1 1.1 y log+=\"y\"",
                        "StepCompleted r1 2 z log+=\"z\"",
                        "RunCompleted r1 {\"log\":[\"x\",\"y\",\"z\"]}")
                .outcome("Resumed r1 with 0");
        assertThat(told(spec)).isEqualTo("r2 requested, r2 goes on, r1 completed");
        assertThat(spec.state().status()).isEqualTo(ThreadStatus.IDLE);
    }

    @Test
    void going_on_stops_where_the_new_leg_says() {
        ThreadSpec spec = thread("stopped");
        spec.when(wanted("r2").stopping(before("z")));
        assertThat(told(spec)).isEqualTo("r2 requested, r2 goes on, r2 stops");
        spec.when(wanted("r3"));
        assertThat(told(spec)).isEqualTo("r3 requested, r3 goes on, r1 completed");
    }

    @Test
    void with_questions_open_the_leg_ends_with_the_same_ones() {
        ThreadSpec spec = thread("asking");
        InterruptId asked = pending(spec);
        spec.when(wanted("r2")).outcome("Resumed r1 with 0");
        assertThat(told(spec)).isEqualTo("r2 requested, r2 goes on, r2 stops");
        assertThat(pending(spec)).isEqualTo(asked);
        assertThat(spec.last(Event.RunInterrupted.class).interrupts())
                .extracting(Interrupt::id)
                .containsExactly(asked);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            absent        | r2 requested, r2 over EmptyInputError | IDLE
            idle          | r2 requested, r2 over                 | IDLE
            active        | refused BUSY                          | BUSY
            waiting       | refused BUSY                          | BUSY
            paused        | refused BUSY                          | BUSY
            asking-paused | r2 requested, r2 over BusyError       | INTERRUPTED
            error         | r2 requested, r2 begins               | BUSY
            cancelled     | r2 requested, r2 begins               | BUSY
            delayed       | r2 requested, r2 over EmptyInputError | BUSY
            """)
    void going_on_without_an_input(String state, String legs, ThreadStatus status) {
        ThreadSpec spec = thread(state);
        spec.when(wanted("r2").create());
        assertThat(told(spec)).isEqualTo(legs);
        assertThat(spec.state().status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            reject    | refused BUSY
            enqueue   | refused BUSY
            merge     | refused BUSY
            interrupt | r2 requested, r1 SUPERSEDED, r2 begins
            rollback  | r2 requested, r1 ROLLED_BACK, r2 over EmptyInputError
            """)
    void going_on_on_a_busy_thread(String strategy, String legs) {
        ThreadSpec spec = thread("active");
        spec.when(wanted("r2").strategy(policy(strategy)));
        assertThat(told(spec)).isEqualTo(legs);
    }

    @Test
    void a_continued_run_does_only_what_was_left() {
        ThreadSpec spec = given(run("r1").create().workflow("three"), complete("r1", 1), fail("r1", 2, "no"));
        spec.when(wanted("r2"))
                .then(
                        "RunRequested r2",
                        "RunStarted r2 three@1 CONTINUE by i1 main head="
                                + spec.state().headSeq(),
                        "ActionRequested r2 r2-2#1 \"hello 1\"")
                .outcome("Started r2");
    }

    // Answers

    @Test
    void a_bare_answer_to_the_only_question_is_a_leg_of_its_run() {
        ThreadSpec spec = thread("asking");
        spec.when(wanted("r2").answer("true"))
                .then(
                        "RunRequested r2",
                        "InterruptResolved r1 true by ann",
                        "RunResumed r1 leg 2 by ann",
                        "StepCompleted r1 1 ask last=true",
                        "StepCompleted r1 2 note log+=\"noted\"",
                        "RunCompleted r1 {\"last\":true,\"log\":[\"noted\"]}")
                .outcome("Resumed r1 with 1");
        assertThat(told(spec)).isEqualTo("r2 requested, r2 goes on, r1 completed");
    }

    @Test
    void an_answer_by_id_leaves_the_other_question_and_the_leg_ends_with_it() {
        ThreadSpec spec = given(run("r1").create().workflow("both"));
        List<InterruptId> asked = allPending(spec);
        spec.when(wanted("r2").answer(asked.getFirst(), "1"));
        assertThat(told(spec)).isEqualTo("r2 requested, r2 goes on, r2 stops");
        assertThat(allPending(spec)).containsExactly(asked.getLast());
        spec.when(wanted("r3").answer(asked.getLast(), "2"));
        assertThat(told(spec)).isEqualTo("r3 requested, r3 goes on, r1 completed");
    }

    @Test
    void a_map_answers_all() {
        ThreadSpec spec = given(run("r1").create().workflow("both"));
        List<InterruptId> asked = allPending(spec);
        spec.when(wanted("r2").answer("{\"%s\":1,\"%s\":2}".formatted(asked.getFirst(), asked.getLast())));
        assertThat(told(spec)).isEqualTo("r2 requested, r2 goes on, r1 completed");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            idle    | true                                         | UnknownInterruptError
            error   | true                                         | UnknownInterruptError
            active  | true                                         | UnknownInterruptError
            waiting | true                                         | UnknownInterruptError
            stopped | true                                         | UnknownInterruptError
            asking  | {"ffffffffffffffffffffffffffffffff":true}    | UnknownInterruptError
            asking  | "yes"                                        | InvalidAnswerError
            """)
    void an_answer_that_fits_nothing_ends_its_leg_and_the_thread_is_as_before(
            String state, String answer, String error) {
        ThreadSpec spec = thread(state);
        ThreadStatus status = spec.state().status();
        List<InterruptId> asked = allPending(spec);
        spec.when(wanted("r2").answer(answer)).outcome("Started r2");
        assertThat(told(spec)).isEqualTo("r2 requested, r2 over " + error);
        assertThat(spec.state().status()).isEqualTo(status);
        assertThat(allPending(spec)).isEqualTo(asked);
    }

    @Test
    void an_answer_on_a_new_thread_is_to_nothing() {
        ThreadSpec spec = given().when(wanted("r1").create().answer("true"));
        assertThat(told(spec)).isEqualTo("r1 requested, r1 over UnknownInterruptError");
        assertThat(spec.state().exists()).isTrue();
    }

    @Test
    void a_bare_answer_to_several_questions_is_ambiguous() {
        ThreadSpec spec = given(run("r1").create().workflow("both"));
        spec.when(wanted("r2").answer("1"));
        assertThat(told(spec)).isEqualTo("r2 requested, r2 over AmbiguousResumeError");
        assertThat(allPending(spec)).hasSize(2);
    }

    @Test
    void the_same_answer_again_succeeds_and_another_does_not() {
        ThreadSpec spec = thread("asking");
        InterruptId asked = pending(spec);
        spec.and(wanted("r2").answer(asked, "true"));
        spec.when(wanted("r3").answer(asked, "true"));
        assertThat(told(spec)).isEqualTo("r3 requested, r3 over");
        spec.when(wanted("r4").answer(asked, "false"));
        assertThat(told(spec)).isEqualTo("r4 requested, r4 over AlreadyAnsweredError");
    }

    @Test
    void an_answer_that_comes_too_late_is_expired_and_the_run_has_gone_on_by_itself() {
        ThreadSpec spec = given(run("r1").create().workflow("hasty"));
        InterruptId asked = pending(spec);
        spec.when(wanted("r2").at(NOW_MS + 1_000).answer(asked, "true"));
        RunId own = new RunId("r1").leg(2);
        assertThat(told(spec))
                .isEqualTo("expired TIME, " + own + " goes on, r1 completed, r2 requested, r2 over "
                        + "InterruptExpiredError");
    }

    @Test
    void a_leg_that_nobody_asked_for_has_an_id_of_its_own() {
        ThreadSpec spec = given(run("r1").create().workflow("hasty"));
        spec.when(timersAt(NOW_MS + 1_000));
        assertThat(told(spec)).isEqualTo("expired TIME, " + new RunId("r1").leg(2) + " goes on, r1 completed");
    }

    @Test
    void an_answer_to_a_run_that_is_at_work_needs_no_leg() {
        ThreadSpec spec = given(run("r1").create().workflow("beside"));
        spec.when(wanted("r2").answer(pending(spec), "1")).outcome("Resumed r1 with 1");
        assertThat(told(spec)).isEqualTo("r2 requested, r2 over");
        spec.when(Commands.done("r1-1", "null"));
        assertThat(told(spec)).isEqualTo("r1 completed");
    }

    // Operators

    @Test
    void an_operator_who_holds_a_run_and_lets_go_neither_ends_nor_opens_a_leg() {
        ThreadSpec spec = thread("active");
        spec.when(pause("r1"));
        assertThat(legs(spec)).isEmpty();
        spec.when(unpause("r1"));
        assertThat(legs(spec)).isEmpty();
        spec.when(complete("r1", 1));
        assertThat(told(spec)).isEqualTo("r1 completed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"asking", "stopped"})
    void nor_where_the_run_is_stopped_for_somebody_else(String state) {
        ThreadSpec spec = thread(state);
        spec.when(pause("r1"));
        assertThat(legs(spec)).isEmpty();
        assertThat(spec.state().status()).isEqualTo(ThreadStatus.INTERRUPTED);
        spec.when(unpause("r1"));
        assertThat(legs(spec)).isEmpty();
        assertThat(spec.state().status()).isEqualTo(ThreadStatus.INTERRUPTED);
    }

    @Test
    void an_answer_while_an_operator_holds_the_run_is_kept_until_that_lets_go() {
        ThreadSpec spec = thread("asking-paused");
        spec.when(wanted("r2").answer("true"));
        assertThat(told(spec)).isEqualTo("r2 requested, r2 over");
        spec.when(unpause("r1"));
        assertThat(told(spec)).isEqualTo(new RunId("r1").leg(2) + " goes on, r1 completed");
    }

    // Updates and jumps

    @Test
    void an_update_with_an_answer_is_in_the_state_that_the_run_goes_on_with() {
        ThreadSpec spec = thread("asking");
        spec.when(wanted("r2").answer("true").update("log", "\"edited\""))
                .state("{\"last\":true,\"log\":[\"edited\",\"noted\"]}");
        assertThat(told(spec)).isEqualTo("r2 requested, r2 goes on, r1 completed");
    }

    @Test
    void an_update_alone_is_in_the_state_that_a_stopped_run_goes_on_with() {
        ThreadSpec stopped = thread("stopped");
        stopped.when(wanted("r2").update("log", "\"edited\""));
        assertThat(told(stopped)).isEqualTo("r2 requested, r2 goes on, r1 completed");
        stopped.state("{\"log\":[\"edited\",\"x\",\"y\",\"z\"]}");
    }

    @Test
    void an_update_alone_leaves_what_is_asked_as_it_is() {
        ThreadSpec asking = thread("asking");
        asking.when(wanted("r2").update("log", "\"edited\""));
        assertThat(told(asking)).isEqualTo("r2 requested, r2 goes on, r2 stops");
        asking.state("{\"log\":[\"edited\"]}");
        assertThat(allPending(asking)).hasSize(1);
    }

    @Test
    void a_jump_takes_a_stopped_run_elsewhere() {
        ThreadSpec spec = thread("stopped");
        spec.when(wanted("r2").goTo("z"));
        assertThat(told(spec)).isEqualTo("r2 requested, r2 goes on, r1 completed");
        spec.state("{\"log\":[\"z\"]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"asking", "stopped", "idle", "error", "cancelled"})
    void unknown_names_end_the_leg_and_change_nothing(String state) {
        ThreadSpec spec = thread(state);
        Json before = Json.object(spec.state().channels().values());
        ThreadStatus status = spec.state().status();
        spec.when(wanted("r2").goTo("nowhere"));
        assertThat(told(spec)).isEqualTo("r2 requested, r2 over InvalidCommandError");
        spec.when(wanted("r3").update("last", "1").update("nowhere", "1"));
        assertThat(told(spec)).isEqualTo("r3 requested, r3 over InvalidCommandError");
        spec.when(wanted("r4").update("last", "1").goTo("nowhere"));
        assertThat(told(spec)).isEqualTo("r4 requested, r4 over InvalidCommandError");
        assertThat(Json.object(spec.state().channels().values())).isEqualTo(before);
        assertThat(spec.state().status()).isEqualTo(status);
    }

    @Test
    void an_unknown_step_beside_an_answer_leaves_the_question_open() {
        ThreadSpec spec = thread("asking");
        spec.when(wanted("r2").answer("true").goTo("nowhere"));
        assertThat(told(spec)).isEqualTo("r2 requested, r2 over InvalidCommandError");
        assertThat(allPending(spec)).hasSize(1);
    }

    @Test
    void on_an_idle_thread_an_update_is_no_run_and_a_jump_is_one() {
        ThreadSpec spec = given(run("r1").create().workflow("abc"));
        spec.when(wanted("r2").workflow("abc").update("log", "\"edited\"")).outcome("Started r2");
        assertThat(told(spec)).isEqualTo("r2 requested, r2 over");
        spec.when(wanted("r3").workflow("abc").update("log", "\"more\"").goTo("c"));
        assertThat(told(spec)).isEqualTo("r3 requested, r3 begins, r3 completed");
        spec.state("{\"log\":[\"a\",\"b\",\"c\",\"edited\",\"more\",\"c\"]}");
    }

    @Test
    void a_jump_on_a_new_thread_is_a_run() {
        ThreadSpec spec = given().when(wanted("r1").create().workflow("abc").goTo("b"));
        assertThat(told(spec)).isEqualTo("r1 requested, r1 begins, r1 completed");
        spec.state("{\"log\":[\"b\",\"c\"]}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"active", "waiting", "paused", "delayed"})
    void on_a_busy_thread_there_is_nothing_to_update_or_to_send_elsewhere(String state) {
        ThreadSpec spec = thread(state);
        spec.when(wanted("r2").update("last", "1"));
        assertThat(told(spec)).isEqualTo("r2 requested, r2 over BusyError");
        spec.when(wanted("r3").workflow("abc").goTo("a"));
        assertThat(told(spec)).isEqualTo("r3 requested, r3 over BusyError");
    }

    // Checkpoints

    private static String checkpoint(ThreadSpec spec, int index) {
        return spec.checkpoints().get(index).id().text(spec.state().key());
    }

    private static String head(ThreadSpec spec) {
        return Objects.requireNonNull(spec.state().head()).text(spec.state().key());
    }

    @Test
    void the_head_is_like_no_checkpoint() {
        ThreadSpec spec = thread("asking");
        spec.when(wanted("r2").checkpoint(head(spec)).answer("true"));
        assertThat(told(spec)).isEqualTo("r2 requested, r2 goes on, r1 completed");
        spec.when(run("r3").checkpoint(head(spec)));
        assertThat(told(spec)).isEqualTo("r3 requested, r3 begins");
    }

    @Test
    void an_input_begins_at_an_earlier_checkpoint() {
        ThreadSpec spec = given(run("r1").create().workflow("pure"), run("r2").workflow("pure"));
        String afterFirst = spec.checkpoints().stream()
                .filter(one -> one.id().text(spec.state().key()).equals(checkpoint(spec, 2)))
                .findFirst()
                .orElseThrow()
                .id()
                .text(spec.state().key());
        spec.when(run("r3").workflow("pure").checkpoint(afterFirst))
                .state("{\"last\":\"hello 3\",\"log\":[\"note\",[],\"note\",[]]}");
        assertThat(told(spec)).isEqualTo("r3 requested, r3 begins, r3 completed");
    }

    @Test
    void going_on_from_an_earlier_checkpoint_does_again_what_was_to_be_done_there() {
        ThreadSpec spec = given(run("r1").create().workflow("approval"));
        String asking = head(spec);
        InterruptId asked = pending(spec);
        spec.and(wanted("r2").answer("true"));
        spec.when(wanted("r3").checkpoint(asking));
        assertThat(told(spec)).isEqualTo("r3 requested, r3 begins, r3 stops");
        assertThat(pending(spec)).isNotEqualTo(asked);
        spec.when(wanted("r4").answer("false")).state("{\"last\":false,\"log\":[\"noted\"]}");
        assertThat(told(spec)).isEqualTo("r4 requested, r4 goes on, r3 completed");
    }

    @Test
    void an_interrupted_thread_gives_way_to_a_run_from_a_checkpoint() {
        ThreadSpec spec = given(run("r1").create().workflow("pure"));
        String end = head(spec);
        spec.and(run("r2").workflow("approval"));
        spec.when(wanted("r3").checkpoint(end));
        assertThat(told(spec)).isEqualTo("r3 requested, expired SUPERSEDED, r2 SUPERSEDED, r3 over");
        spec.state("{\"last\":\"hello 1\",\"log\":[\"note\",[]]}");
    }

    @Test
    void a_command_is_not_for_an_earlier_checkpoint() {
        ThreadSpec spec = given(run("r1").create().workflow("pure"));
        String end = head(spec);
        spec.and(run("r2").workflow("approval"));
        spec.when(wanted("r3").checkpoint(end).answer("true"));
        assertThat(told(spec)).isEqualTo("r3 requested, r3 over InvalidCommandError");
        assertThat(allPending(spec)).hasSize(1);
    }

    @Test
    void an_unknown_checkpoint_is_refused() {
        thread("asking")
                .when(run("r2").checkpoint("nowhere"))
                .refused("UNKNOWN_CHECKPOINT: Unknown checkpoint nowhere");
        given().when(run("r1").create().checkpoint("nowhere"))
                .outcome("Invalid: Thread t1 does not exist")
                .thenNothing();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            none      | refused BUSY
            reject    | refused BUSY
            enqueue   | refused BUSY
            interrupt | r3 requested, r2 SUPERSEDED, r3 begins
            rollback  | r3 requested, r2 ROLLED_BACK, r3 begins
            """)
    void on_a_busy_thread_a_checkpoint_needs_room(String strategy, String legs) {
        ThreadSpec spec = given(run("r1").create().workflow("pure"));
        String end = head(spec);
        spec.and(run("r2"));
        spec.when(run("r3").checkpoint(end).strategy(policy(strategy)));
        assertThat(told(spec)).isEqualTo(legs);
    }

    @Test
    void what_cannot_begin_at_a_checkpoint_leaves_the_thread_as_it_is() {
        ThreadSpec spec = given(run("r1").create().workflow("pure"));
        String end = head(spec);
        spec.and(run("r2").workflow("approval"));
        spec.when(run("r3").checkpoint(end).workflow("nowhere"))
                .refused("UNKNOWN_WORKFLOW: Unknown workflow \"nowhere\"");
        assertThat(allPending(spec)).hasSize(1);
    }

    @Test
    void a_compaction_does_not_give_way_to_a_checkpoint() {
        Workflow slow = People.workflow("slow")
                .start("work")
                .action("work", "worker", Step.View::trigger, step -> step)
                .compaction("work")
                .build();
        ThreadSpec spec = ThreadSpec.thread()
                .workflows(new Workflows(List.of(TestWorkflows.PURE, slow)))
                .and(run("r1").create().workflow("pure"));
        String first = checkpoint(spec, 0);
        spec.and(settings(null, "slow", null), People.compact("c1", 1));
        assertThat(spec.state().isCompacting()).isTrue();
        spec.when(run("r2").workflow("pure").checkpoint(first).strategy(Commands.INTERRUPT));
        assertThat(told(spec)).isEqualTo("refused BUSY");
    }

    // Later

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            none      | idle   | r2 requested, r2 pending
            reject    | idle   | r2 requested, r2 pending
            parallel  | idle   | r2 requested, r2 pending
            reject    | active | refused BUSY
            enqueue   | active | r2 requested, r2 pending
            interrupt | active | r2 requested, r1 SUPERSEDED, r2 pending
            rollback  | active | r2 requested, r1 ROLLED_BACK, r2 pending
            parallel  | active | r2 requested, r2 pending
            merge     | active | r2 requested, joins r1
            none      | asking | r2 requested, expired SUPERSEDED, r1 SUPERSEDED, r2 pending
            """)
    void the_strategy_counts_now_and_the_run_starts_later(String strategy, String state, String legs) {
        ThreadSpec spec = thread(state);
        spec.when(run("r2").after(5_000).strategy(policy(strategy)));
        assertThat(told(spec)).isEqualTo(legs);
        if (legs.endsWith("pending")) {
            spec.outcome("Queued r2");
            assertThat(spec.state().status()).isEqualTo(ThreadStatus.BUSY);
        }
    }

    @Test
    void a_delayed_run_starts_when_its_time_has_come_and_not_before() {
        ThreadSpec spec = given(run("r1").create().after(5_000));
        assertThat(Owed.of(spec.state())).extracting(Owed::ref).containsExactly("r1-start@6000");
        spec.when(timersAt(5_999)).thenNothing();
        spec.when(timersAt(6_000));
        assertThat(told(spec)).isEqualTo("r1 begins");
        assertThat(Owed.of(spec.state())).noneMatch(Owed.Timer.class::isInstance);
    }

    @Test
    void delayed_runs_start_in_the_order_of_their_times() {
        ThreadSpec spec = given(
                run("r1").create().workflow("pure").after(9_000),
                run("r2").workflow("pure").after(5_000));
        assertThat(Owed.of(spec.state())).extracting(Owed::ref).containsExactly("r1-start@10000", "r2-start@6000");
        spec.when(timersAt(6_000));
        assertThat(told(spec)).isEqualTo("r2 begins, r2 completed");
        spec.when(timersAt(10_000));
        assertThat(told(spec)).isEqualTo("r1 begins, r1 completed");
    }

    @Test
    void a_delayed_run_does_not_stand_in_the_way_of_what_comes_before_its_time() {
        ThreadSpec spec = given(run("r1").create().after(5_000), run("r2"));
        spec.when(timersAt(6_000)).thenNothing();
        assertThat(Owed.of(spec.state())).noneMatch(Owed.Timer.class::isInstance);
        spec.when(completeAt(7_000, "r2", 1));
        assertThat(told(spec)).isEqualTo("r2 completed, r1 begins");
    }

    @Test
    void what_waits_for_more_than_it_owes_no_timer_to_what_is_behind_it() {
        ThreadSpec spec = given(
                run("r1").create().workflow("approval"),
                input(2).policy(Commands.QUEUE),
                run("r3").strategy(QueuePolicy.BEHIND_OPEN).after(5_000));
        spec.running("1 waiting for a user, 2 queued");
        assertThat(Owed.of(spec.state())).isEmpty();
        spec.when(timersAt(6_000)).thenNothing();
    }

    @Test
    void a_delayed_run_begins_with_its_own_input_and_not_with_what_it_has_taken_over() {
        ThreadSpec spec =
                given(run("r1").create(), run("r2").strategy(Commands.PREPEND).after(5_000));
        Identity own = spec.last(Event.InputAccepted.class).input().identity();

        spec.when(timersAt(6_000));

        assertThat(spec.last(Event.RunStarted.class).source()).isEqualTo(own);
        assertThat(spec.state().started(new RunId("r2")).inputs()).hasSize(2);
    }

    @Test
    void what_a_delayed_run_has_taken_over_is_not_continued_by_another() {
        ThreadSpec spec =
                given(run("r1").create(), run("r2").strategy(Commands.PREPEND).after(5_000));
        assertThat(spec.state().queue().getFirst().inputs()).hasSize(2);
        spec.when(wanted("r3"));
        assertThat(told(spec)).isEqualTo("r3 requested, r3 over");
    }

    @Test
    void a_delayed_run_can_be_cancelled() {
        ThreadSpec spec = given(run("r1").create().after(5_000));
        spec.when(cancel("r1"));
        assertThat(told(spec)).isEqualTo("r1 REQUESTED");
        assertThat(Owed.of(spec.state())).isEmpty();
        assertThat(spec.state().status()).isEqualTo(ThreadStatus.IDLE);
        spec.and(run("r2").after(5_000)).when(cancelAll());
        assertThat(told(spec)).isEqualTo("r2 REQUESTED");
    }

    @Test
    void only_what_has_an_input_starts_later() {
        thread("idle")
                .when(wanted("r2").after(1))
                .refused("UNSUITABLE_INPUT: Only a run with an input can start later");
        thread("asking")
                .when(wanted("r2").answer("true").after(1))
                .refused("UNSUITABLE_INPUT: Only a run with an input can start later");
    }

    // The thread's status

    @Test
    void a_failure_is_the_threads_status_until_something_begins() {
        ThreadSpec spec = given(run("r1").create().workflow("failing"));
        assertThat(spec.state().status()).isEqualTo(ThreadStatus.ERROR);
        spec.and(run("r2").workflow("pure"));
        assertThat(spec.state().status()).isEqualTo(ThreadStatus.IDLE);
        spec.and(run("r3").workflow("failing")).and(run("r4").workflow("approval"));
        assertThat(spec.state().status()).isEqualTo(ThreadStatus.INTERRUPTED);
    }

    @Test
    void the_run_that_ended_last_is_what_counts() {
        ThreadSpec completed =
                given(run("r1").create(), run("r2").workflow("failing").strategy(Commands.PARALLEL), complete("r1", 1));
        assertThat(completed.state().status()).isEqualTo(ThreadStatus.IDLE);
        ThreadSpec failed = given(
                run("r1").create(), run("r2").strategy(Commands.PARALLEL), complete("r1", 1), fail("r2", 1, "no"));
        assertThat(failed.state().status()).isEqualTo(ThreadStatus.ERROR);
        ThreadSpec cancelled =
                given(run("r1").create(), run("r2").workflow("failing").strategy(Commands.PARALLEL), cancel("r1"));
        assertThat(cancelled.state().status()).isEqualTo(ThreadStatus.IDLE);
    }

    @Test
    void an_ordinary_answer_opens_a_leg_with_a_derived_id() {
        ThreadSpec spec = thread("asking");
        spec.when(answer("true"));
        assertThat(told(spec)).isEqualTo(new RunId("r1").leg(2) + " goes on, r1 completed");
    }

    @Test
    void stopping_everywhere_takes_a_leg_for_each_step() {
        ThreadSpec spec = given(run("r1").create().workflow("abc").stopping(before(Breakpoints.ALL)));
        spec.when(wanted("r2").stopping(before(Breakpoints.ALL)));
        assertThat(told(spec)).isEqualTo("r2 requested, r2 goes on, r2 stops");
        spec.when(wanted("r3"));
        assertThat(told(spec)).isEqualTo("r3 requested, r3 goes on, r1 completed");
    }
}
