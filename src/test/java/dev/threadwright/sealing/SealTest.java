package dev.threadwright.sealing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.sealing.SealedException.Reason;
import dev.threadwright.thread.ThreadKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SealTest {

    private static final ThreadKey THREAD = new ThreadKey("default", "t");
    private static final Cell CELL = Cell.of(THREAD, SealedColumn.EVENTS, 7);
    private static final String CONTENT = "[{\"type\":\"input.accepted\",\"data\":\"Grüße \\u0000 \uD83D\uDE00\"}]";

    private final DataKey key = new DataKey(3, Seal.fresh());

    @Test
    void whatIsSealedIsOpenedWhereItStands() {
        String text = Seal.text(key, CELL, CONTENT);
        String json = Seal.json(key, CELL, CONTENT);
        byte[] bytes = Seal.bytes(key, CELL, CONTENT.getBytes(UTF_8));
        assertThat(Seal.open(key, CELL, text)).isEqualTo(CONTENT);
        assertThat(Seal.open(key, CELL, json)).isEqualTo(CONTENT);
        assertThat(Seal.open(key, CELL, bytes)).isEqualTo(CONTENT.getBytes(UTF_8));
        assertThat(Seal.open(key, CELL, Seal.text(key, CELL, ""))).isEmpty();

        assertThat(text).startsWith("sealed:1:3:").doesNotContain("input");
        assertThat(json).startsWith("\"sealed:1:3:").endsWith("\"");
        assertThat(List.of(Seal.keyNumber(text), Seal.keyNumber(json), Seal.keyNumber(bytes)))
                .containsOnly(3);
        assertThat(Seal.isSealed(text)).isTrue();
        assertThat(Seal.isSealed(json)).isTrue();
        assertThat(Seal.isSealed(CONTENT)).isFalse();
        assertThat(bytes.length - CONTENT.getBytes(UTF_8).length)
                .as("the schema counts on it, too: keep_dead_letters_v1")
                .isEqualTo(Seal.OVERHEAD)
                .isEqualTo(33);
    }

    @Test
    void noBitOfItCanBeChanged() {
        byte[] sealed = Seal.bytes(key, CELL, new byte[] {1, 2, 3});
        for (int bit = 5 * Byte.SIZE; bit < sealed.length * Byte.SIZE; bit++) {
            byte[] changed = sealed.clone();
            changed[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertDamaged(() -> Seal.open(key, CELL, changed));
        }
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertDamaged(() -> {
                Seal.keyNumber(cut);
                Seal.open(key, CELL, cut);
            });
        }
        String text = Seal.text(key, CELL, CONTENT);
        String head = "sealed:1:3:";
        byte[] content = Base64.getUrlDecoder().decode(text.substring(head.length()));
        for (int bit = 0; bit < content.length * Byte.SIZE; bit++) {
            byte[] changed = content.clone();
            changed[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            String stored = head + Base64.getUrlEncoder().withoutPadding().encodeToString(changed);
            assertDamaged(() -> Seal.open(key, CELL, stored));
        }
        for (String stored :
                List.of("sealed:1:3:", "sealed:1:3:?", "sealed:1:3:AAAA", "sealed:1:3", "sealed:1:x:AAAA")) {
            assertDamaged(() -> {
                Seal.keyNumber(stored);
                Seal.open(key, CELL, stored);
            });
        }
    }

    @Test
    void itCannotBePutAnywhereElse() {
        String sealed = Seal.text(key, CELL, CONTENT);
        for (Cell other : List.of(
                Cell.of(THREAD, SealedColumn.EVENTS, 8),
                Cell.of(THREAD, SealedColumn.STATE, 7),
                Cell.of(new ThreadKey("default", "t2"), SealedColumn.EVENTS, 7),
                Cell.of(new ThreadKey("other", "t"), SealedColumn.EVENTS, 7),
                // One name ends where the next begins.
                Cell.of(new ThreadKey("defaul", "tt"), SealedColumn.EVENTS, 7))) {
            assertDamaged(() -> Seal.open(key, other, sealed));
        }
        byte[] same = key.getEncoded();
        assertDamaged(() -> Seal.open(new DataKey(4, same), CELL, sealed));
        assertDamaged(() -> Seal.open(new DataKey(3, Seal.fresh()), CELL, sealed));
    }

    @Test
    void theSameContentIsNeverSealedTheSameWay() {
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            // Twelve bytes are sixteen characters.
            nonces.add(Seal.text(key, CELL, "same").substring("sealed:1:3:".length(), "sealed:1:3:".length() + 16));
        }
        assertThat(nonces).hasSize(20_000);
    }

    @Test
    void whatPeopleAreToldIsNotTakenForSealed() {
        assertThat(Seal.clear("sealed:1:3:AAAA")).isEqualTo(" sealed:1:3:AAAA");
        assertThat(Seal.isSealed(Seal.clear("\"sealed:1:3:AAAA"))).isFalse();
        assertThat(Seal.clear("unsealed:1")).isEqualTo("unsealed:1");
    }

    @Test
    void aKeyThatIsDestroyedSealsAndOpensNothingMore() {
        String sealed = Seal.text(key, CELL, CONTENT);
        byte[] before = key.getEncoded();
        key.destroy();
        assertThat(key.isDestroyed()).isTrue();
        assertThatThrownBy(() -> Seal.open(key, CELL, sealed)).satisfies(e -> assertReason(e, Reason.ERASED));
        assertThatThrownBy(() -> Seal.text(key, CELL, CONTENT)).satisfies(e -> assertReason(e, Reason.ERASED));
        assertThat(new DataKey(3, new byte[DataKey.BYTES]))
                .as("wiped out, and not only marked")
                .isEqualTo(key)
                .isNotEqualTo(new DataKey(3, before));
    }

    private static void assertDamaged(Runnable opening) {
        assertThatThrownBy(opening::run).satisfies(e -> assertReason(e, Reason.DAMAGED));
    }

    private static void assertReason(Throwable failure, Reason reason) {
        assertThat(failure).isInstanceOf(SealedException.class);
        assertThat(((SealedException) failure).reason()).isEqualTo(reason);
    }
}
