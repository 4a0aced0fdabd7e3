package dev.threadwright.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.security.ApiKey;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyCommandTest {

    private static final Pattern KEY = Pattern.compile("^  (tw_\\S+)$", Pattern.MULTILINE);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final KeyCommand command = new KeyCommand(new PrintStream(out, true, UTF_8));

    @Test
    void theHashThatIsToldIsThatOfTheKey() {
        assertThat(command.run(KeyCommand.caller(List.of("shop")))).isZero();
        String told = out.toString(UTF_8);
        Matcher key = KEY.matcher(told);
        assertThat(key.find()).isTrue();
        assertThat(told).contains("threadwright.identity.keys.shop.hash=" + ApiKey.hash(key.group(1)) + "\n");
    }

    @Test
    void noTwoAreTheSame() {
        command.run(KeyCommand.caller(List.of()));
        command.run(KeyCommand.caller(List.of()));
        assertThat(KEY.matcher(out.toString(UTF_8)).results().map(found -> found.group(1)))
                .hasSize(2)
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.b", "", "a b", "a=b"})
    void whatCannotStandInAKeyOfTheConfigurationIsNoName(String name) {
        assertThatThrownBy(() -> KeyCommand.caller(List.of(name)))
                .isInstanceOf(WrongArgumentsException.class)
                .hasMessageStartingWith("usage: threadwright key");
    }
}
