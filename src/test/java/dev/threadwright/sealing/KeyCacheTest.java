package dev.threadwright.sealing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.thread.ThreadKey;
import org.junit.jupiter.api.Test;

class KeyCacheTest {

    private final KeyCache cache = new KeyCache(3);

    @Test
    void soManyThreadsHaveKeysInIt_andTheOneThatWasLongestOfNoUseGoes() {
        for (int i = 0; i < 3; i++) {
            cache.put(thread(i), key(1), true);
        }
        assertThat(cache.current(thread(0))).isNotNull();
        cache.put(thread(3), key(1), true);
        assertThat(cache.size()).isEqualTo(3);
        assertThat(cache.current(thread(0))).as("was of use").isNotNull();
        assertThat(cache.current(thread(1))).isNull();
        for (int i = 0; i < 1_000; i++) {
            cache.put(thread(i), key(1), false);
        }
        assertThat(cache.size()).isEqualTo(3);
    }

    @Test
    void whatGoesForWantOfRoomMayBeInUse_andIsNotWipedOut() {
        DataKey first = key(1);
        cache.put(thread(0), first, true);
        for (int i = 1; i < 10; i++) {
            cache.put(thread(i), key(1), true);
        }
        assertThat(cache.current(thread(0))).isNull();
        assertThat(first.isDestroyed()).isFalse();
    }

    @Test
    void whatIsErasedIsWipedOut_andAKeyThatCameLaterStays() {
        DataKey first = key(1);
        DataKey second = key(2);
        cache.put(thread(0), first, false);
        cache.put(thread(0), second, true);
        cache.put(thread(1), key(1), true);
        cache.erase(thread(0), 1);
        assertThat(first.isDestroyed()).isTrue();
        assertThat(second.isDestroyed()).isFalse();
        assertThat(cache.get(thread(0), 1)).isNull();
        assertThat(cache.current(thread(0))).isSameAs(second);
        cache.erase(thread(0), 2);
        assertThat(second.isDestroyed()).isTrue();
        assertThat(cache.current(thread(0))).isNull();
        assertThat(cache.size()).isEqualTo(1);
        assertThat(cache.current(thread(1))).isNotNull();
        cache.erase(thread(7), 1);
        cache.put(thread(0), first, true);
        assertThat(cache.current(thread(0)))
                .as("a key that is destroyed is not kept")
                .isNull();
    }

    @Test
    void aThreadSealsWithItsCurrentKeyAndOpensWithAll() {
        cache.put(thread(0), key(2), true);
        cache.put(thread(0), key(1), false);
        DataKey current = cache.current(thread(0));
        assertThat(current == null ? 0 : current.number()).isEqualTo(2);
        assertThat(cache.get(thread(0), 1)).isNotNull();
        assertThat(cache.get(thread(0), 3)).isNull();
    }

    private static DataKey key(int number) {
        return new DataKey(number, Seal.fresh());
    }

    private static ThreadKey thread(int i) {
        return new ThreadKey("default", "t" + i);
    }
}
