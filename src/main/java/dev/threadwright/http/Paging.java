package dev.threadwright.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The page of a list that a request asks for.
 *
 * @param after where it begins; null for the list's begin
 * @param limit how many it has at most
 */
record Paging<V, P>(Cursor<V, P> cursor, @Nullable P after, int limit) {

    /** How many to look for: one more tells whether there are more. */
    int wanted() {
        return limit + 1;
    }

    /** @param found as many as are {@link #wanted}, unless there are fewer */
    Page<V> page(List<V> found) {
        return found.size() > limit
                ? new Page<>(found.subList(0, limit), cursor.text(found.get(limit - 1)))
                : new Page<>(found, null);
    }

    /** @param next what the next page comes after; null if this is the end, for now */
    record Page<V>(List<V> items, @Nullable String next) {}
}
