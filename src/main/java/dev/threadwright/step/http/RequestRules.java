package dev.threadwright.step.http;

import dev.threadwright.workflow.Step;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an HTTP step may ask for; held against documents when they are registered, and against requests when they are sent. */
public final class RequestRules {

    /** What such steps are journaled as calling. */
    public static final String HANDLER = Step.Action.HTTP;

    public static final Set<String> METHODS = Set.of("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE");

    /** Those that change nothing, so that a redirect may send them elsewhere. */
    static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

    /** Headers that a step may set. */
    public static final int MAX_HEADERS = 50;

    /** Of a header's value without its secret; characters. */
    public static final int MAX_HEADER_LENGTH = 8_192;

    private static final Pattern HEADER_NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");

    /** They are the connection's, or would have the answer packed. */
    private static final Set<String> OF_THE_CONNECTION = Set.of(
            "accept-encoding",
            "connection",
            "content-length",
            "expect",
            "host",
            "http2-settings",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** The same for all attempts at an action. */
    static final String IDEMPOTENCY_KEY = "idempotency-key";

    private RequestRules() {}

    /** Null, or what is wrong. */
    public static @Nullable String problemWithMethod(String method) {
        return METHODS.contains(method)
                ? null
                : "there is no method \"" + method + "\"; there are "
                        + METHODS.stream().sorted().toList();
    }

    /** Null, or what is wrong. */
    public static @Nullable String problemWithHeader(String name) {
        if (!HEADER_NAME.matcher(name).matches()) {
            return "is no name of a header";
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.equals(IDEMPOTENCY_KEY)) {
            return "is set by the server, the same for every attempt";
        }
        return OF_THE_CONNECTION.contains(lower) ? "belongs to the connection and is set by the server" : null;
    }

    /** Null, or what is wrong. */
    public static @Nullable String problemWithHeaderValue(String value) {
        if (value.length() > MAX_HEADER_LENGTH) {
            return "has " + value.length() + " characters; a header has at most " + MAX_HEADER_LENGTH;
        }
        return value.chars().allMatch(one -> one >= 0x20 && one < 0x7f || one == '\t')
                ? null
                : "has characters that a header cannot have";
    }

    /** Whether a request of this method may have a body. */
    public static boolean hasBody(String method) {
        return !SAFE_METHODS.contains(method);
    }
}
