package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.http.Paging.Page;
import dev.threadwright.journal.DeadLetterId;
import dev.threadwright.query.DeadLetterReads.Place;
import dev.threadwright.query.StoredDeadLetter;
import java.util.List;
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

    static Cursor<StoredDeadLetter, Place> cursor(boolean newestFirst) {
        return Cursor.of(
                newestFirst,
                "(\\d{1,15})-(\\d{1,9}-\\d{1,18})",
                parts -> place(parts.group(1), DeadLetterId.parse(parts.group(2))),
                last -> last.deadAtMs + "-" + new DeadLetterId(last.atPartition, last.atPosition));
    }

    private static @Nullable Place place(String deadAtMs, @Nullable DeadLetterId last) {
        return last == null ? null : new Place(Long.parseLong(deadAtMs), last);
    }

    static DeadLettersPage of(Page<StoredDeadLetter> page) {
        return new DeadLettersPage(page.items().stream().map(DeadLetterView::of).toList(), page.next());
    }
}
