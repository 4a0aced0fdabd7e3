package dev.threadwright.outbound;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/**
 * A URL that a request could be sent to, taken apart.
 *
 * @param host in lower case; brackets around an IPv6 address
 * @param port that of the scheme if the URL has none
 * @param path with the query, and without a fragment
 */
public record WebAddress(boolean isSecure, String host, int port, String path) {

    /** Of an address as text; in UTF-16 units. */
    public static final int MAX_LENGTH = 2_048;

    /**
     * @param whose as {@code The webhook's}, for errors
     * @throws RefusedAddressException if it is no address of the web
     */
    public static WebAddress of(String whose, String url) throws RefusedAddressException {
        URI uri = uri(whose, url);
        String host = uri.getHost();
        boolean isSecure = isSecure(whose, uri);
        if (host == null || host.isEmpty()) {
            throw new RefusedAddressException(whose + " address names no host");
        }
        if (uri.getRawUserInfo() != null) {
            throw new RefusedAddressException(whose + " address must hold no user and password");
        }
        int port = uri.getPort() == -1 ? isSecure ? 443 : 80 : uri.getPort();
        if (port < 1 || port > 65_535) {
            throw new RefusedAddressException(whose + " address has no such port: " + port);
        }
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        String query = uri.getRawQuery();
        return new WebAddress(isSecure, host.toLowerCase(Locale.ROOT), port, query == null ? path : path + "?" + query);
    }

    /** Scheme, host and port: what browsers call an origin. */
    public String origin() {
        String scheme = isSecure ? "https" : "http";
        return port == (isSecure ? 443 : 80) ? scheme + "://" + host : scheme + "://" + host + ":" + port;
    }

    /** Without the query, which may hold what is nobody's business. */
    public String withoutQuery() {
        int query = path.indexOf('?');
        return origin() + (query < 0 ? path : path.substring(0, query));
    }

    private static URI uri(String whose, String url) throws RefusedAddressException {
        if (url.length() > MAX_LENGTH) {
            throw new RefusedAddressException(
                    whose + " address has " + url.length() + " characters; at most " + MAX_LENGTH);
        }
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw new RefusedAddressException(whose + " address is no URL: " + e.getReason());
        }
    }

    private static boolean isSecure(String whose, URI uri) throws RefusedAddressException {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "https" -> true;
            case "http" -> false;
            default -> throw new RefusedAddressException(whose + " address must begin with https:// or http://");
        };
    }
}
