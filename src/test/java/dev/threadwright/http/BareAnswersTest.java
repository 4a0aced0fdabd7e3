package dev.threadwright.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.query.StoredInterrupt;
import dev.threadwright.workflow.Json;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an answer is for that does not say so. */
class BareAnswersTest {

    /** The newest first, each as {@code id=settlement}; the answer is true. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', nullValues = "nobody", textBlock = """
            nothing is asked                          |                                                    | nobody
            one question                              | a                                                  | a
            two questions                             | a ; b                                              | nobody
            the next question after the same answer   | b ; a={"answer":true,"via":"http"}                 | a
            the next question after another answer    | b ; a={"answer":false,"via":"http"}                | b
            the next question after a rejection       | b ; a={"reason":"no","via":"http"}                 | b
            the next question after the settings      | b ; a={"answer":true,"by":"policy","via":"system"} | b
            the next question after an expiry         | b ; a={"answer":true,"expiry":"due"}               | b
            the same answer, and nothing asked since  | a={"answer":true,"via":"kafka"}                    | a
            another answer, and nothing asked since   | a={"answer":false,"via":"http"}                    | nobody
            two questions after the same answer       | b ; c ; a={"answer":true,"via":"http"}             | a
            the same answer twice                     | b={"answer":true,"via":"http"} ; a={"answer":true,"via":"http"} | b
            """)
    void whatItIsFor(String situation, @Nullable String lately, @Nullable String expected) {
        List<StoredInterrupt> all = lately == null
                ? List.of()
                : Arrays.stream(lately.split(" ; "))
                        .map(BareAnswersTest::interrupt)
                        .toList();
        assertThat(BareAnswers.interrupt(all, Json.TRUE)).as(situation).isEqualTo(expected);
    }

    private static StoredInterrupt interrupt(String text) {
        StoredInterrupt interrupt = new StoredInterrupt();
        int settled = text.indexOf('=');
        interrupt.interrupt = settled < 0 ? text : text.substring(0, settled);
        interrupt.settlement = settled < 0 ? null : text.substring(settled + 1);
        return interrupt;
    }
}
