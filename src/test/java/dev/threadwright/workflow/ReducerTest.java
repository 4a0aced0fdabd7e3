package dev.threadwright.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.json.JsonText;
import java.math.BigDecimal;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scenario 48: each reducer, its cases, exact values. */
class ReducerTest {

    @ParameterizedTest(name = "{0}: {1} then {2} is {3}")
    @CsvSource(delimiter = '|', textBlock = """
                    LAST_WRITE_WINS | null      | 1          | 1
                    LAST_WRITE_WINS | 1         | 2          | 2
                    LAST_WRITE_WINS | [1]       | [2]        | [2]
                    LAST_WRITE_WINS | {"a":1}   | {"b":2}    | {"b":2}
                    LAST_WRITE_WINS | 1         | null       | null
                    APPEND          | null      | null       | []
                    APPEND          | null      | 1          | [1]
                    APPEND          | null      | [1,2]      | [1,2]
                    APPEND          | [1]       | 2          | [1,2]
                    APPEND          | [1]       | [2,3]      | [1,2,3]
                    APPEND          | [1]       | [1]        | [1,1]
                    APPEND          | [1]       | [[2]]      | [1,[2]]
                    APPEND          | [1]       | null       | [1]
                    APPEND          | [1]       | [null]     | [1,null]
                    APPEND          | 1         | 2          | [1,2]
                    APPEND          | "a"       | true       | ["a",true]
                    APPEND          | {"a":1}   | {"b":2}    | [{"a":1},{"b":2}]
                    APPEND          | [1]       | []         | [1]
                    SET_UNION       | null      | null       | []
                    SET_UNION       | null      | 1          | [1]
                    SET_UNION       | [1,2]     | [2,3]      | [1,2,3]
                    SET_UNION       | [2,1]     | [1,3,2]    | [2,1,3]
                    SET_UNION       | [1]       | 1.0        | [1]
                    SET_UNION       | [1,1]     | null       | [1]
                    SET_UNION       | null      | [3,3,2,3]  | [3,2]
                    SET_UNION       | ["1"]     | 1          | ["1",1]
                    SET_UNION       | "a"       | "a"        | ["a"]
                    SET_UNION       | [null]    | [null]     | [null]
                    SET_UNION       | [{"a":1,"b":2}] | {"b":2.0,"a":1} | [{"a":1,"b":2}]
                    SET_UNION       | [[1,2]]   | [[2,1],[1,2]]   | [[1,2],[2,1]]
                    SUM             | null      | null       | 0
                    SUM             | null      | 5          | 5
                    SUM             | 5         | null       | 5
                    SUM             | 1         | 2          | 3
                    SUM             | 0.1       | 0.2        | 0.3
                    SUM             | 1         | -2.5       | -1.5
                    SUM             | 12345678901234567890 | 1 | 12345678901234567891
                    SUM             | 1e3       | 1          | 1001
                    MERGE_MAP       | null      | {"a":1}    | {"a":1}
                    MERGE_MAP       | {"a":1}   | {"b":2}    | {"a":1,"b":2}
                    MERGE_MAP       | {"a":1,"b":2} | {"a":3} | {"a":3,"b":2}
                    MERGE_MAP       | {"a":1}   | {}         | {"a":1}
                    MERGE_MAP       | {"a":1}   | {"a":null} | {"a":null}
                    MERGE_MAP       | {"a":{"x":1}} | {"a":{"y":2}} | {"a":{"y":2}}
                    MERGE_MAP       | 7         | {"a":1}    | {"a":1}
                    MERGE_MAP       | "text"    | {"a":1}    | {"a":1}
                    MERGE_MAP       | [{"b":2}] | {"a":1}    | {"a":1}
                    """)
    void aWriteCombinesWithWhatTheChannelHolds(
            StandardReducer reducer, String current, String incoming, String expected) {
        assertThat(reducer.reduce(JsonText.parse(current), JsonText.parse(incoming)))
                .isEqualTo(JsonText.parse(expected));
    }

    @ParameterizedTest(name = "{0} then {1} is {2}")
    @CsvSource(delimiter = '|', textBlock = """
                    null | [] | []
                    null | null | []
                    null | {"id":"a","content":"hi"} | [{"id":"a","content":"hi"}]
                    [{"id":"a"}] | [{"id":"b"},{"id":"c"}] | [{"id":"a"},{"id":"b"},{"id":"c"}]
                    [{"id":"a","n":1},{"id":"b","n":1}] | {"id":"a","n":2} | [{"id":"a","n":2},{"id":"b","n":1}]
                    [{"id":"a","n":1,"m":1}] | {"id":"a","n":2} | [{"id":"a","n":2}]
                    null | [{"id":"a","n":1},{"id":"a","n":2}] | [{"id":"a","n":2}]
                    [{"id":"a"},{"id":"b"}] | {"type":"remove","id":"a"} | [{"id":"b"}]
                    [{"id":"a"},{"id":"b"}] | [{"type":"remove","id":"a"},{"id":"a"}] | [{"id":"b"},{"id":"a"}]
                    [{"id":"a"}] | [{"id":"b"},{"type":"remove","id":"b"}] | [{"id":"a"}]
                    [{"id":"a"}] | {"type":"remove","id":"unknown"} | [{"id":"a"}]
                    [{"id":"a"}] | {"type":"remove","id":"__remove_all__"} | []
                    [{"id":"a"}] | [{"id":"b"},{"type":"remove","id":"__remove_all__"},{"id":"c"}] | [{"id":"c"}]
                    [{"id":"a"}] | {"id":"b","type":"human"} | [{"id":"a"},{"id":"b","type":"human"}]
                    [{"id":"a"}] | {"id":"__remove_all__"} | [{"id":"a"},{"id":"__remove_all__"}]
                    {"id":"a"} | {"id":"b"} | [{"id":"a"},{"id":"b"}]
                    """)
    void messagesAreKnownByTheirIds(String current, String incoming, String expected) {
        assertThat(StandardReducer.MESSAGES.reduce(JsonText.parse(current), JsonText.parse(incoming)))
                .isEqualTo(JsonText.parse(expected));
    }

    @ParameterizedTest(name = "{0} then {1}: the {2}")
    @CsvSource(delimiter = '|', textBlock = """
                    1                               | 2                               | incoming
                    2                               | 1                               | current
                    5                               | 5                               | incoming
                    5                               | 5.0                             | incoming
                    -1                              | 0                               | incoming
                    1.5                             | 1                               | current
                    "1970-01-01T00:00:01Z"          | "1970-01-01T00:00:02Z"          | incoming
                    "1970-01-01T00:00:02Z"          | "1970-01-01T00:00:01Z"          | current
                    "1970-01-01T00:00:01Z"          | "1970-01-01T00:00:01.000Z"      | incoming
                    "1970-01-01T01:00:00+01:00"     | "1970-01-01T00:00:00Z"          | incoming
                    "1970-01-01T01:00:00+01:00"     | "1970-01-01T00:30:00Z"          | incoming
                    "1970-01-01T01:00:00-01:00"     | "1970-01-01T01:30:00Z"          | current
                    "1970-01-01T00:00:01Z"          | 1000                            | incoming
                    "1970-01-01T00:00:01Z"          | 999                             | current
                    1001                            | "1970-01-01T00:00:01Z"          | current
                    1000                            | "1970-01-01T00:00:01Z"          | incoming
                    "1970-01-01T00:00:00.000000002Z"| "1970-01-01T00:00:00.000000001Z"| current
                    "1970-01-01T00:00:00.0005Z"     | 0.5                             | incoming
                    "1969-12-31T23:59:59.9Z"        | -100                            | incoming
                    "1969-12-31T23:59:59.9Z"        | -101                            | current
                    """)
    void theLaterTimestampStaysAndTheIncomingOneIfTheyAreEqual(String current, String incoming, String kept) {
        Json before = JsonText.parse("{\"timestamp\":" + current + ",\"is\":\"current\"}");
        Json after = JsonText.parse("{\"timestamp\":" + incoming + ",\"is\":\"incoming\"}");

        assertThat(((Json.Obj) StandardReducer.MAX_BY_TIMESTAMP.reduce(before, after)).get("is"))
                .isEqualTo(Json.of(kept));
    }

    @Test
    void theFirstValueWithATimestampIsTaken() {
        Json first = JsonText.parse("{\"timestamp\":-5}");

        assertThat(StandardReducer.MAX_BY_TIMESTAMP.reduce(Json.NULL, first)).isEqualTo(first);
    }

    @ParameterizedTest(name = "{0}: {1} then {2}: {3}")
    @CsvSource(delimiter = '|', textBlock = """
                    MERGE_MAP        | {"a":1} | null                      | only an object can be merged in, not null
                    MERGE_MAP        | {"a":1} | 1                         | only an object can be merged in, not a number
                    MERGE_MAP        | {"a":1} | [{"b":2}]                 | only an object can be merged in, not a list
                    MERGE_MAP        | {"a":1} | true                      | only an object can be merged in, not true or false
                    SUM              | 1       | "2"                       | only numbers can be added up, not a text
                    SUM              | 1       | true                      | only numbers can be added up, not true or false
                    SUM              | 1       | {"n":1}                   | only numbers can be added up, not an object
                    SUM              | [1]     | 1                         | only numbers can be added up, not a list
                    SUM              | 1e900   | 1                         | the sum has more than 400 digits
                    SUM              | 1e-900  | 1                         | the sum has more than 400 digits
                    SUM              | null    | 1e401                     | the sum has more than 400 digits
                    MAX_BY_TIMESTAMP | null    | 1                         | a value is an object with a timestamp, not a number
                    MAX_BY_TIMESTAMP | null    | null                      | a value is an object with a timestamp, not null
                    MAX_BY_TIMESTAMP | null    | {}                        | a value is an object with a timestamp, not an object
                    MAX_BY_TIMESTAMP | null    | {"timestamp":null}        | a value is an object with a timestamp, not an object
                    MAX_BY_TIMESTAMP | 1       | {"timestamp":1}           | a value is an object with a timestamp, not a number
                    MAX_BY_TIMESTAMP | null    | {"timestamp":"yesterday"} | the timestamp "yesterday" is not ISO 8601 with a zone
                    MAX_BY_TIMESTAMP | null    | {"timestamp":"2026-01-01T00:00:00"} | the timestamp "2026-01-01T00:00:00" is not ISO 8601 with a zone
                    MESSAGES         | null    | {"content":"no id"}       | a message has a text as its id
                    MESSAGES         | null    | {"id":7}                  | a message has a text as its id
                    MESSAGES         | [1]     | {"id":"a"}                | a message has a text as its id
                    MESSAGES         | null    | 1                         | a message has a text as its id
                    MESSAGES         | null    | {"type":"remove"}         | a message has a text as its id
                    """)
    void whatDoesNotCombineFailsTheStepAndSaysWhy(
            StandardReducer reducer, String current, String incoming, String message) {
        Json before = JsonText.parse(current);
        Json write = JsonText.parse(incoming);

        assertThatThrownBy(() -> reducer.reduce(before, write))
                .isInstanceOf(StepFailure.class)
                .hasMessage(message);
    }

    @Test
    void aSumMayHave400Digits() {
        Json nines = new Json.Num(new BigDecimal("9".repeat(400)));

        assertThat(StandardReducer.SUM.reduce(nines, Json.of(0))).isEqualTo(nines);
        assertThatThrownBy(() -> StandardReducer.SUM.reduce(nines, Json.of(1))).isInstanceOf(StepFailure.class);
    }

    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    null | []
                    "hi" | [{"id":"id-0","role":"user","content":"hi"}]
                    {"content":"hi"} | [{"content":"hi","id":"id-0"}]
                    {"id":null,"content":"hi"} | [{"id":"id-0","content":"hi"}]
                    {"id":"mine"} | [{"id":"mine"}]
                    {"id":""} | [{"id":""}]
                    ["a",{"id":"b"},"c"] | [{"id":"id-0","role":"user","content":"a"},{"id":"b"},{"id":"id-1","role":"user","content":"c"}]
                    {"type":"remove","id":"a"} | [{"type":"remove","id":"a"}]
                    """)
    void messagesWithoutAnIdAreGivenTheNextOne(String incoming, String prepared) {
        assertThat(StandardReducer.MESSAGES.prepared(JsonText.parse(incoming), ids()))
                .isEqualTo(JsonText.parse(prepared));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', textBlock = """
                    1                          | a message is an object or a text, not a number
                    [null]                     | a message is an object or a text, not null
                    [["nested"]]               | a message is an object or a text, not a list
                    true                       | a message is an object or a text, not true or false
                    {"id":7}                   | a message has a text as its id
                    {"type":"remove"}          | a message to be removed is named by its id
                    {"type":"remove","id":null}| a message to be removed is named by its id
                    """)
    void whatIsNoMessageCannotBePrepared(String incoming, String message) {
        Json write = JsonText.parse(incoming);

        assertThatThrownBy(() -> StandardReducer.MESSAGES.prepared(write, ids()))
                .isInstanceOf(StepFailure.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @EnumSource(names = "MESSAGES", mode = EnumSource.Mode.EXCLUDE)
    void allOthersTakeAWriteAsItIs(StandardReducer reducer) {
        Json write = JsonText.parse("[\"text\",{\"a\":1}]");

        assertThat(reducer.prepared(write, ids())).isSameAs(write);
    }

    @ParameterizedTest
    @ValueSource(strings = {"StandardReducer", "Reducer", "Reducer$Custom"})
    void theReducersHaveNamesWhicheverClassIsTouchedFirst(String first) throws Exception {
        URL classes = Reducer.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader fresh = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            Class.forName(Reducer.class.getPackageName() + "." + first, true, fresh);
            Class<?> reducer = Class.forName(Reducer.class.getName(), true, fresh);

            assertThat(reducer.getField("LAST_WRITE_WINS").get(null)).hasToString("LAST_WRITE_WINS");
            assertThat(reducer.getField("SET_UNION").get(null)).hasToString("SET_UNION");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aReducerIsReadFromWhatItWrites(StandardReducer reducer) {
        assertThat(Reducer.parse(reducer.form())).isSameAs(reducer);
    }

    @Test
    void formsAreWhatWorkflowDocumentsSay() {
        assertThat(StandardReducer.values())
                .extracting(StandardReducer::form)
                .containsExactly(
                        "last_write_wins", "append", "messages", "merge_map", "max_by_timestamp", "sum", "set_union");
        assertThat(new Reducer.Custom("top-ten").form()).isEqualTo("custom:top-ten");
        assertThat(Reducer.parse("custom:top-ten")).isEqualTo(new Reducer.Custom("top-ten"));
        assertThat(Reducer.parse("custom:a:b")).isEqualTo(new Reducer.Custom("a:b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "APPEND", "Append", " append", "concat", "customary"})
    void anUnknownReducerIsRefusedNamingTheKnownOnes(String form) {
        assertThatThrownBy(() -> Reducer.parse(form))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("There is no reducer \"" + form + "\"; there are last_write_wins, append, messages,"
                        + " merge_map, max_by_timestamp, sum, set_union and custom:<name>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"custom:", "custom:  "})
    void aCustomReducerHasAName(String form) {
        assertThatThrownBy(() -> Reducer.parse(form))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A custom reducer has a name");
    }

    @Test
    void changesApplyInTheirOrder() {
        Channels channels = Channels.EMPTY.apply(List.of(
                new Change("log", Reducer.APPEND, Json.of(1)),
                new Change("last", Reducer.LAST_WRITE_WINS, Json.of("a")),
                new Change("log", Reducer.APPEND, Json.of(2)),
                new Change("last", Reducer.LAST_WRITE_WINS, Json.of("b"))));

        assertThat(channels.values())
                .isEqualTo(Map.of("log", Json.array(List.of(Json.of(1), Json.of(2))), "last", Json.of("b")));
    }

    @Test
    void channelsThatNoChangeNamesAreCarriedUnseen() {
        Channels before =
                Channels.EMPTY.apply(List.of(new Change("foreign", Reducer.LAST_WRITE_WINS, Json.of("kept"))));

        Channels after = before.apply(List.of(new Change("last", Reducer.LAST_WRITE_WINS, Json.of(1))));

        assertThat(after.get("foreign")).isEqualTo(Json.of("kept"));
        assertThat(before.values()).containsOnlyKeys("foreign");
    }

    @Test
    void aChannelThatWasNeverWrittenHoldsNull() {
        assertThat(Channels.EMPTY.get("last")).isEqualTo(Json.NULL);
        assertThat(Channels.EMPTY.reducer("last")).isNull();
    }

    @Test
    void aChangeThatDoesNotCombineNamesItsChannel() {
        Channels total = Channels.EMPTY.apply(List.of(new Change("total", Reducer.SUM, Json.of(1))));

        assertThatThrownBy(() -> total.apply(List.of(new Change("total", Reducer.SUM, Json.of("x")))))
                .isInstanceOf(StepFailure.class)
                .hasMessage("Channel \"total\" (sum): only numbers can be added up, not a text");
    }

    @Test
    void aWriteThatCannotBePreparedNamesItsChannel() {
        Workflow chat = WorkflowBuilder.workflow("chat", 1)
                .channel("messages", Reducer.MESSAGES)
                .pure("step", view -> List.of(), step -> step)
                .start("step")
                .build();

        assertThatThrownBy(() -> chat.changesOf(List.of(new Write("messages", Json.of(1))), ids()))
                .isInstanceOf(StepFailure.class)
                .hasMessage("Channel \"messages\" (messages): a message is an object or a text, not a number");
    }

    @Test
    void whatACustomReducerMakesOfAWriteStandsBesideIt() {
        List<Change> settled = LONGEST.settled(Channels.EMPTY, List.of(longest("ab"), longest("abc"), longest("a")));

        assertThat(settled).containsExactly(longest("ab", "ab"), longest("abc", "abc"), longest("a", "abc"));
        assertThat(Channels.EMPTY.apply(settled).get("longest")).isEqualTo(Json.of("abc"));
    }

    @Test
    void aCustomReducerSeesWhatTheChannelHoldsAndWhatWasWrittenBeforeIt() {
        Channels held = Channels.EMPTY.apply(LONGEST.settled(Channels.EMPTY, List.of(longest("held"))));

        List<Change> settled = LONGEST.settled(
                held, List.of(longest("new"), new Change("log", Reducer.APPEND, Json.of(1)), longest("longer")));

        assertThat(settled)
                .containsExactly(
                        longest("new", "held"),
                        new Change("log", Reducer.APPEND, Json.of(1)),
                        longest("longer", "longer"));
    }

    @Test
    void withoutCustomReducersThereIsNothingToSettle() {
        List<Change> changes = List.of(new Change("log", Reducer.APPEND, Json.of(1)));

        assertThat(LONGEST.settled(Channels.EMPTY, changes)).isSameAs(changes);
    }

    @Test
    void aWriteThroughACustomReducerWaitsForItsResult() {
        Channels channels = Channels.EMPTY.apply(List.of(longest("ab")));

        assertThat(channels.contains("longest")).isFalse();
        assertThat(longest("ab", "abc").unsettled()).isEqualTo(longest("ab"));
        assertThatThrownBy(() -> new Reducer.Custom("longest").reduce(Json.NULL, Json.NULL))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aCustomReducerThatFailsFailsTheStepNamingTheChannel() {
        assertThatThrownBy(() -> LONGEST.settled(
                        Channels.EMPTY, List.of(new Change("longest", new Reducer.Custom("longest"), Json.of(1)))))
                .isInstanceOf(StepFailure.class)
                .hasMessageStartingWith("Channel \"longest\" (custom:longest): the reducer failed: ")
                .hasMessageContaining("ClassCastException");
    }

    @Test
    void aCustomReducerThatRefusesAWriteSaysWhyItself() {
        Workflow refusing = WorkflowBuilder.workflow("refusing", 1)
                .channel("picky", "picky", (current, incoming) -> {
                    throw new StepFailure("not this one");
                })
                .pure("step", view -> List.of(), step -> step)
                .start("step")
                .build();

        assertThatThrownBy(() -> refusing.settled(
                        Channels.EMPTY, List.of(new Change("picky", new Reducer.Custom("picky"), Json.NULL))))
                .isInstanceOf(StepFailure.class)
                .hasMessage("not this one");
    }

    @Test
    void aCustomReducerAndOnlyThatComesWithItsFunction() {
        assertThatThrownBy(() -> Channel.of(new Reducer.Custom("lost"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Channel(Reducer.SUM, null, Channel.Type.ANY, false, (a, b) -> a))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static final Workflow LONGEST = WorkflowBuilder.workflow("longest", 1)
            .channel("log", Reducer.APPEND)
            .channel("longest", "longest", ReducerTest::longer)
            .pure("step", view -> List.of(), step -> step)
            .start("step")
            .build();

    private static Json longer(Json current, Json incoming) {
        return current instanceof Json.Text held
                        && held.value().length()
                                >= ((Json.Text) incoming).value().length()
                ? current
                : (Json.Text) incoming;
    }

    private static Change longest(String value) {
        return new Change("longest", new Reducer.Custom("longest"), Json.of(value));
    }

    private static Change longest(String value, String result) {
        return new Change("longest", new Reducer.Custom("longest"), Json.of(value), Json.of(result));
    }

    private static Supplier<String> ids() {
        List<String> given = new ArrayList<>();
        return () -> {
            given.add("id-" + given.size());
            return given.getLast();
        };
    }
}
