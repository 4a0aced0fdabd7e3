package dev.threadwright.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What W3C Trace Context takes, and what it says to drop. */
class TraceContextTest {

    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01       | 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
            00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff       | 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff
            01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03       | 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
            cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02-new.- | 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00
            """)
    void a_parent_is_taken_as_version_00_has_it(String sent, String taken) {
        assertThat(TraceContext.of(sent, null)).isEqualTo(new TraceContext(taken, null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n",
                " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.",
                "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
            })
    void a_malformed_parent_is_none_and_its_state_is_not_read(String sent) {
        assertThat(TraceContext.of(sent, "a=1")).isNull();
    }

    @Test
    void a_state_without_a_parent_says_nothing() {
        assertThat(TraceContext.of(null, "a=1")).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            rojo=00f067aa0ba902b7,congo=t61rcWkgMzE | rojo=00f067aa0ba902b7,congo=t61rcWkgMzE
            `a=1 ,\tb=2,, c=3,`                     | a=1,b=2,c=3
            `tenant@system=a b:c!`                  | tenant@system=a b:c!
            0_-*/@x=1                               | 0_-*/@x=1
            a=1,a=2                                 | a=1,a=2
            ``                                      |
            ` , ,`                                  |
            a                                       |
            a=                                      |
            =1                                      |
            A=1                                     |
            _a=1                                    |
            a=1=2                                   |
            a=é                                     |
            a=1,b                                   |
            """)
    void a_state_is_taken_whole_or_not_at_all(String sent, String taken) {
        assertThat(TraceContext.of(PARENT, sent)).isEqualTo(new TraceContext(PARENT, taken));
    }

    @Test
    void a_state_has_at_most_32_members_of_at_most_256_characters() {
        assertThat(state(members(TraceContext.MAX_MEMBERS, 3))).hasSize(32 * 4 - 1);
        assertThat(state(members(TraceContext.MAX_MEMBERS + 1, 3))).isNull();
        assertThat(state("k".repeat(256) + "=1")).isNotNull();
        assertThat(state("k".repeat(257) + "=1")).isNull();
        assertThat(state("k=" + "v".repeat(256))).isNotNull();
        assertThat(state("k=" + "v".repeat(257))).isNull();
    }

    @Test
    void what_is_too_long_loses_whole_members_the_long_ones_first_and_from_the_end() {
        assertThat(state(members(4, 127) + ",e")).as("not a member").isNull();
        String longest = members(4, 127);
        assertThat(longest).hasSize(TraceContext.MAX_STATE_LENGTH - 1);
        assertThat(state(longest)).isEqualTo(longest);
        assertThat(state(longest + ",z=1")).isEqualTo(longest);

        List<String> mixed = new ArrayList<>();
        mixed.add("first=" + "v".repeat(200));
        mixed.add("short=" + "v".repeat(100));
        mixed.add("last=" + "v".repeat(200));
        mixed.add("end=1");
        assertThat(state(String.join(",", mixed)))
                .isEqualTo(String.join(",", mixed.get(0), mixed.get(1), mixed.get(3)));
    }

    @Test
    void what_is_far_too_long_is_not_read() {
        String padded = "a=1," + " ".repeat(TraceContext.MAX_SENT_STATE_LENGTH - 4);
        assertThat(state(padded)).isEqualTo("a=1");
        assertThat(state(padded + " ")).isNull();
    }

    private static String state(String sent) {
        return TraceContext.of(PARENT, sent).state();
    }

    /** So many, each of that length. */
    private static String members(int count, int length) {
        return String.join(
                ",",
                IntStream.range(0, count)
                        .mapToObj(i -> (char) ('a' + i % 26) + "=" + "v".repeat(length - 2))
                        .toList());
    }
}
