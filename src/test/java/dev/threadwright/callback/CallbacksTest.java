package dev.threadwright.callback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallbacksTest {

    private static final ThreadKey THREAD = new ThreadKey("default", "t");
    private static final long DEADLINE_MS = 1_700_000_000_000L;

    private static Callbacks open(@Nullable String publicUrl) {
        Callbacks callbacks = new Callbacks(publicUrl);
        callbacks.open(new CallbackKey("k".repeat(CallbackKey.MIN_BYTES).getBytes(UTF_8)));
        return callbacks;
    }

    private static CallbackUrl url(Callbacks callbacks, long deadlineMs) {
        return callbacks.url(THREAD, new RunId("r"), new ActionId("r-1"), 1, deadlineMs);
    }

    @ParameterizedTest
    @CsvSource({
        "https://threads.example, https://threads.example/callbacks/",
        "https://threads.example/, https://threads.example/callbacks/",
        "http://127.0.0.1:8080, http://127.0.0.1:8080/callbacks/",
        "https://a.example:8443/tw/x/, https://a.example:8443/tw/x/callbacks/"
    })
    void a_url_begins_as_its_owner_says(String publicUrl, String before) throws CallbackRefusedException {
        Callbacks callbacks = open(publicUrl);
        CallbackUrl url = url(callbacks, DEADLINE_MS);
        assertThat(url.value()).isEqualTo(before + url.token());
        assertThat(url.toString()).as("for logs").isEqualTo(before + "...");
        assertThat(callbacks.read(url.token(), DEADLINE_MS).thread()).isEqualTo(THREAD);
    }

    @Test
    void it_is_believed_for_a_day_past_the_deadline_and_for_ever_if_there_is_none() throws CallbackRefusedException {
        Callbacks callbacks = open("https://threads.example");
        String token = url(callbacks, DEADLINE_MS).token();
        assertThat(callbacks.read(token, DEADLINE_MS + Callbacks.LATE_MS - 1).expiresAtMs())
                .isEqualTo(DEADLINE_MS + 86_400_000);
        assertThatThrownBy(() -> callbacks.read(token, DEADLINE_MS + Callbacks.LATE_MS))
                .isInstanceOf(CallbackRefusedException.class);
        assertThat(callbacks
                        .read(url(callbacks, Long.MAX_VALUE).token(), DEADLINE_MS)
                        .expiresAtMs())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void without_a_public_url_there_is_none_but_those_of_other_servers_are_understood()
            throws CallbackRefusedException {
        Callbacks alone = open(null);
        assertThat(alone.isReachable()).isFalse();
        assertThatThrownBy(() -> url(alone, DEADLINE_MS)).hasMessageContaining("threadwright.callbacks.public-url");
        String token = url(open("https://threads.example"), DEADLINE_MS).token();
        assertThat(alone.read(token, 0).run()).isEqualTo(new RunId("r"));
    }

    @Test
    void before_the_key_is_there_nothing_is_understood() {
        Callbacks early = new Callbacks("https://threads.example");
        assertThat(early.isOpen()).isFalse();
        assertThatThrownBy(() -> early.read("a.b", 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> url(early, 0)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            threads.example             | must begin with https:// or http:// and name a host
            ftp://threads.example       | must begin with https:// or http:// and name a host
            https:///path               | must begin with https:// or http:// and name a host
            https://a b                 | is no URL
            https://u:p@threads.example | must have no user, no query and no fragment
            https://threads.example?a=b | must have no user, no query and no fragment
            https://threads.example#a   | must have no user, no query and no fragment
            https://threads.example/ä   | must be ASCII
            """)
    void a_public_url_that_would_lead_nowhere_is_refused(String publicUrl, String message) {
        assertThatThrownBy(() -> new Callbacks(publicUrl))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
