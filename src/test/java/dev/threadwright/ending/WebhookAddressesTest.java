package dev.threadwright.ending;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.outbound.Destination;
import dev.threadwright.outbound.WebAddress;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookAddressesTest {

    private static final Map<String, List<String>> NAMES = Map.of(
            "public.example", List.of("93.184.215.14"),
            "inside.example", List.of("10.1.2.3"),
            "both.example", List.of("93.184.215.14", "127.0.0.1"),
            "mapped.example", List.of("::ffff:169.254.169.254"));

    private final WebhookAddresses addresses = new WebhookAddresses(false, WebhookAddressesTest::lookUp);

    /** Names from the table; what is an address already, as Java understands it. */
    static List<InetAddress> lookUp(String host) throws UnknownHostException {
        if (NAMES.containsKey(host)) {
            return NAMES.get(host).stream().map(InetAddress::ofLiteral).toList();
        }
        try {
            return List.of(Inet4Address.ofPosixLiteral(host));
        } catch (IllegalArgumentException e) {
            // Not IPv4; IPv6 is tried below.
        }
        try {
            return List.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            throw new UnknownHostException(host);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.100.100.200",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "168.63.129.16",
                "169.254.0.1",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.192",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.1.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "2130706433",
                "0x7f000001",
                "0177.0.0.1",
                "[::]",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "[::ffff:10.0.0.1]",
                "[::7f00:1]",
                "[64:ff9b::7f00:1]",
                "[64:ff9b::a9fe:a9fe]",
                "[64:ff9b:1::1]",
                "[100::1]",
                "[2001::1]",
                "[2001:db8::1]",
                "[2002:7f00:1::]",
                "[3fff::1]",
                "[5f00::1]",
                "[fc00::1]",
                "[fd00:ec2::254]",
                "[fe80::1]",
                "[fec0::1]",
                "[ff02::1]"
            })
    void what_is_not_public_is_refused_however_it_is_written(String host) {
        assertThat(addresses.check("http://" + host + "/hook")).contains("which is not a public address");
        assertThat(addresses.check("https://" + host + ":8443/hook")).isNotNull();
        assertThat(new WebhookAddresses(true, WebhookAddressesTest::lookUp).check("http://" + host + "/hook"))
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "100.63.255.255",
                "100.128.0.1",
                "172.15.0.1",
                "172.32.0.1",
                "192.167.255.255",
                "192.169.0.1",
                "198.17.0.1",
                "198.20.0.1",
                "223.255.255.255",
                "[2606:4700::1111]",
                "[64:ff9b::101:101]",
                "[::ffff:1.1.1.1]",
                "public.example"
            })
    void what_is_public_is_sent_to(String host) {
        assertThat(addresses.check("https://" + host + "/hook")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"inside.example", "both.example", "mapped.example"})
    void a_name_is_as_good_as_the_worst_of_its_addresses(String host) {
        assertThat(addresses.check("https://" + host + "/")).contains("which is not a public address");
    }

    @Test
    void a_name_that_is_not_found_may_be_found_later() {
        assertThat(addresses.check("https://nobody.example/hook")).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ftp://public.example/         | must begin with https:// or http://
            file:///etc/passwd            | must begin with https:// or http://
            //public.example/             | must begin with https:// or http://
            public.example                | must begin with https:// or http://
            https://                      | is no URL
            https:///hook                 | names no host
            https://a_b/                  | names no host
            http://127.1/                 | names no host
            https://ann:pw@public.example | must hold no user and password
            https://public.example:0/     | has no such port: 0
            https://public.example:65536/ | has no such port: 65536
            https://public.example/a b    | is no URL
            """)
    void what_is_no_web_address_is_refused(String url, String reason) {
        assertThat(addresses.check(url)).contains(reason);
    }

    @Test
    void an_address_has_a_longest_length() {
        String url = "https://public.example/";
        assertThat(addresses.check(url + "x".repeat(WebAddress.MAX_LENGTH - url.length())))
                .isNull();
        assertThat(addresses.check(url + "x".repeat(WebAddress.MAX_LENGTH - url.length() + 1)))
                .isEqualTo("The webhook's address has 2049 characters; at most 2048");
    }

    @Test
    void a_target_is_an_address_that_was_checked() throws Exception {
        Destination target = addresses.target("HTTPS://public.example?a=1#part");
        assertThat(target)
                .isEqualTo(new Destination(
                        true, "public.example", 443, List.of(InetAddress.ofLiteral("93.184.215.14")), "/?a=1"));
        assertThat(addresses.target("http://public.example:8080/x%20y").path()).isEqualTo("/x%20y");
    }

    @Test
    void each_attempt_goes_to_the_next_of_several_addresses() {
        InetAddress first = InetAddress.ofLiteral("1.1.1.1");
        InetAddress second = InetAddress.ofLiteral("9.9.9.9");
        Destination target = new Destination(true, "h", 443, List.of(first, second), "/");
        assertThat(List.of(target.address(1), target.address(2), target.address(3)))
                .containsExactly(first, second, first);
    }
}
