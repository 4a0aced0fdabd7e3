package dev.threadwright.http;

import dev.threadwright.http.Paging.Page;
import dev.threadwright.query.InterruptReads.Place;
import dev.threadwright.query.StoredInterrupt;
import dev.threadwright.thread.InterruptId;
import java.util.List;
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

    static final Cursor<StoredInterrupt, Place> CURSOR = Cursor.of(
            "(\\d{1,15})-([0-9a-f]{32})",
            parts -> new Place(Long.parseLong(parts.group(1)), new InterruptId(parts.group(2))),
            last -> last.createdAtMs + "-" + last.interrupt);

    static InterruptsPage of(Page<StoredInterrupt> page) {
        return new InterruptsPage(page.items().stream().map(InterruptView::of).toList(), page.next());
    }
}
