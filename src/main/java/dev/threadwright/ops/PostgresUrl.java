package dev.threadwright.ops;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The JDBC URL of the database: what stands in it, and what of it both clients take.
 *
 * @param address up to the parameters
 */
public record PostgresUrl(String address, Map<String, String> parameters) {

    public static final String PREFIX = "jdbc:postgresql:";

    /** Those that the client that reads has in other words. */
    private static final Set<String> OF_BOTH = Set.of("user", "password", "sslmode", "sslrootcert", "currentSchema");

    /** Of text that other code made of a URL. */
    private static final Pattern PARAMETERS = Pattern.compile("(jdbc:postgresql:[^\\s?]*)\\?[^\\s)\"']*");

    /** @throws IllegalArgumentException if it is none; what it says has nothing that could be a password */
    public static PostgresUrl of(String url) {
        if (!url.startsWith(PREFIX)) {
            throw new IllegalArgumentException(
                    "is a JDBC URL such as jdbc:postgresql://host:5432/database, which begins with " + PREFIX);
        }
        int query = url.indexOf('?');
        return query < 0
                ? new PostgresUrl(url, Map.of())
                : new PostgresUrl(url.substring(0, query), parameters(url.substring(query + 1)));
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> parameters = new TreeMap<>();
        for (String pair : query.split("&")) {
            int end = pair.indexOf('=');
            if (end > 0) {
                parameters.put(pair.substring(0, end), URLDecoder.decode(pair.substring(end + 1), UTF_8));
            }
        }
        return parameters;
    }

    /** The parameters that count for the JDBC driver alone. */
    List<String> ofOne() {
        return parameters.keySet().stream()
                .filter(name -> !OF_BOTH.contains(name))
                .toList();
    }

    /** A text in which all such URLs end before their parameters, one of which may be the password. */
    static String without(String text) {
        return PARAMETERS.matcher(text).replaceAll("$1");
    }
}
