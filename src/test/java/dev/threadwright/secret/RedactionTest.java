package dev.threadwright.secret;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedactionTest {

    private static final String SECRET = "s3cr3t-Value/42+x";

    private final Redaction redaction = new Redaction(List.of(new Secret("payments", SECRET)));

    @Test
    void aSecretWithinWhatIsEncodedIsTakenOutWhereverItStands() {
        for (int before = 0; before < 8; before++) {
            for (int after = 0; after < 5; after++) {
                byte[] whole = ("Bearer !".substring(0, before) + SECRET + "=tail".substring(0, after)).getBytes(UTF_8);
                for (Base64.Encoder encoder :
                        List.of(Base64.getEncoder(), Base64.getEncoder().withoutPadding(), Base64.getUrlEncoder())) {
                    String told = redaction.of("echo " + encoder.encodeToString(whole) + " end");
                    assertThat(told)
                            .contains("[secret payments]")
                            .startsWith("echo ")
                            .endsWith(" end");
                    // Nothing of it is left but what its neighbours share.
                    String left = told.substring(5, told.length() - 4).replace("[secret payments]", "");
                    assertThat(left.replace("=", "").length()).isLessThanOrEqualTo((before + after + 2) * 4 / 3 + 2);
                }
            }
        }
    }

    @Test
    void whatIsNoneIsLeftAsItIs() {
        String other = Base64.getEncoder().encodeToString("Bearer something else".getBytes(UTF_8));
        assertThat(redaction.of(other)).isEqualTo(other);
    }

    @Test
    void ofAShortSecretNothingThatMayBeAnythingIsTaken() {
        Redaction shortOne = new Redaction(List.of(new Secret("pin", "123")));
        assertThat(shortOne.of("xMTI")).isEqualTo("xMTI");
    }
}
