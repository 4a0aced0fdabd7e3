package dev.threadwright.callback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import org.junit.jupiter.api.Test;

class TokenRedactionTest {

    @Test
    void a_token_is_hidden_wherever_it_stands_and_nothing_else_changes() {
        assertThat(TokenRedaction.of(JsonText.parse("""
                        {"hook": "https://a.example/callbacks/ab.cd/failure", "n": 1.50, "ab.cd": [null, true, "abXcd"]}
                        """), "ab.cd")).isEqualTo(JsonText.parse("""
                        {"hook": "https://a.example/callbacks/[secret callback]/failure", "n": 1.50,
                         "[secret callback]": [null, true, "abXcd"]}
                        """));
    }
}
