package dev.threadwright.journal;

import dev.threadwright.thread.Event;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.SettledInterrupt;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What became of interrupts, as their rows have it. */
public final class Settlements {

    private Settlements() {}

    /** Null for an event that settles none. */
    public static Json.@Nullable Obj of(Event event) {
        Map<String, Json> fields = new LinkedHashMap<>();
        switch (event) {
            case Event.InterruptResolved resolved -> {
                fields.put("answer", resolved.answer());
                fields.put("by", Json.of(resolved.by()));
                fields.put("via", Json.of(resolved.via()));
            }
            case Event.InterruptRejected rejected -> {
                String reason = rejected.reason();
                if (reason != null) {
                    fields.put("reason", Json.of(reason));
                }
                fields.put("by", Json.of(rejected.by()));
                fields.put("via", Json.of(rejected.via()));
            }
            case Event.InterruptExpired expired -> {
                fields.put("expiry", Json.of(expired.expiry().name().toLowerCase(Locale.ROOT)));
                Json answer = expired.answer();
                if (answer != null) {
                    fields.put("answer", answer);
                }
            }
            default -> {
                return null;
            }
        }
        return Json.object(fields);
    }

    /** @throws UnreadableException naming the thread, if a newer release wrote it, or it is damaged */
    static SettledInterrupt read(ThreadKey thread, String id, String run, String status, String settlement) {
        try {
            return read(id, run, status, settlement);
        } catch (UnreadableException | IllegalArgumentException e) {
            throw new UnreadableException(thread, e);
        }
    }

    private static SettledInterrupt read(String id, String run, String status, String settlement) {
        Fields from = Fields.of(StoredJson.parse(settlement), "Interrupt " + id);
        return new SettledInterrupt(
                new InterruptId(id),
                new RunId(run),
                SettledInterrupt.Status.valueOf(status.toUpperCase(Locale.ROOT)),
                AskParts.jsonOrNull(from, "answer"),
                from.has("expiry") ? from.word("expiry", Event.Expiry.class) : null);
    }
}
