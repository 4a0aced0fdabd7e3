package dev.threadwright.journal;

import dev.threadwright.thread.Event;
import dev.threadwright.thread.Recorded;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.List;

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

    /** A JSON array. Sequence numbers and the time stand beside it. */
    static String writeAll(List<Recorded> events) {
        return StoredJson.write(generator -> {
            EventWriter writer = new EventWriter(generator);
            generator.writeStartArray();
            for (Recorded recorded : events) {
                writer.write(recorded.event());
            }
            generator.writeEndArray();
        });
    }

    /** What {@link #writeAll} wrote. @throws UnreadableException if a newer release wrote it, or it is damaged */
    public static List<Recorded> readAll(String text, long firstSeq, long timeMs) {
        if (!(StoredJson.parse(text) instanceof Json.Arr array)) {
            throw new UnreadableException("A decision's events are not a list");
        }
        List<Recorded> events = new ArrayList<>(array.items().size());
        for (Json item : array.items()) {
            events.add(new Recorded(firstSeq + events.size(), timeMs, READER.read(item)));
        }
        return List.copyOf(events);
    }
}
