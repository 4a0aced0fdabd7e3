package dev.threadwright.ending;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;

class WebhookSignatureTest {

    /** The example of the libraries of Standard Webhooks. */
    @Test
    void signs_as_others_verify() {
        assertThat(new WebhookSignature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
                        .of(
                                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                1_614_265_330,
                                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void a_secret_has_a_form_and_a_length() {
        assertThatThrownBy(() -> new WebhookSignature("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
                .hasMessage("the secret must begin with whsec_");
        assertThatThrownBy(() -> new WebhookSignature("whsec_?")).hasMessage("the secret must be base64 after whsec_");
        for (int bytes : new int[] {WebhookSignature.MIN_SECRET - 1, WebhookSignature.MAX_SECRET + 1}) {
            assertThatThrownBy(() -> new WebhookSignature(secret(bytes)))
                    .hasMessage("the secret must have from 16 to 128 bytes, and has " + bytes);
        }
        assertThat(new WebhookSignature(secret(WebhookSignature.MIN_SECRET))).isNotNull();
        assertThat(new WebhookSignature(secret(WebhookSignature.MAX_SECRET))).isNotNull();
    }

    private static String secret(int bytes) {
        return "whsec_" + Base64.getEncoder().encodeToString(new byte[bytes]);
    }
}
