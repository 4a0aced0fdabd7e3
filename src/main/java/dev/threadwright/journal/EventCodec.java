package dev.threadwright.journal;

import dev.threadwright.thread.Event;
import dev.threadwright.thread.Recorded;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The events of a decision as the journal holds them, and single ones as the relay publishes them. */
public final class EventCodec {

    private static final EventReader READER = new EventReader(Upcasters.CURRENT);

    private EventCodec() {}

    /** The event's name in JSON and on the wire: {@code run.started}. */
    public static String typeOf(Event event) {
        return EventWriter.typeOf(event);
    }

    /** A JSON object; the first field is {@code type}. */
    public static String write(Event event) {
        return StoredJson.write(generator -> new EventWriter(generator).write(event));
    }

    /** @throws UnreadableException if a newer release wrote it, or it is damaged */
    public static Event read(String text) {
        return READER.read(StoredJson.parse(text));
    }

    /** A JSON array. Sequence numbers and the time stand beside it; the trace, which few have, in each event. */
    static String writeAll(List<Recorded> events) {
        return StoredJson.write(generator -> {
            EventWriter writer = new EventWriter(generator);
            generator.writeStartArray();
            for (Recorded recorded : events) {
                writer.write(recorded.event(), recorded.traceParent());
            }
            generator.writeEndArray();
        });
    }

    /** Of an event as {@link #writeAll} wrote it; null if it is of no trace. */
    public static @Nullable String traceParent(Json stored) {
        return stored instanceof Json.Obj fields && fields.get(EventWriter.TRACE_PARENT) instanceof Json.Text text
                ? text.value()
                : null;
    }

    /** An event as {@link #write} would write it, of one as {@link #writeAll} wrote it. */
    public static Json withoutTrace(Json stored) {
        if (traceParent(stored) == null || !(stored instanceof Json.Obj object)) {
            return stored;
        }
        Map<String, Json> fields = new LinkedHashMap<>(object.fields());
        fields.remove(EventWriter.TRACE_PARENT);
        return Json.object(fields);
    }

    /** What {@link #writeAll} wrote. @throws UnreadableException if a newer release wrote it, or it is damaged */
    public static List<Recorded> readAll(String text, long firstSeq, long timeMs) {
        if (!(StoredJson.parse(text) instanceof Json.Arr array)) {
            throw new UnreadableException("A decision's events are not a list");
        }
        List<Recorded> events = new ArrayList<>(array.items().size());
        for (Json item : array.items()) {
            events.add(new Recorded(firstSeq + events.size(), timeMs, READER.read(item), traceParent(item)));
        }
        return List.copyOf(events);
    }
}
