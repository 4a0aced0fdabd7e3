package dev.threadwright.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.json.JsonText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {

    @ParameterizedTest(name = "{0} and {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
                    1                     | 1.0                   | true
                    100                   | 1e2                   | true
                    0                     | 0.000                 | true
                    0                     | -0                    | true
                    12345678901234567890  | 12345678901234567891  | false
                    1                     | "1"                   | false
                    null                  | false                 | false
                    {"a":1,"b":[2]}       | {"b":[2.0],"a":1.00}  | true
                    {"a":null}            | {}                    | false
                    [1,2]                 | [2,1]                 | false
                    """)
    void equalityIsThatOfJson(String first, String second, boolean equal) {
        Json a = JsonText.parse(first);
        Json b = JsonText.parse(second);

        assertThat(a.equals(b)).isEqualTo(equal);
        assertThat(b.equals(a)).isEqualTo(equal);
        assertThat(JsonText.write(a.canonical()).equals(JsonText.write(b.canonical())))
                .as("canonical texts are the same exactly if the values are equal")
                .isEqualTo(equal);
        if (equal) {
            assertThat(a).hasSameHashCodeAs(b);
        }
    }

    @Test
    void objectsKeepTheOrderOfTheirKeysUntilTheyAreMadeCanonical() {
        Json json = JsonText.parse("{\"b\":{\"d\":1,\"c\":2},\"a\":[{\"z\":1,\"y\":2}]}");

        assertThat(JsonText.write(json)).isEqualTo("{\"b\":{\"d\":1,\"c\":2},\"a\":[{\"z\":1,\"y\":2}]}");
        assertThat(JsonText.write(json.canonical())).isEqualTo("{\"a\":[{\"y\":2,\"z\":1}],\"b\":{\"c\":2,\"d\":1}}");
    }

    @Test
    void valuesCannotBeChangedThroughWhatTheyWereMadeOf() {
        List<Json> items = new ArrayList<>(List.of(Json.of(1)));
        Map<String, Json> fields = new LinkedHashMap<>(Map.of("a", Json.of(1)));
        Json.Arr array = Json.array(items);
        Json.Obj object = Json.object(fields);

        items.add(Json.of(2));
        fields.put("b", Json.of(2));

        assertThat(array.items()).hasSize(1);
        assertThat(object.fields()).containsOnlyKeys("a");
        assertThatThrownBy(() -> object.fields().put("c", Json.NULL)).isInstanceOf(UnsupportedOperationException.class);
    }
}
