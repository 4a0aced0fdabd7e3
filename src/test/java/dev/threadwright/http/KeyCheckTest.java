package dev.threadwright.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class KeyCheckTest {

    @Test
    void oneKeyOrNoneIsFine() {
        assertThat(KeyCheck.wrong(List.of())).isNull();
        assertThat(KeyCheck.wrong(List.of("k"))).isNull();
    }

    @Test
    void severalKeysAndEmptyOnesAreRefused() {
        assertThat(KeyCheck.wrong(List.of("a", "b"))).isEqualTo("Header Idempotency-Key is there 2 times; give one");
        assertThat(KeyCheck.wrong(List.of("a", "a"))).isNotNull();
        assertThat(KeyCheck.wrong(List.of(" "))).startsWith("Header Idempotency-Key is empty");
    }
}
