package dev.threadwright.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.json.JsonText;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuiltInWorkflowsTest {

    @Test
    void echoWritesTheInputAndWhatWasMerged() {
        assertThat(echo(Channels.EMPTY, Json.of("a"), List.of(Json.of("b"), Json.of("c"))))
                .containsExactly(
                        new Write("output", Json.of("a")),
                        new Write("merged", Json.array(List.of(Json.of("b"), Json.of("c")))));
    }

    @Test
    void echoLeavesMergedAloneWhereNothingWasEverMerged() {
        assertThat(echo(Channels.EMPTY, Json.of("a"), List.of())).containsExactly(new Write("output", Json.of("a")));
    }

    @Test
    void echoDoesNotShowAnEarlierRunsMergedInputs() {
        Channels state = Channels.EMPTY.apply(
                List.of(new Change("merged", Reducer.LAST_WRITE_WINS, Json.array(List.of(Json.of("old"))))));

        assertThat(echo(state, Json.of("a"), List.of())).contains(new Write("merged", Json.NULL));
    }

    @ParameterizedTest(name = "{0} waits {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    {"ms":0}         | 0
                    {"ms":86400000}  | 86400000
                    {"ms":5,"x":1}   | 5
                    {}               | 1000
                    "hello"          | 1000
                    """)
    void delayAsksForTheMillisecondsOfItsInput(String data, long ms) {
        assertThat(delay(data)).isEqualTo(Json.object("ms", Json.of(ms)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"ms\":-1}", "{\"ms\":86400001}", "{\"ms\":\"5\"}", "{\"ms\":null}"})
    void delayFailsOnWhatIsNoDelay(String data) {
        assertThatThrownBy(() -> delay(data)).isInstanceOf(StepFailure.class).hasMessageContaining("data.ms");
    }

    private static List<Write> echo(Channels state, Json trigger, List<Json> consumed) {
        return ((Step.Pure) BuiltInWorkflows.ECHO.step("echo").kind())
                .function()
                .apply(new Step.View(state, trigger, consumed))
                .writes();
    }

    private static Json delay(String data) {
        return ((Step.Action) BuiltInWorkflows.DELAY.step("delay").kind())
                .request()
                .input(new Step.View(Channels.EMPTY, JsonText.parse(data), List.of()));
    }
}
