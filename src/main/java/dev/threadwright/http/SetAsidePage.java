package dev.threadwright.http;

import dev.threadwright.http.Paging.Page;
import dev.threadwright.query.SetAsideReads.Place;
import dev.threadwright.query.StoredSetAside;
import java.util.List;
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

    static final Cursor<StoredSetAside, Place> CURSOR = Cursor.of(
            "(\\d{1,15})-([^\\x00]{1,255})",
            parts -> new Place(Long.parseLong(parts.group(1)), parts.group(2)),
            last -> last.sinceMs + "-" + last.thread);

    static SetAsidePage of(Page<StoredSetAside> page) {
        return new SetAsidePage(page.items().stream().map(SetAsideView::of).toList(), page.next());
    }
}
