package dev.threadwright.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How the place where a page of a list ends is told to callers, who give it back to go on there.
 *
 * @param <V> what the list has
 * @param <P> a place in it
 * @param form of a place as a text; what a character means does not depend on the line that it stands in
 * @param read null if there is no such place
 * @param write where a page ends whose last is this
 */
record Cursor<V, P>(Pattern form, Function<MatchResult, @Nullable P> read, Function<V, String> write) {

    static <V, P> Cursor<V, P> of(String form, Function<MatchResult, @Nullable P> read, Function<V, String> write) {
        return new Cursor<>(Pattern.compile(form, Pattern.DOTALL), read, write);
    }

    /** Of a list in either order: one who goes on in the other one would miss what lies between. */
    static <V, P> Cursor<V, P> of(
            boolean newestFirst, String form, Function<MatchResult, @Nullable P> read, Function<V, String> write) {
        String order = newestFirst ? "n-" : "o-";
        return of(order + form, read, last -> order + write.apply(last));
    }

    /**
     * What a request asks for.
     *
     * @param after the query parameter: {@code next} of a page; null for the first
     * @param limit the query parameter; null for {@code absent}
     * @throws ProblemException if one of them is not what it should be
     */
    Paging<V, P> paging(@Nullable String after, @Nullable String limit, int max, int absent) {
        int most = (int) QueryNumbers.read("limit", limit, 1, max, absent);
        return new Paging<>(this, after == null ? null : place(after), most);
    }

    private P place(String text) {
        try {
            Matcher parts = form.matcher(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8));
            P place = parts.matches() ? read.apply(parts) : null;
            if (place != null) {
                return place;
            }
        } catch (IllegalArgumentException e) {
            // Said below, as for what is base64 and nothing else.
        }
        throw QueryTexts.wrong("after", "must be the `next` of a page of this list, in the same order");
    }

    String text(V last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(write.apply(last).getBytes(StandardCharsets.UTF_8));
    }
}
