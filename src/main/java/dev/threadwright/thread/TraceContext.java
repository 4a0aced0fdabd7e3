package dev.threadwright.thread;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where in a distributed trace something belongs, as W3C Trace Context has it.
 *
 * @param parent a {@code traceparent} of version 00
 * @param state the {@code tracestate} beside it; null if there is none, or none that can be read
 */
public record TraceContext(String parent, @Nullable String state) {

    /** Of a {@code tracestate}; from a longer one, members are left out. Characters; what the specification asks for. */
    public static final int MAX_STATE_LENGTH = 512;

    /** Of a {@code tracestate} as it comes; a longer one is not read at all. Characters. */
    public static final int MAX_SENT_STATE_LENGTH = 8_192;

    /** In a {@code tracestate}. */
    public static final int MAX_MEMBERS = 32;

    /** The first to be left out. Characters. */
    private static final int LONG_MEMBER = 128;

    private static final String VERSION = "00";
    private static final String FORBIDDEN_VERSION = "ff";
    private static final int SAMPLED = 1;

    private static final Pattern PARENT =
            Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", Pattern.DOTALL);
    private static final Pattern ZEROS = Pattern.compile("0+");
    private static final Pattern MEMBER = Pattern.compile(
            "[a-z0-9][a-z0-9_\\-*/@]{0,255}=[\\x20-\\x2b\\x2d-\\x3c\\x3e-\\x7e]{0,255}[\\x21-\\x2b\\x2d-\\x3c\\x3e-\\x7e]");

    /**
     * What headers say. What is malformed is as if it were not there, as the specification has it: a trace is nobody's
     * reason to refuse an input.
     */
    public static @Nullable TraceContext of(@Nullable String traceparent, @Nullable String tracestate) {
        String parent = traceparent == null ? null : parent(traceparent);
        return parent == null ? null : new TraceContext(parent, tracestate == null ? null : state(tracestate));
    }

    private static @Nullable String parent(String text) {
        Matcher matcher = PARENT.matcher(text);
        if (!matcher.matches()
                || ZEROS.matcher(matcher.group(2)).matches()
                || ZEROS.matcher(matcher.group(3)).matches()) {
            return null;
        }
        String version = matcher.group(1);
        if (version.equals(VERSION)) {
            return matcher.group(5) == null ? text : null;
        }
        if (version.equals(FORBIDDEN_VERSION)) {
            return null;
        }
        // Of a later version, what this one knows is the same; the rest means nothing here.
        boolean sampled = (Integer.parseInt(matcher.group(4), 16) & SAMPLED) != 0;
        return VERSION + "-" + matcher.group(2) + "-" + matcher.group(3) + (sampled ? "-01" : "-00");
    }

    private static @Nullable String state(String text) {
        if (text.length() > MAX_SENT_STATE_LENGTH) {
            return null;
        }
        List<String> members = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            String member = part.strip();
            if (member.isEmpty()) {
                continue;
            }
            if (members.size() == MAX_MEMBERS || !MEMBER.matcher(member).matches()) {
                return null;
            }
            members.add(member);
        }
        shorten(members);
        return members.isEmpty() ? null : members.stream().collect(Collectors.joining(","));
    }

    /** Whole members only: the long ones first, and from the end, where the oldest are. */
    private static void shorten(List<String> members) {
        for (int least = LONG_MEMBER; least >= 0; least -= LONG_MEMBER) {
            for (int i = members.size() - 1; i >= 0 && length(members) > MAX_STATE_LENGTH; i--) {
                if (members.get(i).length() > least) {
                    members.remove(i);
                }
            }
        }
    }

    private static int length(List<String> members) {
        return members.stream().mapToInt(String::length).sum() + Math.max(0, members.size() - 1);
    }
}
