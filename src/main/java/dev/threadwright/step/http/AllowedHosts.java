package dev.threadwright.step.http;

import dev.threadwright.outbound.WebAddress;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where requests may go, by name: {@code api.example.com}, {@code *.example.com} for all below it, {@code *} for all; with a
 * port for that one alone; over https unless {@code http://} stands before it.
 */
public final class AllowedHosts {

    private static final Pattern FORM =
            Pattern.compile("(?:(https?)://)?(\\*|(?:\\*\\.)?[a-z0-9_.-]+|\\[[0-9a-f:.]+])(?::(\\d{1,5}))?");

    private static final int ANY_PORT = 0;

    private record Entry(boolean isSecure, String host, int port) {

        boolean admits(WebAddress address) {
            return isSecure == address.isSecure()
                    && (port == ANY_PORT || port == address.port())
                    && (host.equals("*") || isNamed(name(address)));
        }

        /** Whether it says more than anywhere. */
        boolean names(WebAddress address) {
            return !host.equals("*") && admits(address);
        }

        private boolean isNamed(String name) {
            return host.startsWith("*.") ? name.endsWith(host.substring(1)) : name.equals(host);
        }

        private static String name(WebAddress address) {
            String host = address.host();
            return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        }
    }

    private final List<Entry> entries;

    private AllowedHosts(List<Entry> entries) {
        this.entries = entries;
    }

    /** @throws IllegalArgumentException naming what is none */
    public static AllowedHosts of(List<String> forms) {
        return new AllowedHosts(forms.stream().map(AllowedHosts::entry).collect(Collectors.toUnmodifiableList()));
    }

    private static Entry entry(String form) {
        Matcher parts = FORM.matcher(form.strip().toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            throw new IllegalArgumentException("\"" + form
                    + "\" is no host like api.example.com, *.example.com, example.com:8443, http://localhost or *");
        }
        int port = parts.group(3) == null ? ANY_PORT : Integer.parseInt(parts.group(3));
        if (parts.group(3) != null && (port < 1 || port > 65_535)) {
            throw new IllegalArgumentException("\"" + form + "\" has no such port: " + port);
        }
        return new Entry(!"http".equals(parts.group(1)), parts.group(2), port);
    }

    boolean admits(WebAddress address) {
        return entries.stream().anyMatch(entry -> entry.admits(address));
    }

    /** Whether it is one of those that were listed by name: nobody sends a secret just anywhere. */
    boolean names(WebAddress address) {
        return entries.stream().anyMatch(entry -> entry.names(address));
    }
}
