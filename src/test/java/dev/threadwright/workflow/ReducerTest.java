package dev.threadwright.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
                    APPEND          | [1]       | [[2]]      | [1,[2]]
                    APPEND          | [1]       | null       | [1]
                    APPEND          | [1]       | [null]     | [1,null]
                    APPEND          | 1         | 2          | [1,2]
                    APPEND          | "a"       | true       | ["a",true]
                    APPEND          | {"a":1}   | {"b":2}    | [{"a":1},{"b":2}]
                    APPEND          | [1]       | []         | [1]
                    """)
    void aWriteCombinesWithWhatTheChannelHolds(
            StandardReducer reducer, String current, String incoming, String expected) {
        assertThat(reducer.reduce(JsonText.parse(current), JsonText.parse(incoming)))
                .isEqualTo(JsonText.parse(expected));
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
    }
}
