package dev.threadwright.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.json.JsonText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where super-steps lead, and what they leave. Tasks are written {@code step}, {@code step(item)}, {@code step<-[missing]}. */
class SuperStepTest {

    private static final Route BY_SIZE = new Route.Choose(List.of(
            new Route.Case(view -> holds(view, "big"), List.of("b", "c")),
            new Route.Case(view -> holds(view, "small"), List.of("d")),
            new Route.Case(null, List.of())));

    private static final Route EACH = new Route.Each(view -> view.state().get("items"), "b", List.of("c", "d"));

    @Test
    void theStartLeadsToItsStepsInTheirOrder() {
        assertThat(start(graph(builder -> builder.start("b", "a").start("c")))).isEqualTo("b a c");
    }

    @Test
    void aStartThatNamesAStepTwiceStartsItOnce() {
        assertThat(start(graph(builder -> builder.start("a", "b", "a").start("b"))))
                .isEqualTo("a b");
    }

    @Test
    void aStartMayChooseAndFanOut() {
        Workflow workflow = graph(builder -> builder.start(BY_SIZE).start(EACH));

        assertThat(start(workflow, "{\"size\":\"big\",\"items\":[1,2]}")).isEqualTo("b c b(1) b(2)");
        assertThat(start(workflow, "{\"size\":\"none\"}")).isEqualTo("c d");
    }

    @Test
    void aStartMayLeadNowhere() {
        assertThat(start(graph(builder -> builder.start(BY_SIZE)))).isEmpty();
    }

    @Test
    void aStartWithoutAnAnswerSaysSo() {
        Workflow workflow = graph(builder -> builder.start(EACH));

        assertThatThrownBy(() -> start(workflow, "{\"items\":7}"))
                .isInstanceOf(StepFailure.class)
                .hasMessage("What follows \"start\": a fan-out to \"b\" is over a list");
    }

    @Test
    void aStepWithoutRoutesIsTheEnd() {
        assertThat(next(graph(step -> step, builder -> builder), finished("a"))).isEmpty();
    }

    @Test
    void severalRoutesAreAllFollowedAndEachStepOnce() {
        Workflow workflow = graph(step -> step.to("c", "b").route(BY_SIZE).to("b", "e"), builder -> builder.start("a"));

        assertThat(next(workflow, finished("a", last("\"big\"", "size")))).isEqualTo("c b e");
        assertThat(next(workflow, finished("a"))).isEqualTo("c b e");
        assertThat(next(workflow, finished("a", last("\"small\"", "size")))).isEqualTo("c b d e");
    }

    @Test
    void tasksThatLeadToTheSameStepLeadToOneTask() {
        Workflow workflow = graph(step -> step.to("e"), builder -> builder);

        assertThat(next(workflow, finished("a"), finished("a"))).isEqualTo("e");
    }

    @ParameterizedTest(name = "{0} leads to {1}")
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
                    "big"    | b c
                    "small"  | d
                    "medium" | ''
                    null     | ''
                    """)
    void aChoiceIsMadeOnWhatTheSuperStepLeft(String size, String expected) {
        Workflow workflow = graph(step -> step.route(BY_SIZE), builder -> builder);

        assertThat(next(workflow, finished("a", last(size, "size")))).isEqualTo(expected);
    }

    @Test
    void aChoiceSeesTheWritesOfLaterTasksToo() {
        Workflow workflow = graph(step -> step.route(BY_SIZE), builder -> builder);

        assertThat(next(workflow, finished("a"), finished("e", last("\"small\"", "size"))))
                .isEqualTo("d");
    }

    @Test
    void aChoiceSeesTheItemOfItsTask() {
        Route byItem = new Route.Choose(List.of(
                new Route.Case(view -> view.item().equals(Json.of(1)), List.of("b")),
                new Route.Case(null, List.of("c"))));
        Workflow workflow = graph(step -> step.route(byItem), builder -> builder);

        assertThat(next(workflow, of("a", Json.of(2)), of("a", Json.of(1)), of("a", Json.of(3))))
                .isEqualTo("c b");
    }

    @Test
    void theLastCaseOfAChoiceHasNoCondition() {
        List<Route.Case> open = List.of(new Route.Case(view -> true, List.of("b")));

        assertThatThrownBy(() -> new Route.Choose(open)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Route.Choose(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest(name = "{0} leads to {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    [1,2,3]       | b(1) b(2) b(3)
                    [1,1]         | b(1) b(1)
                    [{"k":[1]}]   | b({"k":[1]})
                    [null]        | b
                    []            | c d
                    null          | c d
                    """)
    void aFanOutIsOneTaskForEveryItem(String items, String expected) {
        Workflow workflow = graph(step -> step.route(EACH), builder -> builder);

        assertThat(next(workflow, finished("a", last(items, "items")))).isEqualTo(expected);
    }

    @Test
    void fanOutsOfSeveralTasksAddUp() {
        Workflow workflow = graph(step -> step.route(EACH), builder -> builder);

        assertThat(next(workflow, finished("a", last("[1,2]", "items")), finished("a")))
                .isEqualTo("b(1) b(2) b(1) b(2)");
    }

    @Test
    void aFanOutOverNothingToNothingIsTheEnd() {
        Route each = new Route.Each(view -> Json.NULL, "b", List.of());

        assertThat(next(graph(step -> step.route(each), builder -> builder), finished("a")))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "\"text\"", "{\"a\":1}", "true"})
    void aFanOutOverWhatIsNoListFails(String items) {
        Workflow workflow = graph(step -> step.route(EACH), builder -> builder);

        assertThatThrownBy(() -> next(workflow, finished("a", last(items, "items"))))
                .isInstanceOf(StepFailure.class)
                .hasMessage("What follows \"a\": a fan-out to \"b\" is over a list");
    }

    @Test
    void aRouteThatFailsNamesTheStepThatItFollows() {
        Route lost = new Route.Choose(List.of(
                new Route.Case(
                        view -> {
                            throw new StepFailure("no such key");
                        },
                        List.of("b")),
                new Route.Case(null, List.of())));
        Workflow workflow = graph(step -> step.route(lost), builder -> builder);

        assertThatThrownBy(() -> next(workflow, finished("a")))
                .isInstanceOf(StepFailure.class)
                .hasMessage("What follows \"a\": no such key");
    }

    @Test
    void aSuperStepHasAtMostAThousandTasks() {
        Workflow workflow = graph(step -> step.route(EACH), builder -> builder);
        String thousand = "[" + "0,".repeat(SuperStep.MAX_TASKS - 1) + "0]";
        String more = "[" + "0,".repeat(SuperStep.MAX_TASKS) + "0]";

        assertThat(end(workflow, Channels.EMPTY, List.of(), finished("a", last(thousand, "items")))
                        .next())
                .hasSize(SuperStep.MAX_TASKS);
        assertThatThrownBy(() -> next(workflow, finished("a", last(more, "items"))))
                .isInstanceOf(StepFailure.class)
                .hasMessageEndingWith("A super-step has at most 1000 tasks");
    }

    @Test
    void aStepMayChooseItselfWhatFollowsInsteadOfItsRoutes() {
        Workflow workflow = graph(step -> step.to("b"), builder -> builder);

        assertThat(next(workflow, going("a", "d", "c"))).isEqualTo("d c");
        assertThat(next(workflow, going("a", "a"))).isEqualTo("a");
        assertThat(next(workflow, going("a", "c", "c"))).isEqualTo("c");
        assertThat(next(workflow, going("a"))).as("to nothing").isEmpty();
        assertThat(next(workflow, going("a", "c"), finished("a"))).isEqualTo("c b");
    }

    @Test
    void aChosenStepThatDoesNotExistFails() {
        Workflow workflow = graph(step -> step.to("b"), builder -> builder);

        assertThatThrownBy(() -> next(workflow, going("a", "lost")))
                .isInstanceOf(StepFailure.class)
                .hasMessage("Workflow graph@1 has no step \"lost\"");
    }

    @Test
    void everyFailureLeadsToATaskOfItsOwnThatIsToldOfIt() {
        Workflow workflow = graph(step -> step.to("b"), builder -> builder);

        assertThat(next(workflow, failed("a", "e", "\"first\""), finished("a"), failed("a", "e", "\"second\"")))
                .isEqualTo("e(\"first\") b e(\"second\")");
    }

    @Test
    void aJoinRunsOnceAllThatItJoinsHaveLedToIt() {
        assertThat(next(diamond(), finished("b"), finished("c"))).isEqualTo("join");
    }

    @Test
    void aJoinWaitsOverSuperSteps() {
        SuperStep.End first = end(diamond(), Channels.EMPTY, List.of(), finished("b"), finished("slow"));
        assertThat(words(first.next())).isEqualTo("c join<-[c]");

        SuperStep.End second = end(diamond(), Channels.EMPTY, waiting(first), finished("c"));
        assertThat(words(second.next())).isEqualTo("join");
    }

    @Test
    void whatIsToRunComesBeforeWhatWaits() {
        SuperStep.End end = end(diamond(), Channels.EMPTY, List.of(), finished("b"), finished("slow"));

        assertThat(end.next()).extracting(Planned::step).containsExactly("c", "join");
    }

    @Test
    void leadingToAJoinTwiceCountsOnce() {
        SuperStep.End first = end(diamond(), Channels.EMPTY, List.of(), finished("b"), finished("slow"));
        SuperStep.End again = end(diamond(), Channels.EMPTY, waiting(first), finished("b"), finished("slow"));

        assertThat(words(again.next())).isEqualTo("c join<-[c]");
    }

    @Test
    void afterItRanAJoinWaitsForAllAnew() {
        SuperStep.End joined = end(diamond(), Channels.EMPTY, List.of(), finished("b"), finished("c"));
        assertThat(waiting(joined)).isEmpty();

        assertThat(words(end(diamond(), Channels.EMPTY, List.of(), finished("join"), finished("b"), finished("slow"))
                        .next()))
                .isEqualTo("c join<-[c]");
    }

    @Test
    void tasksOfAFanOutAreJoinedByTheirStepAsAWhole() {
        assertThat(next(diamond(), of("b", Json.of(1)), of("b", Json.of(2)), finished("c")))
                .isEqualTo("join");
    }

    @Test
    void aStepThatChoosesAJoinItselfLeadsToItLikeARoute() {
        assertThat(next(diamond(), going("b", "join"), finished("slow"))).isEqualTo("c join<-[c]");
        assertThat(next(diamond(), going("slow", "join")))
                .as("one that it does not join")
                .isEqualTo("join");
    }

    @Test
    void aJoinThatNothingLeadsToAnyMoreFails() {
        assertThatThrownBy(() -> next(diamond(), finished("b")))
                .isInstanceOf(StepFailure.class)
                .hasMessage("Step \"join\" joins [c] too, and nothing leads there any more");
    }

    @Test
    void aJoinThatStillWaitsWhenTheRestHasEndedFails() {
        SuperStep.End first = end(diamond(), Channels.EMPTY, List.of(), finished("b"), finished("slow"));

        assertThatThrownBy(() -> end(diamond(), Channels.EMPTY, waiting(first), going("c")))
                .isInstanceOf(StepFailure.class)
                .hasMessage("Step \"join\" joins [c] too, and nothing leads there any more");
    }

    @Test
    void writesAreMergedInTheOrderOfTheTasks() {
        SuperStep.End end = end(
                graph(step -> step, builder -> builder),
                channels(log("0")),
                List.of(),
                finished("c", log("1"), log("[2,3]")),
                finished("a", log("4"), last("\"x\"", "size")),
                finished("b", log("5")));

        assertThat(words(end.merged())).isEqualTo("{\"log\":[0,1,2,3,4,5],\"size\":\"x\"}");
        assertThat(end.settled()).isEmpty();
    }

    @Test
    void twoTasksThatWriteAChannelThatKeepsTheLastAreAConflict() {
        Workflow workflow = graph(step -> step, builder -> builder);

        assertThatThrownBy(() -> next(workflow, finished("a", last("1", "size")), finished("b", last("1", "size"))))
                .isInstanceOf(StepFailure.class)
                .hasMessage("Channel \"size\" of workflow graph@1 was written twice in one super-step");
    }

    @Test
    void aChannelThatMayHaveManyWritesKeepsThatOfTheLastTask() {
        Workflow workflow = graph(step -> step, builder -> builder);

        assertThat(words(end(
                                workflow,
                                Channels.EMPTY,
                                List.of(),
                                finished("c", last("1", "many")),
                                finished("a", last("3", "many"), last("4", "many")),
                                finished("b", last("2", "many")))
                        .merged()))
                .isEqualTo("{\"many\":2}");
    }

    @Test
    void customReducersAreSettledOnWhatAllTasksWrote() {
        Change first = new Change("joined", new Reducer.Custom("joined"), Json.of("b"));
        Change second = new Change("joined", new Reducer.Custom("joined"), Json.of("c"));
        Channels before = channels(new Change("joined", new Reducer.Custom("joined"), Json.of("a"), Json.of("a")));

        SuperStep.End end = end(
                graph(step -> step, builder -> builder),
                before,
                List.of(),
                finished("a", first, log("1")),
                finished("b", second));

        assertThat(end.settled())
                .containsExactly(
                        new Change("joined", new Reducer.Custom("joined"), Json.of("b"), Json.of("ab")),
                        new Change("joined", new Reducer.Custom("joined"), Json.of("c"), Json.of("abc")));
        assertThat(words(end.merged())).isEqualTo("{\"joined\":\"abc\",\"log\":[1]}");
    }

    private static boolean holds(Step.View view, String size) {
        return view.state().get("size").equals(Json.of(size));
    }

    /** Five steps of which {@code a} is as told; {@code b} to {@code e} are ends. */
    private static Workflow graph(UnaryOperator<WorkflowBuilder.Options> a, UnaryOperator<WorkflowBuilder> more) {
        WorkflowBuilder builder = channels(WorkflowBuilder.workflow("graph", 1)).pure("a", view -> List.of(), a);
        for (String name : List.of("b", "c", "d", "e")) {
            builder.pure(name, view -> List.of(), step -> step);
        }
        return more.apply(builder.start("a")).build();
    }

    private static Workflow graph(UnaryOperator<WorkflowBuilder> start) {
        WorkflowBuilder builder = channels(WorkflowBuilder.workflow("graph", 1));
        for (String name : List.of("a", "b", "c", "d")) {
            builder.pure(name, view -> List.of(), step -> step);
        }
        return start.apply(builder).build();
    }

    /** b and c lead to the join, slow leads to c. */
    private static Workflow diamond() {
        return channels(WorkflowBuilder.workflow("diamond", 1))
                .pure("b", view -> List.of(), step -> step.to("join"))
                .pure("c", view -> List.of(), step -> step.to("join"))
                .pure("slow", view -> List.of(), step -> step.to("c"))
                .pure("join", view -> List.of(), step -> step.joins("b", "c"))
                .start("b", "slow")
                .build();
    }

    private static WorkflowBuilder channels(WorkflowBuilder builder) {
        return builder.channel("size", Reducer.LAST_WRITE_WINS)
                .channel("items", Reducer.LAST_WRITE_WINS)
                .channel("many", new Channel(Reducer.LAST_WRITE_WINS, null, Channel.Type.ANY, true, null))
                .channel("log", Reducer.APPEND)
                .channel(
                        "joined",
                        "joined",
                        (current, incoming) -> Json.of((current instanceof Json.Text text ? text.value() : "")
                                + ((Json.Text) incoming).value()));
    }

    private static SuperStep.Finished finished(String step, Change... changes) {
        return new SuperStep.Finished(step, Json.NULL, List.of(changes), null, null);
    }

    private static SuperStep.Finished of(String step, Json item) {
        return new SuperStep.Finished(step, item, List.of(), null, null);
    }

    private static SuperStep.Finished going(String step, String... goTo) {
        return new SuperStep.Finished(step, Json.NULL, List.of(), List.of(goTo), null);
    }

    private static SuperStep.Finished failed(String step, String onError, String error) {
        return new SuperStep.Finished(step, Json.NULL, List.of(), List.of(onError), JsonText.parse(error));
    }

    private static Change last(String json, String channel) {
        return new Change(channel, Reducer.LAST_WRITE_WINS, JsonText.parse(json));
    }

    private static Change log(String json) {
        return new Change("log", Reducer.APPEND, JsonText.parse(json));
    }

    private static Channels channels(Change... changes) {
        return Channels.EMPTY.apply(List.of(changes));
    }

    private static String start(Workflow workflow) {
        return start(workflow, "{}");
    }

    private static String start(Workflow workflow, String state) {
        List<Change> changes = new ArrayList<>();
        ((Json.Obj) JsonText.parse(state))
                .fields()
                .forEach((channel, value) -> changes.add(new Change(channel, Reducer.LAST_WRITE_WINS, value)));
        return words(SuperStep.start(workflow, new Step.View(Channels.EMPTY.apply(changes), Json.NULL, List.of())));
    }

    private static SuperStep.End end(
            Workflow workflow, Channels state, List<Planned> waiting, SuperStep.Finished... finished) {
        return SuperStep.end(workflow, new Step.View(state, Json.NULL, List.of()), Arrays.asList(finished), waiting);
    }

    private static String next(Workflow workflow, SuperStep.Finished... finished) {
        return words(end(workflow, Channels.EMPTY, List.of(), finished).next());
    }

    private static List<Planned> waiting(SuperStep.End end) {
        return end.next().stream().filter(task -> !task.missing().isEmpty()).toList();
    }

    private static String words(Channels channels) {
        return JsonText.write(Json.object(channels.values()).canonical());
    }

    private static String words(List<Planned> tasks) {
        return tasks.stream()
                .map(task -> task.step()
                        + (task.item() instanceof Json.Null ? "" : "(" + JsonText.write(task.item()) + ")")
                        + (task.missing().isEmpty()
                                ? ""
                                : "<-" + task.missing().stream().sorted().toList()))
                .collect(Collectors.joining(" "));
    }
}
