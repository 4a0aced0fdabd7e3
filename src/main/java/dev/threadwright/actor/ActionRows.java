package dev.threadwright.actor;

import dev.threadwright.journal.Batch.ActionRow;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.OpenAction;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a batch changes about open actions as readers see them. */
final class ActionRows {

    private final List<ActionRow> rows = new ArrayList<>();

    /**
     * @param before the batch
     * @param after the batch; of the same thread
     */
    void add(ThreadState before, ThreadState after) {
        Map<ActionId, OpenAction> open = OpenAction.of(before);
        Map<ActionId, OpenAction> still = OpenAction.of(after);
        ThreadKey thread = after.key();
        open.keySet().forEach(action -> {
            if (!still.containsKey(action)) {
                rows.add(new ActionRow(thread, action, null));
            }
        });
        still.forEach((action, now) -> {
            if (!now.equals(open.get(action))) {
                rows.add(new ActionRow(thread, action, now));
            }
        });
    }

    List<ActionRow> rows() {
        return rows;
    }
}
