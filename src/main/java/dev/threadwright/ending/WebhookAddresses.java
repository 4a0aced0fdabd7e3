package dev.threadwright.ending;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses this server sends to for others. What only the server can reach (itself, its network, the metadata of
 * its cloud) is not theirs to reach through it.
 */
public final class WebhookAddresses {

    /** Of an address as text; in UTF-16 units. */
    public static final int MAX_LENGTH = 2_048;

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

    private final boolean allowPrivate;
    private final HostNames hostNames;

    /** @param allowPrivate whether everything may be sent to: where those who ask for runs are trusted with the network */
    public WebhookAddresses(boolean allowPrivate) {
        this(allowPrivate, HostNames.OF_THE_SYSTEM);
    }

    WebhookAddresses(boolean allowPrivate, HostNames hostNames) {
        this.allowPrivate = allowPrivate;
        this.hostNames = hostNames;
    }

    /**
     * Why nothing will be sent to this address; null if something may be. Blocks while the host is looked up. A host that
     * is not found is no reason: it may be found when there is something to send, and is checked again then.
     */
    public @Nullable String check(String url) {
        try {
            target(url);
            return null;
        } catch (RefusedAddressException e) {
            return e.getMessage();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    WebhookTarget target(String url) throws RefusedAddressException, UnknownHostException {
        URI uri = uri(url);
        String host = uri.getHost();
        boolean isSecure = isSecure(uri);
        if (host == null || host.isEmpty()) {
            throw new RefusedAddressException("The webhook's address names no host");
        }
        if (uri.getRawUserInfo() != null) {
            throw new RefusedAddressException("The webhook's address must hold no user and password");
        }
        int port = uri.getPort() == -1 ? isSecure ? 443 : 80 : uri.getPort();
        if (port < 1 || port > 65_535) {
            throw new RefusedAddressException("The webhook's address has no such port: " + port);
        }
        boolean isLiteral6 = host.startsWith("[");
        List<InetAddress> addresses = hostNames.addresses(isLiteral6 ? host.substring(1, host.length() - 1) : host);
        for (InetAddress address : addresses) {
            if (!allowPrivate && !isPublic(address)) {
                throw new RefusedAddressException("The webhook's host " + host + " is at " + address.getHostAddress()
                        + ", which is not a public address");
            }
        }
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery();
        return new WebhookTarget(isSecure, host, port, addresses, query == null ? path : path + "?" + query);
    }

    private static URI uri(String url) throws RefusedAddressException {
        if (url.length() > MAX_LENGTH) {
            throw new RefusedAddressException(
                    "The webhook's address has " + url.length() + " characters; at most " + MAX_LENGTH);
        }
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw new RefusedAddressException("The webhook's address is no URL: " + e.getReason());
        }
    }

    private static boolean isSecure(URI uri) throws RefusedAddressException {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "https" -> true;
            case "http" -> false;
            default -> throw new RefusedAddressException("The webhook's address must begin with https:// or http://");
        };
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
