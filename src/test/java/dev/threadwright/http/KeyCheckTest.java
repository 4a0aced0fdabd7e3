package dev.threadwright.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class KeyCheckTest {

    @Test
    void oneKeyOrNoneIsFine() {
        assertThat(KeyCheck.wrong(List.of())).isNull();
        assertThat(KeyCheck.wrong(List.of("k"))).isNull();
        assertThat(KeyCheck.wrong(List.of("k".repeat(255)))).isNull();
    }

    @Test
    void aKeyThatNoEventCanHaveIsRefusedByItsName() {
        assertThat(KeyCheck.wrong(List.of("k".repeat(256))))
                .isEqualTo("Header Idempotency-Key is too long: 256 characters, at most 255 characters");
        assertThat(KeyCheck.wrong(List.of("a\tb"))).startsWith("Header Idempotency-Key holds U+0009 at character 1");
    }

    @Test
    void severalKeysAndEmptyOnesAreRefused() {
        assertThat(KeyCheck.wrong(List.of("a", "b"))).isEqualTo("Header Idempotency-Key is there 2 times; give one");
        assertThat(KeyCheck.wrong(List.of("a", "a"))).isNotNull();
        assertThat(KeyCheck.wrong(List.of(" "))).startsWith("Header Idempotency-Key is empty");
    }
}
