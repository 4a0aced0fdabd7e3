package dev.threadwright.thread;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;

class IdentityTest {

    private static final ThreadKey THREAD = new ThreadKey("default", "t1");
    private static final Identity IDENTITY = new Identity("/shop", "order-1");
    private static final long TIME_MS = 1_700_000_000_123L;

    @Test
    void aRunIdIsTheSameForTheSameCommandAndAnotherForAnother() {
        RunId run = RunIds.of(THREAD, IDENTITY, TIME_MS);

        assertThat(RunIds.of(new ThreadKey("default", "t1"), new Identity("/shop", "order-1"), TIME_MS))
                .isEqualTo(run);
        assertThat(RunIds.of(THREAD, new Identity("/shop", "order-2"), TIME_MS)).isNotEqualTo(run);
        assertThat(RunIds.of(THREAD, new Identity("/shop2", "order-1"), TIME_MS))
                .isNotEqualTo(run);
        assertThat(RunIds.of(new ThreadKey("default", "t2"), IDENTITY, TIME_MS)).isNotEqualTo(run);
        assertThat(RunIds.of(new ThreadKey("other", "t1"), IDENTITY, TIME_MS)).isNotEqualTo(run);
        assertThat(RunIds.of(THREAD, IDENTITY, TIME_MS + 1)).isNotEqualTo(run);
    }

    @Test
    void aRunIdIsAVersion7UuidOfTheCommandsTime() {
        UUID uuid = UUID.fromString(RunIds.of(THREAD, IDENTITY, TIME_MS).value());

        assertThat(uuid.version()).isEqualTo(7);
        assertThat(uuid.variant()).isEqualTo(2);
        assertThat(uuid.getMostSignificantBits() >>> 16).isEqualTo(TIME_MS);
    }

    /** Written down, because outcomes are stored under these: another release must compute the same. */
    @Test
    void theHashesOfAnIdentityDoNotChange() {
        assertThat(IdentityHash.of(IDENTITY))
                .isEqualTo("a0093ad68b28c42890d7c000c5a2a8ef88de0d4b75df5b5d2a1bea5be90c46ea");
        assertThat(IdentityHash.ofConflict(IDENTITY, "abc"))
                .isEqualTo("bc40a7f29c2009109e35afe4f00387e85b6d5cf291962d233be99cbc9713cc8c");
        assertThat(RunIds.of(THREAD, IDENTITY, TIME_MS).value()).isEqualTo("018bcfe5-687b-7243-834d-95c6cd45fc98");
    }

    @Test
    void theFramingKeepsPartsApart() {
        assertThat(Fingerprint.of("ab", "c")).hasSize(32).isNotEqualTo(Fingerprint.of("a", "bc"));
        assertThat(Fingerprint.of(null, "a")).isNotEqualTo(Fingerprint.of("", "a"));
        assertThat(Fingerprint.of("a")).isNotEqualTo(Fingerprint.of("a", null));
    }
}
