package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.audit.Entry;
import dev.threadwright.audit.store.AuditLog.Place;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "AuditPage", description = "Entries of the audit log, in the order that was asked for.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record AuditPage(
        @Schema(required = true) List<AuditEntryView> entries,

        @Schema(
                required = true,
                nullable = true,
                description = "What the next page comes after; null if this is the end, for now.")
        @Nullable String next) {

    private static final Pattern PLACE = Pattern.compile("([no])-(\\d{1,15})-(\\d{1,18})-([a-z0-9-]{1,64})");

    /** @param found one more than the page may hold if there are more */
    static AuditPage of(List<Entry> found, int limit, boolean newestFirst) {
        List<Entry> page = found.size() > limit ? found.subList(0, limit) : found;
        return new AuditPage(
                page.stream().map(AuditEntryView::of).toList(),
                found.size() > limit ? text(page.getLast(), newestFirst) : null);
    }

    /** @throws ProblemException if no page in that order ended there */
    static Place place(String text, boolean newestFirst) {
        try {
            Matcher parts = PLACE.matcher(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.ISO_8859_1));
            if (parts.matches() && parts.group(1).equals(letter(newestFirst))) {
                return new Place(Long.parseLong(parts.group(2)), parts.group(4), Long.parseLong(parts.group(3)));
            }
        } catch (IllegalArgumentException e) {
            // Said below, as for what is base64 and nothing else.
        }
        throw new ProblemException(Problem.of(
                ProblemType.INVALID_REQUEST, "Query parameter after must be the `next` of a page in the same order"));
    }

    private static String text(Entry last, boolean newestFirst) {
        String place = letter(newestFirst) + "-" + last.timeMs() + "-" + last.number() + "-" + last.chain();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(place.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String letter(boolean newestFirst) {
        return newestFirst ? "n" : "o";
    }
}
