package dev.threadwright.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.workflow.Json;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

    /** As no encoder writes them: between quotes, as a value and as a name. */
    @ParameterizedTest
    @CsvSource(textBlock = """
            c080,     0xC0
            c0a2,     0xC0
            c1bf,     0xC1
            e08080,   0xE0
            e09fbf,   0xE0
            f0808080, 0xF0
            f4908080, 0xF4
            f8888080, 0xF8
            eda080,   0xED
            edbfbf,   0xED
            80,       0x80
            ff,       0xFF
            c3,       0xC3
            e282,     0xE2
            f09f98,   0xF0
            """)
    void refusesWhatIsNotUtf8AndSaysWhere(String hex, String first) {
        String broken = new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
        for (String before : new String[] {"", "1234567", "é".repeat(3_000)}) {
            String start = new String(before.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            String problem = "Not JSON: it is not UTF-8: byte " + first + " at offset ";

            assertRefused("{\"" + start + broken + "\":1}", problem + (2 + start.length()) + " ");
            assertRefused("{\"a\":\"" + start + broken + "\"}", problem + (6 + start.length()) + " ");
            assertRefused("\"" + start + broken, problem + (1 + start.length()) + " ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32", "UTF-32LE", "UTF-32BE"})
    void refusesOtherUnicode(String charset) {
        for (String text : new String[] {"{\"data\":1}", "1", "\"a\ud800\"", "[]"}) {
            assertThatThrownBy(() -> JsonText.parse(text.getBytes(Charset.forName(charset))))
                    .isInstanceOf(InvalidJsonException.class)
                    .hasMessage("Not JSON: it looks like UTF-16 or UTF-32; send UTF-8");
        }
    }

    @Test
    void refusesAByteOrderMark() {
        assertThatThrownBy(() -> JsonText.parse("\ufeff{}".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageContaining("byte order mark");
    }

    @Test
    void keepsWhatIsUtf8() {
        for (int before = 0; before < 20; before++) {
            String text =
                    "x".repeat(before) + "\u0080\u07ff\u0800\ud7ff\ue000\uffff\ufffd\ufeff\ud800\udc00\udbff\udfff";

            assertThat(JsonText.parse(('"' + text + '"').getBytes(StandardCharsets.UTF_8)))
                    .isEqualTo(Json.of(text));
        }
        String longer = "é中😀".repeat(10_000);
        assertThat(JsonText.parse(('"' + longer + '"').getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(Json.of(longer));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e1000",
                "-1e1000",
                "0.1e1001",
                "10e999",
                "9.99e1000",
                "1e-1000",
                "9.99e-1000",
                "0e1000",
                "0e-1000"
            })
    void takesExponentsUpToTheLimit(String number) {
        assertThat(JsonText.parse(number)).isInstanceOf(Json.Num.class);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            1e1001,   1001
            10e1000,  1001
            1e-1001,  -1001
            0.1e-1000, -1001
            0e1001,   1001
            0e-1001,  -1001
            1e99999,  99999
            """)
    void refusesExponentsBeyondIt(String number, String exponent) {
        assertRefused(number, "A number's exponent is beyond 1000: with one digit before the point it is " + exponent);
    }

    private static void assertRefused(String latin1, String message) {
        assertThatThrownBy(() -> JsonText.parse(latin1.getBytes(StandardCharsets.ISO_8859_1)))
                .isInstanceOf(InvalidJsonException.class)
                .hasMessageStartingWith(message);
    }
}
