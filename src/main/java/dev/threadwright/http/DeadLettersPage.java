package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.journal.DeadLetterId;
import dev.threadwright.query.DeadLetterReads.Place;
import dev.threadwright.query.StoredDeadLetter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "DeadLettersPage", description = "Dead letters, in the order that was asked for.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record DeadLettersPage(
        @Schema(required = true) List<DeadLetterView> deadLetters,

        @Schema(
                required = true,
                nullable = true,
                description = "What the next page comes after; null if this is the end, for now.")
        @Nullable String next) {

    private static final Pattern PLACE = Pattern.compile("([no])-(\\d{1,15})-(\\d{1,9}-\\d{1,18})");

    /** @param found one more than the page may hold if there are more */
    static DeadLettersPage of(List<StoredDeadLetter> found, int limit, boolean newestFirst) {
        List<StoredDeadLetter> page = found.size() > limit ? found.subList(0, limit) : found;
        return new DeadLettersPage(
                page.stream().map(DeadLetterView::of).toList(),
                found.size() > limit ? text(page.getLast(), newestFirst) : null);
    }

    /** @throws ProblemException if no page in that order ended there */
    static Place place(String text, boolean newestFirst) {
        try {
            String place = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.ISO_8859_1);
            Matcher parts = PLACE.matcher(place);
            if (parts.matches() && parts.group(1).equals(letter(newestFirst))) {
                DeadLetterId last = DeadLetterId.parse(parts.group(3));
                if (last != null) {
                    return new Place(Long.parseLong(parts.group(2)), last);
                }
            }
        } catch (IllegalArgumentException e) {
            // Said below, as for what is base64 and nothing else.
        }
        throw new ProblemException(Problem.of(
                ProblemType.INVALID_REQUEST, "Query parameter after must be the `next` of a page in the same order"));
    }

    private static String text(StoredDeadLetter last, boolean newestFirst) {
        String place =
                letter(newestFirst) + "-" + last.deadAtMs + "-" + new DeadLetterId(last.atPartition, last.atPosition);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(place.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String letter(boolean newestFirst) {
        return newestFirst ? "n" : "o";
    }
}
