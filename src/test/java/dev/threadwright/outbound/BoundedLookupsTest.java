package dev.threadwright.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundedLookupsTest {

    private static final InetAddress ADDRESS = InetAddress.ofLiteral("1.1.1.1");

    @Test
    void a_host_is_looked_up_on_another_thread() throws UnknownHostException {
        Thread asking = Thread.currentThread();
        try (BoundedLookups lookups = new BoundedLookups(
                host -> {
                    assertThat(Thread.currentThread()).isNotSameAs(asking);
                    return List.of(ADDRESS);
                },
                20_000)) {
            assertThat(lookups.addresses("a.example")).containsExactly(ADDRESS);
        }
    }

    @Test
    void one_that_is_not_found_is_named_and_one_that_takes_too_long_too() {
        try (BoundedLookups lookups = new BoundedLookups(
                host -> {
                    throw new UnknownHostException("elsewhere");
                },
                20_000)) {
            assertThatThrownBy(() -> lookups.addresses("a.example"))
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessage("a.example");
        }
        try (BoundedLookups lookups = new BoundedLookups(BoundedLookupsTest::never, 20)) {
            assertThatThrownBy(() -> lookups.addresses("a.example"))
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessage("a.example: no answer in 20 ms");
        }
    }

    @Test
    void so_many_are_looked_up_at_once_and_so_many_wait() {
        AtomicInteger running = new AtomicInteger();
        CountDownLatch answered = new CountDownLatch(1);
        int room = BoundedLookups.MAX_AT_ONCE + BoundedLookups.MAX_WAITING;
        try (BoundedLookups lookups = new BoundedLookups(
                host -> {
                    running.incrementAndGet();
                    return hold(answered);
                },
                60_000)) {
            for (int i = 0; i < room; i++) {
                Thread.ofVirtual().start(() -> {
                    try {
                        lookups.addresses("a.example");
                    } catch (UnknownHostException e) {
                        assertThat(e).hasMessageContaining("a.example");
                    }
                });
            }
            await().until(() -> lookups.waiting() == BoundedLookups.MAX_WAITING);
            assertThat(running).hasValue(BoundedLookups.MAX_AT_ONCE);
            assertThatThrownBy(() -> lookups.addresses("b.example"))
                    .hasMessage("b.example: too many hosts are being looked up");
            answered.countDown();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "/8", "host/8", "::/129"})
    void what_is_no_range_of_addresses_is_said(String text) {
        assertThatThrownBy(() -> AddressRange.of(text)).hasMessage("No range of addresses: " + text);
    }

    @Test
    void a_range_may_be_one_address_or_all() {
        assertThat(AddressRange.of("1.1.1.1").contains(ADDRESS)).isTrue();
        assertThat(AddressRange.of("1.1.1.0").contains(ADDRESS)).isFalse();
        assertThat(AddressRange.ALL).anyMatch(range -> range.contains(ADDRESS));
        assertThat(AddressRange.ALL).anyMatch(range -> range.contains(InetAddress.ofLiteral("fe80::1")));
    }

    private static List<InetAddress> never(String host) {
        return hold(new CountDownLatch(1));
    }

    private static List<InetAddress> hold(CountDownLatch until) {
        try {
            until.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return List.of(ADDRESS);
    }
}
