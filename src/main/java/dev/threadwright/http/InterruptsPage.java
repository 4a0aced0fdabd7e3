package dev.threadwright.http;

import dev.threadwright.query.InterruptReads.Place;
import dev.threadwright.query.StoredInterrupt;
import dev.threadwright.thread.InterruptId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "InterruptsPage", description = "Interrupts, the oldest first.")
record InterruptsPage(
        @Schema(required = true) List<InterruptView> interrupts,

        @Schema(
                required = true,
                nullable = true,
                description = "What the next page comes after; null if this is the end, for now.")
        @Nullable String next) {

    private static final Pattern PLACE = Pattern.compile("(\\d{1,15})-([0-9a-f]{32})");

    /** @param found one more than the page may hold if there are more */
    static InterruptsPage of(List<StoredInterrupt> found, int limit) {
        List<StoredInterrupt> page = found.size() > limit ? found.subList(0, limit) : found;
        return new InterruptsPage(
                page.stream().map(InterruptView::of).toList(), found.size() > limit ? text(page.getLast()) : null);
    }

    /** @throws ProblemException if no page ended there */
    static Place place(String text) {
        try {
            String place = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.ISO_8859_1);
            Matcher parts = PLACE.matcher(place);
            if (parts.matches()) {
                return new Place(Long.parseLong(parts.group(1)), new InterruptId(parts.group(2)));
            }
        } catch (IllegalArgumentException e) {
            // Said below, as for what is base64 and nothing else.
        }
        throw new ProblemException(
                Problem.of(ProblemType.INVALID_REQUEST, "Query parameter after must be the `next` of a page"));
    }

    private static String text(StoredInterrupt last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString((last.createdAtMs + "-" + last.interrupt).getBytes(StandardCharsets.ISO_8859_1));
    }
}
