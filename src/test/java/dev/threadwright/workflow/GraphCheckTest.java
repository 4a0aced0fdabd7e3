package dev.threadwright.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a graph is said all at once, in the terms of workflow documents. */
class GraphCheckTest {

    private static final Route.Items NO_ITEMS = view -> Json.NULL;

    @Test
    void aSoundGraphHasNoProblems() {
        assertThat(problems(builder -> builder.start("a")
                        .pure("a", view -> List.of(), step -> step.to("b", "c").onError("oops"))
                        .pure("b", view -> List.of(), step -> step.to("join"))
                        .pure(
                                "c",
                                view -> List.of(),
                                step -> step.route(choose("join"))
                                        .route(new Route.Each(NO_ITEMS, "b", List.of("join"))))
                        .pure(
                                "join",
                                view -> List.of(),
                                step -> step.joins("b", "c").to("a"))
                        .pure("oops", view -> List.of(), step -> step)))
                .isEmpty();
    }

    @Test
    void everyRouteLeadsToAStepThatExists() {
        assertThat(problems(builder -> builder.start("a", "s1")
                        .start(choose("s2"))
                        .start(new Route.Each(NO_ITEMS, "s3", List.of("s4")))
                        .pure(
                                "a",
                                view -> List.of(),
                                step -> step.to("a", "n1")
                                        .route(choose("n2"))
                                        .route(new Route.Each(NO_ITEMS, "n3", List.of("n4")))
                                        .onError("n5")
                                        .joins("n6"))))
                .contains(
                        "start: there is no step \"s1\"",
                        "start: there is no step \"s2\"",
                        "start: there is no step \"s3\"",
                        "start: there is no step \"s4\"",
                        "steps.a.next: there is no step \"n1\"",
                        "steps.a.next: there is no step \"n2\"",
                        "steps.a.next: there is no step \"n3\"",
                        "steps.a.next: there is no step \"n4\"",
                        "steps.a.on_error: there is no step \"n5\"",
                        "steps.a.joins: there is no step \"n6\"");
    }

    @Test
    void aJoinIsOnlyLedToByWhatItJoins() {
        assertThat(problems(builder -> builder.start("join", "a", "c")
                        .pure("a", view -> List.of(), step -> step.to("join"))
                        .pure(
                                "b",
                                view -> List.of(),
                                step -> step.route(new Route.Each(NO_ITEMS, "join", List.of("join"))))
                        .pure(
                                "c",
                                view -> List.of(),
                                step -> step.to("join").route(choose("join")).onError("join"))
                        .pure("join", view -> List.of(), step -> step.joins("a", "b"))))
                .containsExactly(
                        "start: \"join\" joins [a, b] and cannot be led to from here",
                        "steps.b.next: \"join\" joins [a, b] and cannot be led to from here",
                        "steps.c.next: \"join\" joins [a, b] and cannot be led to from here",
                        "steps.c.next: \"join\" joins [a, b] and cannot be led to from here",
                        "steps.c.on_error: \"join\" joins [a, b] and cannot be led to from here");
    }

    @Test
    void aGraphHasStepsAndAStartThatLeadsSomewhere() {
        assertThat(problems(builder -> builder)).containsExactly("steps: there are none", "start: leads to no step");
        assertThat(problems(builder -> builder.start().pure("a", view -> List.of(), step -> step)))
                .containsExactly("start: leads to no step");
        assertThat(problems(builder -> builder.start(choose()).pure("a", view -> List.of(), step -> step)))
                .containsExactly("start: leads to no step");
    }

    @Test
    void manyWritesAreForChannelsThatKeepTheLast() {
        assertThat(problems(builder -> builder.start("a")
                        .pure("a", view -> List.of(), step -> step)
                        .channel("log", new Channel(Reducer.APPEND, null, Channel.Type.LIST, true, null))
                        .channel("last", new Channel(Reducer.LAST_WRITE_WINS, null, Channel.Type.ANY, true, null))))
                .containsExactly("channels.log.many_writes: is for last_write_wins; append takes many writes anyway");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 1_001})
    void aRecursionLimitIsOneToAThousand(int limit) {
        assertThat(problems(builder -> builder.start("a")
                        .pure("a", view -> List.of(), step -> step)
                        .recursionLimit(limit)))
                .containsExactly("recursion_limit: must be 1 to 1000, not " + limit);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 25, 1_000})
    void theBoundsOfARecursionLimitAreWithinIt(int limit) {
        assertThat(problems(builder -> builder.start("a")
                        .pure("a", view -> List.of(), step -> step)
                        .recursionLimit(limit)))
                .isEmpty();
    }

    @Test
    void aGraphHasAtMost500Steps() {
        assertThat(problems(builder -> steps(builder.start("s0"), 500))).isEmpty();
        assertThat(problems(builder -> steps(builder.start("s0"), 501)))
                .containsExactly("steps: there are 501, at most 500");
    }

    @Test
    void aStepStandsUnderItsOwnName() {
        Step step = new Step("a", new Step.Pure(view -> Step.Outcome.of(List.of())), List.of(), null, Set.of(), null);

        assertThat(GraphCheck.problems(Map.of(), Map.of("b", step), List.of(new Route.To(List.of("b"))), 25))
                .extracting(GraphCheck.Problem::toString)
                .containsExactly("steps.b: is called \"a\"");
    }

    @Test
    void aWorkflowWithProblemsIsRefusedNamingAllOfThem() {
        WorkflowBuilder builder = WorkflowBuilder.workflow("bad", 3)
                .start("lost")
                .recursionLimit(0)
                .pure("a", view -> List.of(), step -> step.to("nowhere"));

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Workflow bad@3: recursion_limit: must be 1 to 1000, not 0;"
                        + " start: there is no step \"lost\"; steps.a.next: there is no step \"nowhere\"");
    }

    private static WorkflowBuilder steps(WorkflowBuilder builder, int count) {
        for (int i = 0; i < count; i++) {
            builder.pure("s" + i, view -> List.of(), step -> step);
        }
        return builder;
    }

    private static Route choose(String... steps) {
        return new Route.Choose(List.of(new Route.Case(view -> true, List.of(steps)), new Route.Case(null, List.of())));
    }

    /** As the constructor of a workflow words them. */
    private static List<String> problems(UnaryOperator<WorkflowBuilder> graph) {
        try {
            graph.apply(WorkflowBuilder.workflow("w", 1)).build();
            return List.of();
        } catch (IllegalArgumentException refused) {
            String prefix = "Workflow w@1: ";
            assertThat(refused).hasMessageStartingWith(prefix);
            // A message may have a semicolon of its own.
            return List.of(refused.getMessage()
                    .substring(prefix.length())
                    .split("; (?=steps|start|channels|recursion_limit)"));
        }
    }
}
