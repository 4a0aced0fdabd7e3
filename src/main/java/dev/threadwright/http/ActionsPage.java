package dev.threadwright.http;

import dev.threadwright.http.Paging.Page;
import dev.threadwright.query.ActionReads.Place;
import dev.threadwright.query.StoredAction;
import dev.threadwright.thread.ActionId;
import java.util.List;
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

    static final Cursor<StoredAction, Place> CURSOR = Cursor.of(
            "(\\d{1,15})-([^\\x00]{1,1000})",
            parts -> new Place(Long.parseLong(parts.group(1)), new ActionId(parts.group(2))),
            last -> last.sinceMs + "-" + last.action);

    static ActionsPage of(Page<StoredAction> page) {
        return new ActionsPage(
                page.items().stream().map(action -> ActionView.of(action, null)).toList(), page.next());
    }
}
