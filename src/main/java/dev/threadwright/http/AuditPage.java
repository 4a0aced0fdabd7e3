package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.audit.Entry;
import dev.threadwright.audit.store.AuditLog.Place;
import dev.threadwright.http.Paging.Page;
import java.util.List;
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

    static Cursor<Entry, Place> cursor(boolean newestFirst) {
        return Cursor.of(
                newestFirst,
                "(\\d{1,15})-(\\d{1,18})-([a-z0-9-]{1,64})",
                parts -> new Place(Long.parseLong(parts.group(1)), parts.group(3), Long.parseLong(parts.group(2))),
                last -> last.timeMs() + "-" + last.number() + "-" + last.chain());
    }

    static AuditPage of(Page<Entry> page) {
        return new AuditPage(page.items().stream().map(AuditEntryView::of).toList(), page.next());
    }
}
