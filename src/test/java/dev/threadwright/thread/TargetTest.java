package dev.threadwright.thread;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.workflow.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TargetTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
                    https://api.example.com/v1/charges,        http/api.example.com
                    https://API.Example.com:8443,              http/api.example.com:8443
                    https://user:secret@api.example.com/x,     http/api.example.com
                    http://127.0.0.1:8080/,                    http/127.0.0.1:8080
                    https://[2001:db8::1]:444/x,               http/[2001:db8::1]:444
                    https://[2001:db8::1]/x,                   http/[2001:db8::1]
                    https://api.example.com?q=a@b:1,           http/api.example.com
                    no url,                                    http/
                    """)
    void requestsReachHosts(String url, String target) {
        assertThat(Target.of("http", Json.object("url", Json.of(url)))).isEqualTo(target);
    }

    @Test
    void questionsReachModels() {
        assertThat(Target.of("chat", Json.object("model", Json.of("fast")))).isEqualTo("chat/fast");
        assertThat(Target.of("chat", Json.object("model", Json.NULL))).isEqualTo("chat/default");
        assertThat(Target.of("chat", Json.EMPTY_OBJECT)).isEqualTo("chat/default");
    }

    @Test
    void allOthersReachWhatTheyAreCalled() {
        assertThat(Target.of("charge-card", Json.NULL)).isEqualTo("charge-card");
        assertThat(Target.of("x".repeat(Target.MAX_LENGTH + 1), Json.NULL)).hasSize(Target.MAX_LENGTH);
    }
}
