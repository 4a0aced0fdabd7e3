package dev.threadwright.catalog;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A URL with names in braces for what is known at run time. Scheme, host and port are what the document says, so that no
 * data leads a request elsewhere; nor does it within the path, as what is put in is encoded whole.
 */
final class UrlTemplate {

    /** Of a template; characters. */
    static final int MAX_LENGTH = 2_048;

    private static final Pattern NAME = Pattern.compile("\\{([^{}]*)}");
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,99}");

    private final List<String> texts = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    private UrlTemplate() {}

    /** @throws IllegalArgumentException with what is wrong */
    static UrlTemplate of(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("has " + text.length() + " characters; at most " + MAX_LENGTH);
        }
        UrlTemplate template = new UrlTemplate();
        Matcher found = NAME.matcher(text);
        int from = 0;
        while (found.find()) {
            String name = found.group(1);
            if (!PLAIN_NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("\"" + name + "\" in braces is no name: letters, digits and _");
            }
            template.texts.add(text.substring(from, found.start()));
            template.names.add(name);
            from = found.end();
        }
        template.texts.add(text.substring(from));
        if (template.texts.stream().anyMatch(part -> part.contains("{") || part.contains("}"))) {
            throw new IllegalArgumentException("has a brace that belongs to no name");
        }
        template.check();
        return template;
    }

    private void check() {
        URI uri;
        try {
            uri = new URI(String.join("x", texts));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("is no URL: " + e.getReason(), e);
        }
        String scheme = uri.getScheme();
        if (scheme == null || !scheme.equals("https") && !scheme.equals("http")) {
            throw new IllegalArgumentException("must begin with https:// or http://");
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException("names no host");
        }
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("must hold no user and password; send a secret in a header");
        }
        if (uri.getPort() == 0 || uri.getPort() > 65_535) {
            throw new IllegalArgumentException("has no such port: " + uri.getPort());
        }
        if (uri.getRawFragment() != null) {
            throw new IllegalArgumentException("has a fragment, which is never sent");
        }
        if (!names.isEmpty()
                && texts.getFirst().length()
                        <= scheme.length() + 3 + uri.getRawAuthority().length()) {
            throw new IllegalArgumentException("may have names in its path and query alone: the host is fixed");
        }
        if (leadsElsewhere(String.join("x", texts))) {
            throw new IllegalArgumentException("must have no \".\" and no \"..\" in its path");
        }
    }

    boolean hasQuery() {
        return texts.stream().anyMatch(part -> part.contains("?"));
    }

    Set<String> names() {
        return new LinkedHashSet<>(names);
    }

    /** @throws IllegalArgumentException if the values would make it another path than it looks */
    String filled(Map<String, String> values) {
        StringBuilder url = new StringBuilder(texts.getFirst());
        for (int i = 0; i < names.size(); i++) {
            url.append(encoded(values.getOrDefault(names.get(i), ""))).append(texts.get(i + 1));
        }
        if (leadsElsewhere(url.toString())) {
            throw new IllegalArgumentException("has \".\" or \"..\" in its path, which would lead elsewhere");
        }
        return url.toString();
    }

    private static boolean leadsElsewhere(String url) {
        int query = url.indexOf('?');
        String path = query < 0 ? url : url.substring(0, query);
        for (String part : path.split("/", -1)) {
            String plain = part.replaceAll("(?i)%2e", ".");
            if (plain.equals(".") || plain.equals("..")) {
                return true;
            }
        }
        return false;
    }

    /** All but letters, digits and {@code - . _ ~}. */
    static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
