package dev.threadwright.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.json.JsonText;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.policy.Situation;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CelConditionsTest {

    private static final Situation BUSY = new Situation(2, 1, 0, 0, 3);

    private final CelConditions conditions = new CelConditions();

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            true                                  | {}                                | true
            data.urgent == true                   | {"urgent":true}                   | true
            data.urgent == true                   | {"urgent":false}                  | false
            data.urgent                           | {"urgent":true}                   | true
            data.urgent == true                   | {"urgent":"true"}                 | false
            has(data.urgent)                      | {}                                | false
            has(data.urgent)                      | {"urgent":null}                   | true
            data.urgent == null                   | {"urgent":null}                   | true
            has(data.a) && data.a.b == "x"        | {"a":{"b":"x"}}                   | true
            has(data.a) && data.a.b == "x"        | {}                                | false
            data.amount > 100                     | {"amount":100.5}                  | true
            data.amount > 100                     | {"amount":100}                    | false
            data.amount == 100                    | {"amount":1e2}                    | true
            data.amount == 100                    | {"amount":100.0}                  | true
            data.amount > 2.5                     | {"amount":3}                      | true
            data.amount == 9223372036854775807    | {"amount":9223372036854775807}    | true
            data.amount > 9223372036854775807.0   | {"amount":1e30}                   | true
            type(data.n) == int                   | {"n":-9223372036854775808}        | true
            type(data.n) == double                | {"n":9223372036854775808}         | true
            data.tags.exists(t, t == "vip")       | {"tags":["new","vip"]}            | true
            "vip" in data.tags                    | {"tags":["new"]}                  | false
            "urgent" in data                      | {"urgent":0}                      | true
            size(data.tags) == 2                  | {"tags":["new","vip"]}            | true
            data.tags == ["new","vip"]            | {"tags":["new","vip"]}            | true
            data == {"a":[1,{"b":null}]}          | {"a":[1,{"b":null}]}              | true
            data.text.matches("^st[aeo]p")         | {"text":"stop it"}                | true
            data.text.startsWith("\\u00e9")       | {"text":"\\u00e9t\\u00e9"}        | true
            data == "stop"                        | "stop"                            | true
            data[1] == 2                          | [1,2]                             | true
            input.type == "user.input"            | {}                                | true
            input.eventType == ""                 | {}                                | true
            input.source == "/test"               | {}                                | true
            input.id == "i1"                      | {}                                | true
            active == 2 && queued == 3            | {}                                | true
            processing && waitingForUser          | {}                                | true
            waitingForEvent                       | {}                                | false
            """)
    void decidesOnTheInputAndTheSituation(String condition, String data, boolean expected) {
        conditions.validate(condition);

        assertThat(conditions.holds(condition, input(data), BUSY)).isEqualTo(expected);
    }

    @Test
    void seesWhatAnExternalEventSaysItIs() {
        Input event =
                new Input(new Identity("/test", "i1"), Input.Type.EXTERNAL_EVENT, "payment.settled", Json.EMPTY_OBJECT);

        assertThat(conditions.holds(
                        "input.type == 'external.event' && input.eventType == 'payment.settled'",
                        event,
                        Situation.IDLE))
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            data.urgent ==           | line 1, column 15: mismatched input '<EOF>'
            data.urgent = true       | line 1, column 13
            1 + 1                    | line 1, column 3: expected type 'bool' but found 'int'
            "yes"                    | line 1, column 1: expected type 'bool' but found 'string'
            urgent == true           | line 1, column 1: undeclared reference to 'urgent'
            input.kind == "x"        | line 1, column 1: undeclared reference to 'input'
            active == "two"          | line 1, column 8: found no matching overload for '_==_' applied to '(int, string)'
            processing > 1           | line 1, column 12: found no matching overload
            now() > data.due         | line 1, column 4: undeclared reference to 'now'
            ``                       | line 1, column 1
            """)
    void refusesWhatIsNoConditionAndSaysWhere(String condition, String message) {
        assertThatThrownBy(() -> conditions.validate(condition))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            data.urgent == true          | {}             | key 'urgent' is not present in map
            data.urgent == true          | "stop"         | urgent
            data.urgent == true          | null           | urgent
            data.urgent                  | {"urgent":"y"} | the condition gave a string, not true or false
            data.urgent                  | {"urgent":null}| the condition gave null, not true or false
            data.n / 0 == 1              | {"n":1}        | / by zero
            data.n + 9223372036854775807 > 0 | {"n":1}    | overflow
            data.n + 1 > 0               | {"n":1.5}      | No matching overload
            data[5] == 1                 | [1]            | 5
            data.s.matches("(")          | {"s":"x"}      | missing closing )
            """)
    void saysWhyThereIsNoAnswer(String condition, String data, String message) {
        assertThatThrownBy(() -> conditions.holds(condition, input(data), BUSY))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining(message);
    }

    @Test
    void limitsTheLength() {
        String atLimit = "true" + " ".repeat(CelConditions.MAX_LENGTH - 4);

        conditions.validate(atLimit);
        assertThatThrownBy(() -> conditions.validate(atLimit + " "))
                .hasMessage("the condition is too long: 1001 characters, at most 1000");
    }

    @Test
    void limitsTheDepth() {
        conditions.validate("(".repeat(10) + "true" + ")".repeat(10));
        assertThatThrownBy(() -> conditions.validate("(".repeat(400) + "true" + ")".repeat(400)))
                .isExactlyInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> conditions.validate("[".repeat(400) + "]".repeat(400) + " == []"))
                .isExactlyInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void limitsTheRoundsOfAllLoopsTogether() {
        String nested = "data.exists(a, data.exists(b, a + b < 0))";

        assertThat(conditions.holds(nested, input(numbers(50)), BUSY)).isFalse();
        assertThatThrownBy(() -> conditions.holds(nested, input(numbers(200)), BUSY))
                .isExactlyInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Iteration budget exceeded: 10000");
    }

    @Test
    void limitsTheSizeOfPatterns() {
        assertThatThrownBy(() -> conditions.holds("data.matches('((a{50}){50}){5}')", input("\"aaa\""), BUSY))
                .isExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void forgetsTheConditionsThatWereNotUsedForLongest() {
        for (int i = 0; i < CelConditions.MAX_COMPILED + 50; i++) {
            conditions.validate("active > " + i);
        }

        assertThat(conditions.compiledCount()).isEqualTo(CelConditions.MAX_COMPILED);
        assertThat(conditions.holds("active > 0", input("{}"), BUSY)).isTrue();
    }

    private static String numbers(int count) {
        List<Json> items = new ArrayList<>(Collections.nCopies(count, Json.of(1)));
        return JsonText.write(Json.array(items));
    }

    private static Input input(String data) {
        return new Input(new Identity("/test", "i1"), Input.Type.USER_INPUT, null, JsonText.parse(data));
    }
}
