package dev.threadwright.http;

import dev.threadwright.query.ActionReads.Place;
import dev.threadwright.query.StoredAction;
import dev.threadwright.thread.ActionId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "ActionsPage", description = "Actions that are not done, the oldest first.")
record ActionsPage(
        @Schema(required = true) List<ActionView> actions,

        @Schema(
                required = true,
                nullable = true,
                description = "What the next page comes after; null if this is the end, for now.")
        @Nullable String next) {

    private static final Pattern PLACE = Pattern.compile("(\\d{1,15})-([^\\x00]{1,1000})");

    /** @param found one more than the page may hold if there are more */
    static ActionsPage of(List<StoredAction> found, int limit) {
        List<StoredAction> page = found.size() > limit ? found.subList(0, limit) : found;
        return new ActionsPage(
                page.stream().map(action -> ActionView.of(action, null)).toList(),
                found.size() > limit ? text(page.getLast()) : null);
    }

    /** @throws ProblemException if no page ended there */
    static Place place(String text) {
        try {
            String place = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            Matcher parts = PLACE.matcher(place);
            if (parts.matches()) {
                return new Place(Long.parseLong(parts.group(1)), new ActionId(parts.group(2)));
            }
        } catch (IllegalArgumentException e) {
            // Said below, as for what is base64 and nothing else.
        }
        throw new ProblemException(
                Problem.of(ProblemType.INVALID_REQUEST, "Query parameter after must be the `next` of a page"));
    }

    private static String text(StoredAction last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((last.sinceMs + "-" + last.action).getBytes(StandardCharsets.UTF_8));
    }
}
