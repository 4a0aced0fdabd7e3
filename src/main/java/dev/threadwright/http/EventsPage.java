package dev.threadwright.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.threadwright.http.CommandAnswer.InputId;
import dev.threadwright.journal.EventCodec;
import dev.threadwright.journal.StoredJson;
import dev.threadwright.query.EventReads.Stretch;
import dev.threadwright.query.StoredDecision;
import dev.threadwright.thread.Identity;
import dev.threadwright.workflow.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "EventsPage", description = "A stretch of a thread's journal.")
record EventsPage(
        @Schema(required = true) List<EventView> events,

        @Schema(
                required = true,
                nullable = true,
                description = "Where the next page begins; null if this is the end, for now.")
        @Nullable Long next) {

    @Schema(name = "Event", description = "A committed fact about a thread.")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record EventView(
            @Schema(required = true, description = "1 for the thread's first event, without gaps.")
            long seq,

            @Schema(required = true) Instant time,

            @Schema(required = true, examples = "run.started")
            String type,

            @Schema(required = true, description = "Who asked for what led to it.", examples = "http")
            String actor,

            @Schema(description = "The command that led to it; absent if the server itself did.") @Nullable InputId causation,

            @Schema(
                    required = true,
                    type = SchemaType.OBJECT,
                    implementation = Object.class,
                    description = "The event as the journal holds it and as it is published on Kafka.")
            Json data,

            @Schema(
                    description = "The W3C trace parent of the run, or of the command if it is about no run; absent if"
                            + " neither came with one.",
                    examples = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
            @Nullable String traceparent) {}

    static EventsPage of(Stretch stretch, long from, int limit) {
        List<EventView> events = new ArrayList<>();
        long next = from;
        boolean cut = false;
        for (StoredDecision decision : stretch.decisions()) {
            long seq = decision.firstSeq;
            for (Json event : ((Json.Arr) StoredJson.parse(decision.events)).items()) {
                if (events.size() == limit) {
                    cut = true;
                } else if (seq >= from) {
                    events.add(event(decision, seq, event));
                    next = seq + 1;
                }
                seq++;
            }
        }
        return new EventsPage(events, cut || stretch.more() ? next : null);
    }

    private static EventView event(StoredDecision decision, long seq, Json event) {
        String source = decision.causationSource;
        String id = decision.causationId;
        return new EventView(
                seq,
                Instant.ofEpochMilli(decision.timeMs),
                event instanceof Json.Obj fields && fields.get("type") instanceof Json.Text type ? type.value() : "",
                decision.actor,
                source == null || id == null ? null : InputId.of(new Identity(source, id)),
                EventCodec.withoutTrace(event),
                EventCodec.traceParent(event));
    }
}
