package dev.threadwright.step.http;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a body says of itself.
 *
 * @param media in lower case, without parameters; empty if it says nothing
 */
record ContentType(String media, Charset charset) {

    private static final Pattern CHARSET = Pattern.compile("(?i);\\s*charset\\s*=\\s*\"?([A-Za-z0-9:._-]{1,40})");

    static ContentType of(@Nullable String header) {
        if (header == null) {
            return new ContentType("", StandardCharsets.UTF_8);
        }
        int parameters = header.indexOf(';');
        String media = (parameters < 0 ? header : header.substring(0, parameters)).strip();
        return new ContentType(media.toLowerCase(Locale.ROOT), charset(header));
    }

    private static Charset charset(String header) {
        Matcher named = CHARSET.matcher(header);
        try {
            return named.find() ? Charset.forName(named.group(1)) : StandardCharsets.UTF_8;
        } catch (IllegalArgumentException e) {
            return StandardCharsets.UTF_8; // One that nobody knows: what does not decode is taken for bytes.
        }
    }

    boolean isJson() {
        return media.equals("application/json") || media.endsWith("+json");
    }

    boolean isForm() {
        return media.equals("application/x-www-form-urlencoded");
    }

    boolean isText() {
        return media.isEmpty()
                || media.startsWith("text/")
                || media.endsWith("/xml")
                || media.endsWith("+xml")
                || media.endsWith("/javascript")
                || media.endsWith("/yaml")
                || media.endsWith("/x-ndjson")
                || isForm();
    }

    @Override
    public String toString() {
        return media;
    }
}
