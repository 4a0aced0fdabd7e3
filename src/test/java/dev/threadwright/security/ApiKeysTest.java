package dev.threadwright.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeysTest {

    private static final Caller ANN = new Caller("acme", "ann", Set.of(Role.READ));
    private static final Caller BEN = new Caller("globex", "ben", Set.of(Role.WRITE));

    private final String annsKey = ApiKey.fresh(new SecureRandom());
    private final String bensKey = ApiKey.fresh(new SecureRandom());
    private final ApiKeys keys = new ApiKeys(
            List.of(new ApiKeys.Entry(ApiKey.hash(annsKey), ANN), new ApiKeys.Entry(ApiKey.hash(bensKey), BEN)));

    @Test
    void aKeyIsItsCallers() {
        assertThat(keys.find(annsKey)).isEqualTo(ANN);
        assertThat(keys.find(bensKey)).isEqualTo(BEN);
    }

    @Test
    void anythingElseIsNobodys() {
        assertThat(keys.find("")).isNull();
        assertThat(keys.find(annsKey + "x")).isNull();
        assertThat(keys.find(annsKey.substring(1))).isNull();
        assertThat(keys.find(ApiKey.hash(annsKey))).isNull();
        assertThat(keys.find("x".repeat(1_000_000))).isNull();
    }

    /** As {@code printf %s key | openssl dgst -sha256} has it. */
    @Test
    void theHashIsThatOfOtherTools() {
        assertThat(ApiKey.hash("abc"))
                .isEqualTo("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        ApiKeys abc = new ApiKeys(List.of(new ApiKeys.Entry(
                " " + ApiKey.hash("abc").toUpperCase(Locale.ROOT).replace("SHA", "sha"), ANN)));
        assertThat(abc.find("abc")).isEqualTo(ANN);
    }

    @Test
    void keysAreLongAndNeverTheSame() {
        assertThat(annsKey).startsWith("tw_").hasSizeGreaterThan(43).isNotEqualTo(bensKey);
    }

    /** It may well be the key itself that somebody put there. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tw_mysecret",
                "sha256:mysecret",
                "sha256:abcd",
                "md5:900150983cd24fb0d6963f7d28e17f72",
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            })
    void whatIsNoHashIsRefusedWithoutBeingTold(String hash) {
        assertThatThrownBy(() -> new ApiKeys.Entry(hash, ANN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("sha256:")
                .hasMessageNotContaining("mysecret")
                .hasMessageNotContaining("900150983cd24fb0");
    }
}
