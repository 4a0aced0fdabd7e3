package dev.threadwright.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In the tables {@code ~n} stands for a new line. */
class DocumentReaderTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a: b                                   | {"a":"b"}
            a: [1, {b: c}]                         | {"a":[1,{"b":"c"}]}
            ---~na: b~n...                         | {"a":"b"}
            %YAML 1.1~n---~na: b                   | {"a":"b"}
            {"a": "b"}                             | {"a":"b"}
              {"a": [1.50, null, true]}            | {"a":[1.50,null,true]}
            a: >~n  one~n  line                    | {"a":"one line"}
            a: 'it''s'                             | {"a":"it's"}
            a: "\\u00e9"                           | {"a":"é"}
            a: ''                                  | {"a":""}
            a: null~nb: ~~nc: "null"               | {"a":null,"b":null,"c":"null"}
            a: true~nb: false~nc: "true"           | {"a":true,"b":false,"c":"true"}
            a: b # a comment                       | {"a":"b"}
            a: state.score > 3                     | {"a":"state.score > 3"}
            a: "x ? 'y' : z"                       | {"a":"x ? 'y' : z"}
            """)
    void readsJsonAndTheYamlThatItCouldHaveBeen(String text, String expected) {
        assertThat(read(text)).isEqualTo(JsonText.parse(expected));
    }

    @Test
    void textMayGoOverSeveralLines() {
        assertThat(read("a: |~n  two~n  lines~nb: >~n  one~n  line").fields())
                .containsEntry("a", Json.of("two\nlines\n"))
                .containsEntry("b", Json.of("one line"));
    }

    @Test
    void keysAreTextsWhateverTheyLookLike() {
        assertThat(read("on: 1~nno: 1~nyes: 1~noff: 1~ny: 1~nnull: 1~ntrue: 1~n1: 1~n1.0: 1~n~: 1")
                        .fields())
                .containsOnlyKeys("on", "no", "yes", "off", "y", "null", "true", "1", "1.0", "~");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            2026-01-01                    | "2026-01-01"
            2026-01-01T10:00:00Z          | "2026-01-01T10:00:00Z"
            12:30                         | "12:30"
            1e3                           | 1000
            1.5e3                         | 1500
            12345678901234567890          | 12345678901234567890
            0.10                          | 0.10
            -7                            | -7
            +7                            | 7
            1_000                         | 1000
            1.2.3                         | "1.2.3"
            30s                           | "30s"
            on                            | "on"
            no                            | "no"
            yes                           | "yes"
            off                           | "off"
            """)
    void numbersAreExactAndWhatIsNoneIsText(String value, String expected) {
        assertThat(read("a: " + value).get("a")).isEqualTo(JsonText.parse(expected));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            a: 1~na: 2                             | Duplicate field 'a' (line 2
            a: {b: 1, b: 2}                        | Duplicate field 'b' (line 1
            {"a": 1, "a": 2}                       | Duplicate field 'a' (line 1, column 1
            a: &x {b: 1}~nc: *x                    | anchors and aliases are not supported (line 1)
            a: &x [1]~nb: [*x, *x]                 | anchors and aliases are not supported (line 1)
            a: 1~nb: *x                            | anchors and aliases are not supported (line 2)
            &x a: 1                                | anchors and aliases are not supported
            a: {<<: *x}                            | anchors and aliases are not supported
            a: !!str 5                             | tags are not supported (line 1)
            a: !!int "5"                           | tags are not supported (line 1)
            a: !!binary aGk=                       | tags are not supported (line 1)
            a: !java.io.File x                     | tags are not supported (line 1)
            !!map {a: 1}                           | tags are not supported (line 1)
            a: !!javax.script.ScriptEngineManager [x] | tags are not supported (line 1)
            a: b~n---~nc: d                        | goes on after its end: one document is one workflow
            {"a": 1} {"b": 2}                      | something follows the value
            ? [x]~n: y                             | Expected a field name
            a: [1, 2                               | (line 1
            a:~n\t- b                              | TAB
            a: b: c                                | mapping values are not allowed here
            a: x ? 'y' : z                         | mapping values are not allowed here
            {a: b}                                 | Not JSON
            a: 1e99999                             | exponent is beyond 1000
            a: .inf                                | Malformed numeric value
            - a                                    | must be an object with a name, channels and steps
            just text                              | must be an object with a name, channels and steps
            # nothing but a comment                | is empty
            ``                                     | is empty
            """)
    void refusesWhatIsNotOneObjectAndSaysWhere(String text, String message) {
        assertThatThrownBy(() -> read(text.replace("\\t", "\t")))
                .isExactlyInstanceOf(InvalidDocumentException.class)
                .hasMessageStartingWith("The document ")
                .hasMessageContaining(message);
    }

    @Test
    void aBombOfAliasesIsNotEvenLit() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 30; i++) {
            String below = "*a" + (i - 1);
            bomb.append("a%d: &a%d [%s, %s, %s, %s, %s, %s, %s, %s, %s]%n"
                    .formatted(i, i, below, below, below, below, below, below, below, below, below));
        }

        assertThatThrownBy(() -> DocumentReader.read(bomb.toString()))
                .hasMessageContaining("anchors and aliases are not supported (line 1)");
    }

    @Test
    void limitsTheBytesOfADocument() {
        String atLimit = "a: " + "é".repeat((DocumentReader.MAX_BYTES - 4) / 2) + "x";

        assertThat(DocumentReader.read(atLimit).get("a")).isInstanceOf(Json.Text.class);
        assertThatThrownBy(() -> DocumentReader.read(atLimit + "x"))
                .isExactlyInstanceOf(InvalidDocumentException.class)
                .hasMessage("The document is too large: 262145 bytes, at most 262144");
    }

    @Test
    void limitsTheDepthOfADocument() {
        assertThat(DocumentReader.read(nested(60))).isNotNull();
        assertThatThrownBy(() -> DocumentReader.read(nested(JsonText.MAX_DEPTH)))
                .isExactlyInstanceOf(InvalidDocumentException.class)
                .hasMessageContaining("nesting depth");
        assertThatThrownBy(() -> DocumentReader.read("{\"a\": " + "[".repeat(5_000)))
                .isExactlyInstanceOf(InvalidDocumentException.class)
                .hasMessageContaining("nesting depth");
        assertThatThrownBy(() -> DocumentReader.read("a: " + "[".repeat(5_000)))
                .isExactlyInstanceOf(InvalidDocumentException.class)
                .hasMessageContaining("nesting depth");
    }

    @Test
    void limitsTheDigitsOfANumber() {
        assertThatThrownBy(() -> DocumentReader.read("a: " + "9".repeat(JsonText.MAX_NUMBER_LENGTH + 1)))
                .isExactlyInstanceOf(InvalidDocumentException.class)
                .hasMessageContaining("Number value length");
    }

    @Test
    void whatIsWrongWithTheTextIsWrongWithTheDocumentAsAWhole() {
        assertThatThrownBy(() -> DocumentReader.read("- a"))
                .isInstanceOfSatisfying(
                        InvalidDocumentException.class,
                        e -> assertThat(e.problems())
                                .extracting(DocumentProblem::pointer)
                                .containsExactly(""));
    }

    private static String nested(int depth) {
        return "a: " + "[".repeat(depth) + "]".repeat(depth);
    }

    private static Json.Obj read(String text) {
        return DocumentReader.read(text.replace("~n", "\n"));
    }
}
