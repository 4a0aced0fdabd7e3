package dev.threadwright.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLetterNamesTest {

    private final DeadLetterNames names = new DeadLetterNames();

    @BeforeEach
    void open() {
        names.open("sixteen bytes ok".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "15, 1742", "2147483647, 9223372036854775807"})
    void aNameIsReadBackByEveryServer(int partition, long position) {
        OutboxPlace place = new OutboxPlace(partition, position);
        String name = names.of(place);
        assertThat(name).matches("[0-9a-f]{32}").isEqualTo(names.of(place));
        open();
        assertThat(names.place(name)).isEqualTo(place);
    }

    /** Who has two cannot tell how many are between them, nor make a third one. */
    @Test
    void neighboursHaveNothingInCommon() {
        Set<String> parts = new HashSet<>();
        for (int position = 1; position <= 100; position++) {
            String name = names.of(new OutboxPlace(0, position));
            for (int from = 0; from < name.length(); from += 8) {
                assertThat(parts.add(from + ":" + name.substring(from, from + 8)))
                        .as(name)
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "3-12",
                "00000000000000000000000000000000",
                "ffffffffffffffffffffffffffffffff",
                "0123456789abcdef0123456789abcdef0",
                "0123456789ABCDEF0123456789ABCDEF"
            })
    void whatNobodyWasToldIsNoName(String name) {
        assertThat(names.place(name)).isNull();
    }

    @Test
    void anotherInstallationHasOtherNames() {
        String name = names.of(new OutboxPlace(3, 12));
        names.open(new byte[DeadLetterNames.KEY_BYTES]);
        assertThat(names.place(name)).isNull();
        assertThat(names.of(new OutboxPlace(3, 12))).isNotEqualTo(name);
    }

    @Test
    void thereAreNoneBeforeTheKeyIsRead() {
        DeadLetterNames early = new DeadLetterNames();
        assertThatThrownBy(() -> early.of(new OutboxPlace(3, 12))).isInstanceOf(JournalUnavailableException.class);
        assertThatThrownBy(() -> early.place(names.of(new OutboxPlace(3, 12))))
                .isInstanceOf(JournalUnavailableException.class);
        assertThatThrownBy(() -> early.open(new byte[8])).hasMessageContaining("8 bytes");
    }
}
