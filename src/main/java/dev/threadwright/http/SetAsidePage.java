package dev.threadwright.http;

import dev.threadwright.query.SetAsideReads.Place;
import dev.threadwright.query.StoredSetAside;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "SetAsidePage", description = "Threads that are set aside, the oldest first.")
record SetAsidePage(
        @Schema(required = true) List<SetAsideView> threads,

        @Schema(
                required = true,
                nullable = true,
                description = "What the next page comes after; null if this is the end, for now.")
        @Nullable String next) {

    private static final Pattern PLACE = Pattern.compile("(\\d{1,15})-([^\\x00]{1,255})", Pattern.DOTALL);

    /** @param found one more than the page may hold if there are more */
    static SetAsidePage of(List<StoredSetAside> found, int limit) {
        List<StoredSetAside> page = found.size() > limit ? found.subList(0, limit) : found;
        return new SetAsidePage(
                page.stream().map(SetAsideView::of).toList(), found.size() > limit ? text(page.getLast()) : null);
    }

    /** @throws ProblemException if no page ended there */
    static Place place(String text) {
        try {
            String place = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            Matcher parts = PLACE.matcher(place);
            if (parts.matches()) {
                return new Place(Long.parseLong(parts.group(1)), parts.group(2));
            }
        } catch (IllegalArgumentException e) {
            // Said below, as for what is base64 and nothing else.
        }
        throw new ProblemException(
                Problem.of(ProblemType.INVALID_REQUEST, "Query parameter after must be the `next` of a page"));
    }

    private static String text(StoredSetAside last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((last.sinceMs + "-" + last.thread).getBytes(StandardCharsets.UTF_8));
    }
}
