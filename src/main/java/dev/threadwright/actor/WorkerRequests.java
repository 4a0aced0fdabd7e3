package dev.threadwright.actor;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.OutboxRow.Coordinates;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.json.JsonText;
import dev.threadwright.thread.Owed;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.workflow.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** What workers are told: CloudEvents in binary mode, whose data is the input of the action. */
final class WorkerRequests {

    private static final String REQUEST = "dev.threadwright.action.request.v1";
    private static final String CANCEL = "dev.threadwright.action.cancel.v1";

    private WorkerRequests() {}

    /** Asks for an attempt. @param timeMs of the decision; milliseconds since 1970 */
    static OutboxRow requested(StepCall step, long position, long timeMs) {
        Owed.Call call = step.call();
        Map<String, String> headers = headers(step, REQUEST, "", timeMs);
        headers.put("ce_deadline", Instant.ofEpochMilli(call.deadlineMs()).toString());
        return row(step, position, timeMs, headers, call.input());
    }

    /** Nobody waits for that attempt any more. */
    static OutboxRow cancelled(StepCall step, long position, long timeMs) {
        return row(step, position, timeMs, headers(step, CANCEL, "-cancel", timeMs), Json.EMPTY_OBJECT);
    }

    /** The id is the same however often the record is sent. */
    private static Map<String, String> headers(StepCall step, String type, String suffix, long timeMs) {
        Owed.Call call = step.call();
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("ce_specversion", "1.0");
        headers.put("ce_id", step.thread() + "/" + call.action() + "-" + call.attempt() + suffix);
        headers.put("ce_source", "/threadwright/actions");
        headers.put("ce_type", type);
        headers.put("ce_subject", step.thread().thread());
        headers.put("ce_time", Instant.ofEpochMilli(timeMs).toString());
        headers.put("ce_actionname", call.handler());
        headers.put("ce_runid", call.run().value());
        headers.put("ce_actionid", call.action().value());
        headers.put("ce_attempt", Integer.toString(call.attempt()));
        headers.put("ce_workflow", call.workflow().toString());
        headers.put("ce_step", call.step());
        TraceContext trace = step.trace();
        if (trace != null) {
            headers.put("ce_traceparent", trace.parent());
            if (trace.state() != null) {
                headers.put("ce_tracestate", trace.state());
            }
        }
        headers.put("content-type", "application/json");
        return headers;
    }

    private static OutboxRow row(StepCall step, long position, long timeMs, Map<String, String> headers, Json data) {
        Map<String, byte[]> raw = new LinkedHashMap<>();
        headers.forEach((name, value) -> raw.put(name, value.getBytes(UTF_8)));
        return new OutboxRow(
                step.thread().tenant(),
                OutboxRow.Kind.ACTION,
                step.partition(),
                position,
                Coordinates.NOWHERE,
                step.thread().thread().getBytes(UTF_8),
                JsonText.writeBytes(data),
                RawHeaders.of(raw),
                "",
                timeMs);
    }
}
