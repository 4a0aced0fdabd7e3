package dev.threadwright.outbound;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/** Looks up where hosts are, and refuses what is not public. */
public final class Destinations {

    /** This host, private networks, link-local (metadata of clouds), shared by carriers, protocols, documentation, tests, multicast, reserved. */
    private static final List<AddressRange> NOT_PUBLIC_4 = ranges(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            // Public by its number, but to every machine of one cloud the machine that it runs on.
            "168.63.129.16/32",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4");

    /** Of IPv6 only what is given out to the public; the rest is local, multicast, or not there yet. */
    private static final AddressRange PUBLIC_6 = AddressRange.of("2000::/3");

    /** Protocols and tunnels (some with an IPv4 address in them), and documentation. */
    private static final List<AddressRange> NOT_PUBLIC_6 =
            ranges("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20");

    /** How networks without IPv4 write its addresses. */
    private static final AddressRange TRANSLATED = AddressRange.of("64:ff9b::/96");

    private final String whose;
    private final List<AddressRange> allowed;
    private final HostNames hostNames;

    /**
     * @param whose as {@code The webhook's}, for errors
     * @param allowed what may be sent to though it is not public: where those who ask for it are trusted with that
     */
    public Destinations(String whose, List<AddressRange> allowed, HostNames hostNames) {
        this.whose = whose;
        this.allowed = List.copyOf(allowed);
        this.hostNames = hostNames;
    }

    /**
     * Blocks while the host is looked up.
     *
     * @throws RefusedAddressException if one of its addresses is not public
     */
    public Destination of(WebAddress address) throws RefusedAddressException, UnknownHostException {
        String host = address.host();
        boolean isLiteral6 = host.startsWith("[");
        List<InetAddress> found = hostNames.addresses(isLiteral6 ? host.substring(1, host.length() - 1) : host);
        for (InetAddress one : found) {
            if (!isPublic(one) && allowed.stream().noneMatch(range -> range.contains(one))) {
                throw new RefusedAddressException(
                        whose + " host " + host + " is at " + one.getHostAddress() + ", which is not a public address");
            }
        }
        return new Destination(address.isSecure(), host, address.port(), found, address.path());
    }

    /** An IPv4 address that is written as an IPv6 one ({@code ::ffff:10.0.0.1}) is an IPv4 address to Java already. */
    static boolean isPublic(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return NOT_PUBLIC_4.stream().noneMatch(range -> range.contains(address));
        }
        if (TRANSLATED.contains(address)) {
            return isPublic(AddressRange.embedded(address));
        }
        return PUBLIC_6.contains(address) && NOT_PUBLIC_6.stream().noneMatch(range -> range.contains(address));
    }

    private static List<AddressRange> ranges(String... texts) {
        return Stream.of(texts).map(AddressRange::of).toList();
    }
}
