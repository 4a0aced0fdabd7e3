package dev.threadwright.callback;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.callback.CallbackRefusedException.Reason;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import java.util.Base64;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CallbackKeyTest {

    private static final long EXPIRES_AT_MS = 1_700_000_000_000L;
    private static final Callback CALLBACK = callback("t/ä|", "r1", "r1-1/2.3", 2, EXPIRES_AT_MS);

    private final CallbackKey key = key("a");

    private static CallbackKey key(String of) {
        return new CallbackKey(of.repeat(CallbackKey.MIN_BYTES).getBytes(UTF_8));
    }

    private static Callback callback(String thread, String run, String action, int attempt, long expiresAtMs) {
        return new Callback(
                new ThreadKey("default", thread), new RunId(run), new ActionId(action), attempt, expiresAtMs);
    }

    private static void refused(Reason reason, ThrowingCallable reading) {
        assertThatThrownBy(reading)
                .isInstanceOfSatisfying(
                        CallbackRefusedException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    @Test
    void a_token_is_read_back_until_it_expires() throws CallbackRefusedException {
        String token = key.token(CALLBACK);
        assertThat(token).matches("[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{43}").isEqualTo(key.token(CALLBACK));
        assertThat(key.read(token, EXPIRES_AT_MS - 1)).isEqualTo(CALLBACK);
        assertThat(key("a").read(token, 0)).isEqualTo(CALLBACK);
        refused(Reason.EXPIRED, () -> key.read(token, EXPIRES_AT_MS));
    }

    @Test
    void no_character_of_it_can_be_another() {
        String token = key.token(CALLBACK);
        for (int i = 0; i < token.length(); i++) {
            for (char other :
                    List.of('A', 'B', 'z', '0', '_', '-', '.', '=', 'é').toArray(Character[]::new)) {
                if (token.charAt(i) != other) {
                    String altered = token.substring(0, i) + other + token.substring(i + 1);
                    refused(Reason.FORGED, () -> key.read(altered, 0));
                }
            }
        }
    }

    @Test
    void what_is_longer_shorter_empty_or_signed_by_another_is_forged() {
        String token = key.token(CALLBACK);
        String content = token.substring(0, token.indexOf('.'));
        for (String forged : List.of(
                "",
                ".",
                content,
                content + ".",
                token + "A",
                token + "=",
                token.substring(1),
                token.substring(0, token.length() - 1),
                token + "." + token,
                "x".repeat(CallbackKey.MAX_LENGTH + 1),
                key("b").token(CALLBACK))) {
            refused(Reason.FORGED, () -> key.read(forged, 0));
        }
    }

    /** Whoever has one token cannot make another of it: an expired one is not younger for another number in it. */
    @Test
    void the_parts_of_two_tokens_do_not_go_together() {
        String old = key.token(callback("t", "r1", "a", 1, 1));
        String fresh = key.token(callback("t", "r1", "a", 2, EXPIRES_AT_MS));
        String mixed = fresh.substring(0, fresh.indexOf('.')) + old.substring(old.indexOf('.'));
        refused(Reason.FORGED, () -> key.read(mixed, 0));
        String younger = new String(Base64.getUrlDecoder().decode(old.substring(0, old.indexOf('.'))), UTF_8)
                .replaceFirst("1]$", EXPIRES_AT_MS + "]");
        refused(
                Reason.FORGED,
                () -> key.read(
                        Base64.getUrlEncoder().withoutPadding().encodeToString(younger.getBytes(UTF_8))
                                + old.substring(old.indexOf('.')),
                        0));
    }

    @Test
    void everything_that_it_is_for_makes_it_another() {
        assertThat(List.of(
                        key.token(CALLBACK),
                        key.token(new Callback(
                                new ThreadKey("other", "t/ä|"), new RunId("r1"), CALLBACK.action(), 2, EXPIRES_AT_MS)),
                        key.token(callback("t", "r1", "r1-1/2.3", 2, EXPIRES_AT_MS)),
                        key.token(callback("t/ä|", "r2", "r1-1/2.3", 2, EXPIRES_AT_MS)),
                        key.token(callback("t/ä|", "r1", "r1-1", 2, EXPIRES_AT_MS)),
                        key.token(callback("t/ä|", "r1", "r1-1/2.3", 3, EXPIRES_AT_MS)),
                        key.token(callback("t/ä|", "r1", "r1-1/2.3", 2, EXPIRES_AT_MS + 1))))
                .doesNotHaveDuplicates();
    }

    @Test
    void a_short_key_is_none() {
        assertThatThrownBy(() -> new CallbackKey(new byte[CallbackKey.MIN_BYTES - 1]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("has 31 bytes; at least 32");
    }
}
