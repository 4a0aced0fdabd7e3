package dev.threadwright.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.json.JsonText;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkflowTest {

    private static final Supplier<String> IDS = () -> "id";

    private static final Workflow WORKFLOW = workflow("chat", 1);

    @Test
    void keysOfAnInputThatNameChannelsAreWrittenAndTheOthersAreNot() {
        Json input = JsonText.parse("{\"other\":1,\"log\":\"a\",\"last\":null}");

        assertThat(WORKFLOW.changesOf(input, IDS))
                .containsExactly(
                        new Change("log", Reducer.APPEND, Json.of("a")),
                        new Change("last", Reducer.LAST_WRITE_WINS, Json.NULL));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"log\"", "1", "[\"log\"]", "null", "{}"})
    void anInputWithoutKeysWritesNothing(String input) {
        assertThat(WORKFLOW.changesOf(JsonText.parse(input), IDS)).isEmpty();
    }

    @Test
    void aWriteToAnUnknownChannelFailsTheStepNamingIt() {
        assertThatThrownBy(() -> WORKFLOW.changesOf(List.of(new Write("lost", Json.NULL)), IDS))
                .isInstanceOf(StepFailure.class)
                .hasMessageContaining("chat@1")
                .hasMessageContaining("\"lost\"");
    }

    @Test
    void twoWritesOfOneSuperStepToALastWriteWinsChannelAreAnError() {
        assertThatThrownBy(() ->
                        WORKFLOW.changesOf(List.of(new Write("last", Json.of(1)), new Write("last", Json.of(2))), IDS))
                .isInstanceOf(StepFailure.class)
                .hasMessageContaining("\"last\"")
                .hasMessageContaining("twice");
        assertThat(WORKFLOW.changesOf(List.of(new Write("log", Json.of(1)), new Write("log", Json.of(2))), IDS))
                .hasSize(2);
    }

    @Test
    void theLatestVersionIsTheHighestInWhateverOrderTheyAreGiven() {
        Workflow second = workflow("chat", 2);
        Workflow tenth = workflow("chat", 10);
        Workflows workflows = new Workflows(List.of(second, tenth, WORKFLOW));

        assertThat(workflows.latest("any", "chat")).isEqualTo(tenth);
        assertThat(workflows.find("any", new WorkflowRef("chat", 2))).isEqualTo(second);
        assertThat(workflows.find("any", new WorkflowRef("chat", 3))).isNull();
        assertThat(workflows.latest("any", "other")).isNull();
    }

    @Test
    void oneVersionDefinedTwiceIsRefused() {
        assertThatThrownBy(() -> new Workflows(List.of(WORKFLOW, workflow("chat", 1))))
                .hasMessage("Workflow chat@1 is defined twice");
    }

    @Test
    void aWorkflowWithoutStepsIsRefused() {
        assertThatThrownBy(() -> WorkflowBuilder.workflow("empty", 1).build())
                .hasMessage("Workflow empty@1: steps: there are none; start: leads to no step");
    }

    @Test
    void aReferenceReadsWhatItWrites() {
        assertThat(WorkflowRef.parse("mail@home@12")).isEqualTo(new WorkflowRef("mail@home", 12));
        assertThat(WorkflowRef.parse(new WorkflowRef("chat", 3).toString())).isEqualTo(new WorkflowRef("chat", 3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"chat", "chat@", "chat@x", "@1", "chat@0", "chat@-1"})
    void whatIsNoReferenceIsRefused(String text) {
        assertThatThrownBy(() -> WorkflowRef.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Workflow workflow(String name, int version) {
        return WorkflowBuilder.workflow(name, version)
                .channel("log", Reducer.APPEND)
                .channel("last", Reducer.LAST_WRITE_WINS)
                .pure("step", view -> List.of(), step -> step)
                .start("step")
                .build();
    }
}
