package dev.threadwright.thread;

import static dev.threadwright.thread.Commands.NOW_MS;
import static dev.threadwright.thread.Commands.complete;
import static dev.threadwright.thread.Commands.completeAt;
import static dev.threadwright.thread.Commands.input;
import static dev.threadwright.thread.Commands.timersAt;
import static dev.threadwright.thread.People.answer;
import static dev.threadwright.thread.People.log;
import static dev.threadwright.thread.People.pause;
import static dev.threadwright.thread.People.unpause;
import static dev.threadwright.thread.Wanted.wanted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.Workflows;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recursion limit that is given with a run, instead of its workflow's. */
class RecursionLimitTest {

    /** Works for ever, three super-steps at most. */
    private static final Workflow LOOP = People.workflow("loop")
            .recursionLimit(3)
            .start("a")
            .action("a", "worker", Step.View::trigger, step -> step.to("a"))
            .build();

    /** Asks, then four more super-steps, of the five that a leg has. */
    private static final Workflow LONG = chain(People.workflow("long")
                    .recursionLimit(5)
                    .start("ask")
                    .interrupt(
                            "ask",
                            view -> new Prompt("question", Json.of("go on?"), null, null, null),
                            step -> step.to("b")))
            .build();

    private static final Workflow CHAIN =
            chain(People.workflow("chain").recursionLimit(5).start("b")).build();

    private static final Workflow OUTER = People.workflow("outer")
            .start("sub")
            .subgraph("sub", CHAIN.ref(), step -> step)
            .build();

    private static WorkflowBuilder chain(WorkflowBuilder from) {
        return from.pure("b", log("b"), step -> step.to("c"))
                .pure("c", log("c"), step -> step.to("d"))
                .pure("d", log("d"), step -> step.to("e"))
                .pure("e", log("e"), step -> step);
    }

    private static ThreadSpec given(Object... what) {
        return ThreadSpec.thread()
                .workflows(new Workflows(List.of(LOOP, LONG, CHAIN, OUTER)))
                .and(what);
    }

    private static Wanted run(String leg, String workflow) {
        return wanted(leg).create().workflow(workflow).input("hello");
    }

    private static String reached(int limit, String run, String step) {
        return "RunFailed " + run + " at \"" + step + "\": Recursion limit of " + limit + " super-steps reached";
    }

    @Test
    void theRunsOwnLimitIsWhatCounts() {
        assertThat(given(run("r1", "chain")).words().getLast()).startsWith("RunCompleted r1 ");
        assertThat(given(run("r1", "chain").recursionLimit(4)).words().getLast())
                .startsWith("RunCompleted r1 ");
        assertThat(given(run("r1", "chain").recursionLimit(3)).words().getLast())
                .isEqualTo(reached(3, "r1", "e"));
    }

    @Test
    void itMayBeMoreThanTheWorkflowsOwn() {
        ThreadSpec spec = given(
                run("r1", "loop").recursionLimit(4),
                complete("r1", 1),
                complete("r1", 2),
                complete("r1", 3),
                complete("r1", 4));

        assertThat(spec.words().getLast()).isEqualTo(reached(4, "r1", "a"));
    }

    @Test
    void itHoldsForEachGraphOfTheRun() {
        assertThat(given(run("r1", "outer").recursionLimit(4)).words().getLast())
                .startsWith("RunCompleted r1 ");
        assertThat(given(run("r1", "outer").recursionLimit(3)).words().getLast())
                .contains("Recursion limit of 3 super-steps reached");
    }

    @Test
    void aQueuedRunKeepsItUntilItsTurn() {
        ThreadSpec spec = given(run("r1", "loop"), run("r2", "chain").recursionLimit(2));
        assertThat(spec.state().queue().getFirst().bounds()).isEqualTo(new Bounds(Breakpoints.NONE, 2));

        spec.when(complete("r1", 1)).and(complete("r1", 2)).when(complete("r1", 3));

        assertThat(spec.words()).contains(reached(3, "r1", "a")).endsWith(reached(2, "r2", "d"));
    }

    @Test
    void aDelayedRunKeepsItUntilItsTime() {
        ThreadSpec spec = given(run("r1", "chain").recursionLimit(1).after(500));

        spec.when(timersAt(NOW_MS + 500));

        assertThat(spec.words().getLast()).isEqualTo(reached(1, "r1", "c"));
    }

    @Test
    void aResumeHasItsOwn() {
        ThreadSpec spec = given(run("r1", "long").recursionLimit(1));
        spec.when(wanted("r2").answer("true").recursionLimit(3));
        assertThat(spec.words().getLast()).isEqualTo(reached(3, "r1", "d"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aResumeWithoutOneHasTheWorkflows(boolean asRequest) {
        ThreadSpec spec = given(run("r1", "long").recursionLimit(1));

        spec.when(asRequest ? wanted("r2").answer("true").get() : answer("true"));

        assertThat(spec.words().getLast()).startsWith("RunCompleted r1 ");
    }

    @Test
    void aRunThatGoesOnAfterItsFailureHasItsOwn() {
        ThreadSpec spec = given(run("r1", "chain").recursionLimit(1));
        spec.when(wanted("r2").recursionLimit(2));
        assertThat(spec.words().getLast()).isEqualTo(reached(2, "r2", "e"));
        spec.when(wanted("r3"));
        assertThat(spec.words().getLast()).startsWith("RunCompleted r3 ");
    }

    @Test
    void whatCameTooLateForTheRunHasTheWorkflows() {
        ThreadSpec spec = given(
                run("r1", "loop").recursionLimit(1),
                input(2).policy(Commands.MERGE).workflow("loop"));
        spec.when(complete("r1", 1));
        assertThat(spec.words()).contains(reached(1, "r1", "a"));
        StartedRun followUp = spec.state().started().getFirst();
        assertThat(followUp.start()).isEqualTo(Event.Start.FOLLOW_UP);

        String run = followUp.id().value();
        spec.and(complete(run, 1), complete(run, 2)).when(complete(run, 3));

        assertThat(spec.words()).contains(reached(3, "r1'", "a"));
    }

    @Test
    void anOperatorsPauseChangesNothingAboutTheLeg() {
        ThreadSpec spec = given(
                run("r1", "loop").recursionLimit(2).stopping(People.before("a")),
                wanted("r2").recursionLimit(2).stopping(People.after("a")),
                pause("r1"),
                unpause("r1"));

        assertThat(spec.state().started().getFirst().leg().bounds()).isEqualTo(new Bounds(People.after("a"), 2));
    }

    @Test
    void pausedAtWorkItCountsOnFromThere() {
        ThreadSpec spec = given(run("r1", "loop").recursionLimit(2), pause("r1"), unpause("r1"), complete("r1", 1));
        spec.when(completeAt(NOW_MS, "r1", 2));
        assertThat(spec.words().getLast()).isEqualTo(reached(2, "r1", "a"));
    }
}
