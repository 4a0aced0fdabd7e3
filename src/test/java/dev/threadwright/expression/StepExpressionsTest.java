package dev.threadwright.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Channel;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepExpressionsTest {

    private static final String PATH = "/steps/deep/input";

    /** One of each type, named like it, and one that was never written. */
    private static final StepExpressions EXPRESSIONS = new StepExpressions(Map.of(
            "any", Channel.Type.ANY,
            "text", Channel.Type.TEXT,
            "number", Channel.Type.NUMBER,
            "integer", Channel.Type.INTEGER,
            "boolean", Channel.Type.BOOLEAN,
            "list", Channel.Type.LIST,
            "object", Channel.Type.OBJECT,
            "unwritten", Channel.Type.INTEGER));

    private static final Step.View VIEW = new Step.View(
            channels("""
                    {"any": [1, {"a": null}], "text": "t", "number": 1.5, "integer": 3, "boolean": true, "list": [1, 2],
                     "object": {"k": "v", "none": null}}"""),
            JsonText.parse("""
                    {"text": "hi", "n": 2, "half": 0.5, "big": 12345678901234567890.10, "none": null, "tags": ["a", "b"]}"""),
            List.of(Json.of("first"), Json.of("second")),
            JsonText.parse("{\"name\": \"bolt\"}"));

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            input.text + "!"                              | "hi!"
            input.tags.map(t, t + "?")                    | ["a?","b?"]
            input.tags.filter(t, t != "a")                | ["b"]
            input.none                                    | null
            null                                          | null
            [1, null]                                     | [1,null]
            {"a": null}                                   | {"a":null}
            state.integer > 5 ? dyn("a") : null           | null
            has(input.absent)                             | false
            has(input.none)                               | true
            consumed                                      | ["first","second"]
            size(consumed)                                | 2
            item.name                                     | "bolt"
            item                                          | {"name":"bolt"}
            state.any                                     | [1,{"a":null}]
            state.any[1].a                                | null
            state.text + "!"                              | "t!"
            state.number                                  | 1.5
            state.number * 2.0                            | 3.0
            state.integer + 1                             | 4
            state.integer > 2.5                           | true
            state.boolean && state.integer == 3           | true
            size(state.list)                              | 2
            state.list + [3]                              | [1,2,3]
            state.object.k                                | "v"
            has(state.object.none)                        | true
            has(state.object.absent)                      | false
            state.unwritten                               | null
            state.unwritten == null                       | true
            state.integer == null                         | false
            state.unwritten == null ? 0 : state.unwritten | 0
            string(state.integer) + "x"                   | "3x"
            double(state.integer) / 2.0                   | 1.5
            {"q": input.text, "n": state.integer}         | {"q":"hi","n":3}
            [state.text, state.integer, state.boolean]    | ["t",3,true]
            """)
    void seesTheInputTheItemAndTheState(String expression, String expected) {
        assertThat(value(expression)).isEqualTo(JsonText.parse(expected));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            1                        | 1
            9223372036854775807      | 9223372036854775807
            -9223372036854775808     | -9223372036854775808
            18446744073709551615u    | 18446744073709551615
            0.1                      | 0.1
            1e300                    | 1.0E+300
            7 / 2                    | 3
            7.0 / 2.0                | 3.5
            input.n                  | 2
            input.half               | 0.5
            """)
    void numbersAreAsExactAsCelHasThem(String expression, String expected) {
        assertThat(JsonText.write(value(expression))).isEqualTo(expected);
    }

    @Test
    void aWholeNumberStaysOneAndIsWrittenAsOne() {
        assertThat(JsonText.write(value("state.integer + 1"))).isEqualTo("4");
    }

    @Test
    void whatIsHandedOnAsAWholeKeepsDigitsThatCelHasNoNumberFor() {
        assertThat(JsonText.write(value("{\"all\": input}"))).contains("12345678901234567890.10");
        assertThat(JsonText.write(value("[input.big]"))).isEqualTo("[1.2345678901234567E+19]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            state.absent                | line 1, column 1: there is no channel "absent"; declare it under channels
            state.text + state.absent   | line 1, column 14: there is no channel "absent"
            state                       | line 1, column 1: undeclared reference to 'state'; name a channel: state.<channel>
            result                      | undeclared reference to 'result'
            data.text                   | undeclared reference to 'data'
            now()                       | undeclared reference to 'now'
            state.integer + "x"         | line 1, column 15: found no matching overload for '_+_'
            state.text + 1              | line 1, column 12: found no matching overload for '_+_'
            state.integer == "3"        | found no matching overload for '_==_'
            state.text == state.integer | found no matching overload for '_==_'
            state.text.length           | does not support field selection
            state.integer[0]            | found no matching overload for '_[_]'
            consumed + 1                | found no matching overload for '_+_'
            size(1)                     | found no matching overload for 'size'
            1 +                         | line 1, column 4: mismatched input '<EOF>'
            `"a`                        | line 1, column 1
            ``                          | line 1, column 1
            """)
    void refusesWhatCanNeverHaveAValueAndSaysWhere(String expression, String message) {
        assertThatThrownBy(() -> EXPRESSIONS.compile(PATH, expression))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void saysTheLineOfAMistakeToo() {
        assertThatThrownBy(() -> EXPRESSIONS.compile(PATH, "state.integer\n  + state.text"))
                .hasMessageStartingWith("line 2, column 3: found no matching overload");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            input.absent                 | key 'absent' is not present in map
            input.n.absent               | absent
            item.name.absent             | absent
            state.list[7]                | Index out of bounds: 7
            input.n / 0                  | / by zero
            9223372036854775807 + 1      | overflow
            int(state.text)              | For input string
            state.text.matches("(")      | missing closing )
            state.unwritten + 1          | No matching overload
            0.0 / 0.0                    | the value is NaN, which JSON has no number for
            1.0 / 0.0                    | the value is Infinity, which JSON has no number for
            -1.0 / 0.0                   | the value is -Infinity, which JSON has no number for
            b"bytes"                     | which is no JSON
            type(1)                      | which is no JSON
            timestamp("2026-01-01T00:00:00Z") | which is no JSON
            duration("1s")               | which is no JSON
            [1, [b"bytes"]]              | which is no JSON
            {"a": {"b": duration("1s")}} | which is no JSON
            {1: 2}                       | a key is a number; JSON has strings
            {true: 2}                    | a key is a boolean; JSON has strings
            {"a": 1, "a": 2}             | duplicate map key
            """)
    void saysInWhichPlaceOfTheDocumentThereIsNoValue(String expression, String message) {
        StepExpressions.Compiled compiled = EXPRESSIONS.compile(PATH, expression);

        assertThatThrownBy(() -> compiled.value(VIEW))
                .isExactlyInstanceOf(StepFailure.class)
                .hasMessageStartingWith(PATH + ": ")
                .hasMessageContaining(message);
    }

    @Test
    void thereIsAResultOnlyWhereOneIsSaid() {
        StepExpressions.Compiled compiled =
                EXPRESSIONS.compileWithResult(PATH, "result.hits.map(h, {\"hit\": h, \"of\": state.integer})");

        assertThat(compiled.value(VIEW, JsonText.parse("{\"hits\": [\"a\"]}")))
                .isEqualTo(JsonText.parse("[{\"hit\": \"a\", \"of\": 3}]"));
        assertThat(EXPRESSIONS.compileWithResult(PATH, "result == null").value(VIEW, Json.NULL))
                .isEqualTo(Json.TRUE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            event.type == "paid"                        | true
            event.type != null && event.type.endsWith("d") | true
            event.data.amount >= state.integer          | true
            event.data.amount >= 2.5                    | true
            event.data.amount > input.n + state.integer | false
            event.data.ok                               | true
            has(event.data.absent)                      | false
            event.data.tags.exists(t, t == item.name)   | true
            """)
    void aConditionOnAnEventSeesItsTypeAndDataBesideTheRest(String condition, boolean expected) {
        Json event = JsonText.parse(
                "{\"type\": \"paid\", \"data\": {\"amount\": 5, \"ok\": true, \"tags\": [\"nut\", \"bolt\"]}}");

        assertThat(EXPRESSIONS.compileEventCondition(PATH, condition).holds(VIEW, event))
                .isEqualTo(expected);
    }

    @Test
    void anEventMayHaveNoTypeAndNoData() {
        Json event = JsonText.parse("{\"type\": null, \"data\": null}");

        assertThat(EXPRESSIONS
                        .compileEventCondition(PATH, "event.type == null && event.data == null")
                        .holds(VIEW, event))
                .isTrue();
    }

    @Test
    void thereIsAnEventOnlyWhereOneIsSaidAndItHasTypeAndDataAlone() {
        for (String condition : List.of("event.id == \"7\"", "event == null", "result == null", "event.type == 1")) {
            assertThatThrownBy(() -> EXPRESSIONS.compileEventCondition(PATH, condition))
                    .as(condition)
                    .isExactlyInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> EXPRESSIONS.compileCondition(PATH, "event.type == \"paid\""))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("undeclared reference to 'event'");
        assertThatThrownBy(() -> EXPRESSIONS.compileEventCondition(PATH, "event.type"))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("and must be true or false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"event.data.absent > 1", "event.data.amount > \"1\"", "event.data.amount"})
    void aConditionThatAnEventCannotAnswerFails(String condition) {
        assertThatThrownBy(() -> EXPRESSIONS
                        .compileEventCondition(PATH, condition)
                        .holds(VIEW, JsonText.parse("{\"type\": \"paid\", \"data\": {\"amount\": 5}}")))
                .isExactlyInstanceOf(StepFailure.class)
                .hasMessageStartingWith(PATH + ": ");
    }

    @ParameterizedTest
    @CsvSource({"true, true", "state.integer > 2, true", "state.boolean, true", "has(input.absent), false"})
    void aConditionIsTrueOrFalse(String condition, boolean expected) {
        assertThat(EXPRESSIONS.compileCondition(PATH, condition).holds(VIEW)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"true\"", "state.integer", "state.text", "null", "[]"})
    void whatCannotBeTrueOrFalseIsNoCondition(String condition) {
        assertThatThrownBy(() -> EXPRESSIONS.compileCondition(PATH, condition))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith("and must be true or false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"input.n", "input.none", "state.any"})
    void aConditionThatGivesSomethingElseFailsItsStep(String condition) {
        assertThatThrownBy(() -> EXPRESSIONS.compileCondition(PATH, condition).holds(VIEW))
                .isExactlyInstanceOf(StepFailure.class)
                .hasMessage(PATH + ": gave no true or false");
    }

    @Test
    void limitsTheLength() {
        String atLimit = "true" + " ".repeat(StepExpressions.MAX_LENGTH - 4);

        assertThatCode(() -> EXPRESSIONS.compile(PATH, atLimit)).doesNotThrowAnyException();
        assertThatThrownBy(() -> EXPRESSIONS.compile(PATH, atLimit + " "))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("is too long: 10001 characters, at most 10000");
    }

    @Test
    void countsCharactersAsPeopleDo() {
        // Two chars in Java each.
        String atLimit = '"' + "\uD83D\uDE00".repeat(StepExpressions.MAX_LENGTH - 2) + '"';

        assertThatCode(() -> EXPRESSIONS.compile(PATH, atLimit)).doesNotThrowAnyException();
    }

    @Test
    void limitsTheDepthOfAnExpression() {
        assertThatThrownBy(() -> EXPRESSIONS.compile(PATH, "[".repeat(200) + "]".repeat(200)))
                .isExactlyInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void limitsTheRoundsOfAllLoopsTogether() {
        StepExpressions.Compiled nested = EXPRESSIONS.compile(PATH, "size(input.map(a, input.map(b, 1)))");

        assertThat(nested.value(onInput(numbers(50)))).isEqualTo(Json.of(50));
        assertThatThrownBy(() -> nested.value(onInput(numbers(200))))
                .isExactlyInstanceOf(StepFailure.class)
                .hasMessageContaining("Iteration budget exceeded: " + CelConditions.MAX_ITERATIONS);
    }

    @Test
    void limitsTheSizeOfPatterns() {
        assertThatThrownBy(() -> value("state.text.matches(\"((a{50}){50}){5}\")"))
                .isExactlyInstanceOf(StepFailure.class)
                .hasMessageContaining("Allowed: " + CelConditions.MAX_PATTERN_SIZE);
    }

    @Test
    void limitsTheSizeOfAValueThatIsBuilt() {
        Json half = Json.of("x".repeat(StepExpressions.MAX_VALUE_BYTES / 2));

        assertThatCode(() -> EXPRESSIONS.compile(PATH, "input").value(onInput(half)))
                .doesNotThrowAnyException();
        assertTooLarge("input + input + input", half);
        assertTooLarge("[input, input, input]", half);
        assertTooLarge("{\"a\": input, \"b\": {\"c\": input, \"d\": input}}", half);
    }

    @Test
    void limitsTheSizeOfAValueThatIsHandedOn() {
        Json large = Json.object("a", Json.array(List.of(Json.of("x".repeat(StepExpressions.MAX_VALUE_BYTES)))));

        assertTooLarge("input", large);
        assertTooLarge("input.a", large);
        assertTooLarge("[input]", large);
        assertTooLarge("input", Json.object("x".repeat(StepExpressions.MAX_VALUE_BYTES), Json.NULL));
    }

    @Test
    void limitsTheSizeOfAListOfNothing() {
        assertTooLarge("input.map(a, input.map(b, state.list))", numbers(90), 20_000);
    }

    @Test
    void limitsTheDepthOfAValueThatIsWrappedAgainAndAgain() {
        StepExpressions.Compiled wrap = EXPRESSIONS.compile(PATH, "{\"a\": input}");

        assertThatThrownBy(() -> {
                    Json value = Json.of(1);
                    for (int i = 0; i < 100; i++) {
                        value = wrap.value(onInput(value));
                    }
                })
                .isExactlyInstanceOf(StepFailure.class)
                .hasMessage(PATH + ": the value is nested more than 64 deep");
    }

    private static void assertTooLarge(String expression, Json input, int timesTheList) {
        Json list = Json.array(Collections.nCopies(timesTheList, Json.NULL));
        Step.View view = new Step.View(
                Channels.EMPTY.with(Map.of("list", new Channels.Cell(Reducer.LAST_WRITE_WINS, list))),
                input,
                List.of());
        StepExpressions.Compiled compiled = EXPRESSIONS.compile(PATH, expression);

        assertThatThrownBy(() -> compiled.value(view)).hasMessageContaining("is larger than");
    }

    private static void assertTooLarge(String expression, Json input) {
        StepExpressions.Compiled compiled = EXPRESSIONS.compile(PATH, expression);

        assertThatThrownBy(() -> compiled.value(onInput(input)))
                .isExactlyInstanceOf(StepFailure.class)
                .hasMessage(PATH + ": the value is larger than 1048576 bytes");
    }

    private static Json value(String expression) {
        return EXPRESSIONS.compile(PATH, expression).value(VIEW);
    }

    private static Step.View onInput(Json input) {
        return new Step.View(Channels.EMPTY, input, List.of());
    }

    private static Json numbers(int count) {
        return Json.array(Collections.nCopies(count, Json.of(1)));
    }

    private static Channels channels(String json) {
        Map<String, Channels.Cell> cells = new LinkedHashMap<>();
        ((Json.Obj) JsonText.parse(json))
                .fields()
                .forEach((name, value) -> cells.put(name, new Channels.Cell(Reducer.LAST_WRITE_WINS, value)));
        return Channels.EMPTY.with(cells);
    }
}
