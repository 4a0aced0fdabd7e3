package dev.threadwright.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.json.JsonText;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.WorkflowRef;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CalculatorHandlerTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            add      | 1   | 2    | 3
            add      | 0.1 | 0.2  | 0.3
            subtract | 1   | 2.5  | -1.5
            multiply | 1.5 | 4    | 6
            divide   | 1   | 8    | 0.125
            divide   | 1   | 3    | 0.3333333333333333333333333333333333
            """)
    void computesInDecimals(String op, String left, String right, String value) {
        assertThat(compute("{\"op\": \"%s\", \"left\": %s, \"right\": %s}".formatted(op, left, right)))
                .isEqualTo(JsonText.parse("{\"value\": %s}".formatted(value)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"op": "divide", "left": 1, "right": 0}   | calculator cannot divide by 0
            {"op": "root", "left": 1, "right": 2}     | calculator knows no "root"
            {"op": "add", "left": "1", "right": 2}    | calculator needs a number as left
            {"op": "add", "left": 1}                  | calculator needs a number as right
            {"left": 1, "right": 2}                   | calculator needs op, left and right
            7                                         | calculator needs op, left and right
            """)
    void refusesForGoodWhatWillNeverBeRight(String input, String message) {
        assertThatThrownBy(() -> compute(input))
                .isExactlyInstanceOf(StepRefusedException.class)
                .hasMessage(message);
    }

    private static Json compute(String input) {
        StepContext.Cancellation never = new StepContext.Cancellation() {
            @Override
            public boolean isCancelled() {
                return false;
            }

            @Override
            public void onCancel(Runnable action) {}
        };
        return new CalculatorHandler()
                .handle(new StepContext(
                        new ThreadKey("default", "t"),
                        new RunId("r"),
                        new WorkflowRef("w", 1),
                        "a",
                        "key",
                        1,
                        JsonText.parse(input),
                        Channels.EMPTY,
                        Json.EMPTY_OBJECT,
                        never,
                        progress -> {}));
    }
}
