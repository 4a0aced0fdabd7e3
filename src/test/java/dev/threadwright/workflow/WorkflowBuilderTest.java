package dev.threadwright.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.json.JsonText;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkflowBuilderTest {

    private static final Step.View VIEW = new Step.View(Channels.EMPTY, Json.NULL, List.of());

    @Test
    void aWorkflowIsWhatItWasBuiltOf() {
        Workflow workflow = WorkflowBuilder.workflow("review", 2)
                .channel("draft", Reducer.LAST_WRITE_WINS)
                .channel("notes", Reducer.APPEND)
                .action(
                        "write",
                        "writer",
                        Step.View::trigger,
                        step -> step.to("check", "wait").onError("apologise").label("written"))
                .pure("check", view -> List.of(new Write("notes", Json.of("checked"))), step -> step.to("end"))
                .sleep("wait", view -> 5, step -> step.to("end"))
                .subgraph("end", new WorkflowRef("closing", 1), step -> step.joins("check", "wait"))
                .pure("apologise", view -> List.of(), step -> step)
                .start("write")
                .recursionLimit(7)
                .build();

        assertThat(workflow.ref()).hasToString("review@2");
        assertThat(workflow.channels().keySet()).containsExactly("draft", "notes");
        assertThat(workflow.steps().keySet()).containsExactly("write", "check", "wait", "end", "apologise");
        assertThat(workflow.recursionLimit()).isEqualTo(7);
        assertThat(workflow.start()).containsExactly(new Route.To(List.of("write")));
        assertThat(workflow.step("write"))
                .returns("apologise", Step::onError)
                .returns("written", Step::label)
                .returns(List.of(new Route.To(List.of("check", "wait"))), Step::routes);
        assertThat(workflow.step("end"))
                .returns(Set.of("check", "wait"), Step::joins)
                .returns(new Step.Subgraph(new WorkflowRef("closing", 1), null, null), Step::kind);
        assertThat(((Step.Sleep) workflow.step("wait").kind()).duration().ms(VIEW))
                .isEqualTo(5);
        assertThat(((Step.Pure) workflow.step("check").kind())
                        .function()
                        .apply(VIEW)
                        .writes())
                .containsExactly(new Write("notes", Json.of("checked")));
    }

    @Test
    void whatIsNotSaidHasItsDefault() {
        Workflow workflow = WorkflowBuilder.workflow("w", 1)
                .action("call", "worker", Step.View::trigger, step -> step)
                .start("call")
                .build();
        Step step = workflow.step("call");

        assertThat(workflow.recursionLimit()).isEqualTo(25);
        assertThat(workflow.input()).isNull();
        assertThat(step.routes()).isEmpty();
        assertThat(step.joins()).isEmpty();
        assertThat(step.onError()).isNull();
        assertThat(step.label()).isNull();
        assertThat(step.kind())
                .isInstanceOfSatisfying(
                        Step.Action.class,
                        action -> assertThat(action)
                                .returns("worker", Step.Action::handler)
                                .returns(300_000L, Step.Action::timeoutMs)
                                .returns(new Step.Retries(3, 200, 5_000), Step.Action::retries)
                                .returns(Json.EMPTY_OBJECT, Step.Action::config)
                                .returns(true, Step.Action::idempotent));
    }

    @Test
    void anActionIsTreatedAsItsOptionsSay() {
        Step.Retries retries = new Step.Retries(9, 1, 2);
        Workflow workflow = WorkflowBuilder.workflow("w", 1)
                .channel("n", Reducer.SUM)
                .action(
                        "call",
                        "worker",
                        Step.View::trigger,
                        step -> step.timeoutMs(7)
                                .retries(retries)
                                .notIdempotent()
                                .config(Json.object("model", Json.of("m")))
                                .result((view, result) -> Step.Outcome.of(List.of(new Write("n", Json.of(1))))))
                .start("call")
                .build();

        assertThat(workflow.step("call").kind()).isInstanceOfSatisfying(Step.Action.class, action -> {
            assertThat(action)
                    .returns(7L, Step.Action::timeoutMs)
                    .returns(retries, Step.Action::retries)
                    .returns(Json.object("model", Json.of("m")), Step.Action::config)
                    .returns(false, Step.Action::idempotent);
            assertThat(action.result().of(VIEW, Json.NULL).writes()).containsExactly(new Write("n", Json.of(1)));
        });
    }

    @ParameterizedTest(name = "{0} writes {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    {"draft":"a","unknown":1,"notes":[1]} | draft notes
                    {"late":1}                            | late
                    {}                                    | ''
                    "draft"                               | ''
                    ["draft"]                             | ''
                    null                                  | ''
                    """)
    void aResultIsWrittenByTheKeysThatNameChannels(String result, String channels) {
        Workflow workflow = WorkflowBuilder.workflow("w", 1)
                .channel("draft", Reducer.LAST_WRITE_WINS)
                .action("call", "worker", Step.View::trigger, step -> step)
                .channel("notes", Reducer.APPEND)
                .channel("late", Reducer.LAST_WRITE_WINS)
                .start("call")
                .build();
        Step.Action action = (Step.Action) workflow.step("call").kind();

        Step.Outcome outcome = action.result().of(VIEW, JsonText.parse(result));

        assertThat(String.join(
                        " ", outcome.writes().stream().map(Write::channel).toList()))
                .isEqualTo(channels);
        assertThat(outcome.goTo()).isNull();
    }

    @Test
    void aChannelOrStepThatIsThereAlreadyIsRefused() {
        assertThatThrownBy(() -> WorkflowBuilder.workflow("w", 1)
                        .channel("a", Reducer.SUM)
                        .channel("a", Reducer.SUM))
                .hasMessage("Channel \"a\" is declared twice");
        assertThatThrownBy(() -> WorkflowBuilder.workflow("w", 1)
                        .pure("a", view -> List.of(), step -> step)
                        .sleep("a", view -> 1, step -> step))
                .hasMessage("Step \"a\" is defined twice");
    }

    @Test
    void aTimeOutIsAtLeastOneMillisecond() {
        assertThatThrownBy(() -> WorkflowBuilder.workflow("w", 1)
                        .action("a", "worker", Step.View::trigger, step -> step.timeoutMs(0)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A time-out is at least 1 ms, not 0");
    }

    @ParameterizedTest(name = "{0} retries after {1} to {2} ms")
    @CsvSource({"-1,1,1", "1001,1,1", "1,0,1", "1,2,1", "1,1,86400001"})
    void retriesAreBounded(int max, long baseMs, long capMs) {
        assertThatThrownBy(() -> new Step.Retries(max, baseMs, capMs)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest(name = "retry {0} after {1} to {2} ms: {3}")
    @CsvSource({
        "0,200,5000,200",
        "1,200,5000,400",
        "4,200,5000,3200",
        "5,200,5000,5000",
        "999,200,5000,5000",
        "27,1,86400000,86400000",
        "26,1,86400000,67108864",
        "27,86400000,86400000,86400000",
        "28,1,86400000,86400000",
        "0,1,1,1"
    })
    void aBackoffDoublesUpToItsCap(int retry, long baseMs, long capMs, long expectedMs) {
        assertThat(new Step.Retries(1_000, baseMs, capMs).backoffMs(retry)).isEqualTo(expectedMs);
    }

    @Test
    void initialValuesAreWrittenWhereAChannelIsMissing() {
        Workflow workflow = WorkflowBuilder.workflow("w", 1)
                .channel("count", new Channel(Reducer.SUM, Json.of(10), Channel.Type.NUMBER, false, null))
                .channel("log", new Channel(Reducer.APPEND, Json.of("first"), Channel.Type.LIST, false, null))
                .channel("plain", Reducer.APPEND)
                .pure("a", view -> List.of(), step -> step)
                .start("a")
                .build();
        Channels there = Channels.EMPTY.apply(List.of(new Change("count", Reducer.SUM, Json.of(1))));

        assertThat(there.apply(workflow.initial(there, () -> "id")).values())
                .containsOnlyKeys("count", "log")
                .containsEntry("count", Json.of(1))
                .containsEntry("log", Json.array(List.of(Json.of("first"))));
    }

    @Test
    void aChannelThatOthersHaveWithAnotherReducerIsAConflict() {
        Workflow workflow = WorkflowBuilder.workflow("w", 4)
                .channel("log", Reducer.APPEND)
                .pure("a", view -> List.of(), step -> step)
                .start("a")
                .build();

        assertThat(workflow.conflictWith(Channels.EMPTY)).isNull();
        assertThat(workflow.conflictWith(Channels.EMPTY.apply(List.of(new Change("log", Reducer.APPEND, Json.of(1))))))
                .isNull();
        assertThat(workflow.conflictWith(Channels.EMPTY.apply(List.of(new Change("other", Reducer.SUM, Json.of(1))))))
                .isNull();
        assertThat(workflow.conflictWith(
                        Channels.EMPTY.apply(List.of(new Change("log", Reducer.SET_UNION, Json.of(1))))))
                .isEqualTo("Workflow w@4 declares channel \"log\" as append, and this thread has it as set_union");
    }
}
