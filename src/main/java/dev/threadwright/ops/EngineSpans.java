package dev.threadwright.ops;

import dev.threadwright.actor.Measurements;
import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.actor.Work;
import dev.threadwright.ingress.ReceivedTrace;
import dev.threadwright.journal.Batch;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.ErasedRow;
import dev.threadwright.journal.EventCodec;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.Publication;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.TraceContext;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * The server's own spans. The one of a record's arrival is where its command belongs in its trace, and stands in the journal
 * with what follows; so those of decisions, steps and publications are its children, on whatever server and after whatever
 * restart. Only traces that are sampled have any, and nothing that was sent is in them.
 */
final class EngineSpans implements Measurements, ReceivedTrace {

    static final String RECEIVE = "threadwright.receive";
    static final String DECIDE = "threadwright.decide";
    static final String COMMIT = "threadwright.commit";
    static final String STEP = "threadwright.step";
    static final String PUBLISH = "threadwright.publish";
    static final String ASK = "threadwright.ask";

    static final AttributeKey<String> THREAD = AttributeKey.stringKey("threadwright.thread");
    static final AttributeKey<String> RUN = AttributeKey.stringKey("threadwright.run");
    static final AttributeKey<Long> SEQ = AttributeKey.longKey("threadwright.seq");
    static final AttributeKey<List<String>> EVENTS = AttributeKey.stringArrayKey("threadwright.events");
    private static final AttributeKey<String> POLICY = AttributeKey.stringKey("threadwright.policy");
    private static final AttributeKey<String> DECISION = AttributeKey.stringKey("threadwright.decision");
    private static final AttributeKey<String> COMMAND = AttributeKey.stringKey("threadwright.command");
    private static final AttributeKey<String> STEP_NAME = AttributeKey.stringKey("threadwright.step");
    private static final AttributeKey<String> HANDLER = AttributeKey.stringKey("threadwright.handler");
    private static final AttributeKey<String> ACTION = AttributeKey.stringKey("threadwright.action");
    private static final AttributeKey<Long> ATTEMPT = AttributeKey.longKey("threadwright.attempt");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("threadwright.outcome");
    private static final AttributeKey<Long> WORKS = AttributeKey.longKey("threadwright.works");
    private static final AttributeKey<Long> WAITED = AttributeKey.longKey("threadwright.waited_ms");
    private static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    private static final AttributeKey<String> TOPIC = AttributeKey.stringKey("messaging.destination.name");
    private static final AttributeKey<String> PARTITION = AttributeKey.stringKey("messaging.destination.partition.id");
    private static final AttributeKey<Long> OFFSET = AttributeKey.longKey("messaging.kafka.offset");

    private static final String KAFKA = "kafka";
    private static final String TRACE_HEADER = "ce_traceparent";
    private static final String NAME_HEADER = "ce_actionname";

    /** Of events that one span names. */
    private static final int MAX_EVENTS = 32;

    private static final int TRACE_ID_AT = 3;
    private static final int SPAN_ID_AT = 36;
    private static final int FLAGS_AT = 53;

    private final Tracer tracer;
    private final LongSupplier nowMs;

    /** Of calls under way: as many as there are. */
    private final Map<StepKey, Span> steps = new ConcurrentHashMap<>();

    private record StepKey(ThreadKey thread, String ref) {}

    EngineSpans(Tracer tracer, LongSupplier nowMs) {
        this.tracer = tracer;
        this.nowMs = nowMs;
    }

    @Override
    public @Nullable TraceContext of(ConsumerRecord<byte[], byte[]> record, String type, @Nullable TraceContext sent) {
        SpanBuilder builder = tracer.spanBuilder(RECEIVE).setSpanKind(SpanKind.CONSUMER);
        Span span = (sent == null ? builder.setNoParent() : builder.setParent(parent(sent.parent())))
                .setAttribute(COMMAND, type)
                .setAttribute(SYSTEM, KAFKA)
                .setAttribute(TOPIC, record.topic())
                .setAttribute(PARTITION, Integer.toString(record.partition()))
                .setAttribute(OFFSET, record.offset())
                .setAttribute(WAITED, Math.max(0, nowMs.getAsLong() - record.timestamp()))
                .startSpan();
        span.end();
        // What is not sampled is handed on as it came.
        return span.getSpanContext().isSampled() ? here(span, sent) : sent;
    }

    @Override
    public void committed(List<Work> works, Batch batch, long nanos) {
        long endNanos = TimeUnit.MILLISECONDS.toNanos(nowMs.getAsLong());
        Span commit = null;
        for (DecisionRow decision : batch.decisions()) {
            for (String trace : sampled(decision)) {
                if (commit == null) {
                    commit = begun(COMMIT, SpanKind.CLIENT, Context.root(), endNanos - nanos)
                            .setAttribute(WORKS, (long) works.size());
                }
                Span span = tracer.spanBuilder(DECIDE)
                        .setParent(parent(trace))
                        .addLink(commit.getSpanContext())
                        .setStartTimestamp(endNanos - nanos, TimeUnit.NANOSECONDS)
                        .startSpan();
                describe(span, decision);
                judge(span, decision);
                span.end(endNanos, TimeUnit.NANOSECONDS);
            }
        }
        if (commit != null) {
            commit.end(endNanos, TimeUnit.NANOSECONDS);
        }
    }

    private static void describe(Span span, DecisionRow decision) {
        span.setAttribute(THREAD, decision.thread().thread());
        span.setAttribute(SEQ, decision.lastSeq());
        span.setAttribute(
                EVENTS,
                decision.events().stream()
                        .limit(MAX_EVENTS)
                        .map(recorded -> EventCodec.typeOf(recorded.event()))
                        .toList());
        for (Recorded recorded : decision.events()) {
            RunId run = recorded.event().run();
            if (run != null) {
                span.setAttribute(RUN, run.value());
                return;
            }
        }
    }

    /** What it chose, and what went wrong. */
    private static void judge(Span span, DecisionRow decision) {
        for (Recorded recorded : decision.events()) {
            switch (recorded.event()) {
                case Event.InputAccepted accepted -> describe(span, accepted.why());
                case Event.InputRejected rejected -> {
                    Event.Why why = rejected.why();
                    if (why != null) {
                        describe(span, why);
                    }
                    span.setStatus(StatusCode.ERROR, "Refused: " + rejected.reason());
                }
                case Event.StepFailed failed -> span.setStatus(StatusCode.ERROR, "Step " + failed.step() + " failed");
                case Event.RunFailed ignored -> span.setStatus(StatusCode.ERROR, "The run failed");
                case Event.RunTimedOut ignored -> span.setStatus(StatusCode.ERROR, "The run took too long");
                default -> {
                    // Its name says enough.
                }
            }
        }
    }

    private static void describe(Span span, Event.Why why) {
        span.setAttribute(POLICY, why.policy());
        span.setAttribute(DECISION, why.decision().name());
    }

    @Override
    public @Nullable TraceContext stepBegun(StepCall step) {
        TraceContext trace = step.trace();
        if (trace == null || !isSampled(trace.parent())) {
            return trace;
        }
        Span span = tracer.spanBuilder(STEP)
                .setParent(parent(trace.parent()))
                .setAttribute(THREAD, step.thread().thread())
                .setAttribute(RUN, step.call().run().value())
                .setAttribute(STEP_NAME, step.call().step())
                .setAttribute(HANDLER, step.call().handler())
                .setAttribute(ACTION, step.call().action().value())
                .setAttribute(ATTEMPT, (long) step.call().attempt())
                .startSpan();
        steps.put(key(step), span);
        return span.getSpanContext().isSampled() ? here(span, trace) : trace;
    }

    @Override
    public void stepEnded(StepCall step, Command result, long nanos) {
        Span span = steps.remove(key(step));
        if (span == null) {
            return;
        }
        span.setAttribute(OUTCOME, result.header().type());
        if (result instanceof Command.FailAction failed) {
            span.setStatus(StatusCode.ERROR, "Failed: " + failed.failure().kind());
        }
        span.end();
    }

    @Override
    public void stepCancelled(StepCall step, long nanos) {
        Span span = steps.remove(key(step));
        if (span != null) {
            span.setAttribute(OUTCOME, "cancelled").end();
        }
    }

    @Override
    public void published(List<Publication> publications, long nanos) {
        long endNanos = TimeUnit.MILLISECONDS.toNanos(nowMs.getAsLong());
        for (Publication publication : publications) {
            switch (publication) {
                case DecisionRow decision ->
                    sampled(decision).forEach(trace -> {
                        Span span = begun(PUBLISH, SpanKind.PRODUCER, parent(trace), endNanos - nanos);
                        describe(span, decision);
                        span.setAttribute(SYSTEM, KAFKA).end(endNanos, TimeUnit.NANOSECONDS);
                    });
                case OutboxRow row when row.kind() == OutboxRow.Kind.ACTION -> asked(row, endNanos - nanos, endNanos);
                case OutboxRow ignored -> {}
                case ErasedRow ignored -> {}
            }
        }
    }

    /** A worker. */
    private void asked(OutboxRow row, long beginNanos, long endNanos) {
        String trace = text(row, TRACE_HEADER);
        if (trace != null && isSampled(trace)) {
            begun(ASK, SpanKind.PRODUCER, parent(trace), beginNanos)
                    .setAttribute(SYSTEM, KAFKA)
                    .setAttribute(HANDLER, String.valueOf(text(row, NAME_HEADER)))
                    .end(endNanos, TimeUnit.NANOSECONDS);
        }
    }

    private static @Nullable String text(OutboxRow row, String header) {
        byte[] value = row.headers().last(header);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    private Span begun(String name, SpanKind kind, Context parent, long beginNanos) {
        return tracer.spanBuilder(name)
                .setSpanKind(kind)
                .setParent(parent)
                .setStartTimestamp(beginNanos, TimeUnit.NANOSECONDS)
                .startSpan();
    }

    /** The places in traces that its events belong to; mostly one. */
    private static Set<String> sampled(DecisionRow decision) {
        Set<String> traces = Set.of();
        for (Recorded recorded : decision.events()) {
            String trace = recorded.traceParent();
            if (trace != null && isSampled(trace)) {
                traces = traces.isEmpty() ? new LinkedHashSet<>(2) : traces;
                traces.add(trace);
            }
        }
        return traces;
    }

    private static boolean isSampled(String parent) {
        return TraceFlags.fromHex(parent, FLAGS_AT).isSampled();
    }

    private static Context parent(String parent) {
        return Context.root()
                .with(Span.wrap(SpanContext.createFromRemoteParent(
                        parent.substring(TRACE_ID_AT, SPAN_ID_AT - 1),
                        parent.substring(SPAN_ID_AT, FLAGS_AT - 1),
                        TraceFlags.fromHex(parent, FLAGS_AT),
                        TraceState.getDefault())));
    }

    /** @param sent what others than this server say beside it; null for nothing */
    private static TraceContext here(Span span, @Nullable TraceContext sent) {
        SpanContext context = span.getSpanContext();
        return new TraceContext(
                "00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                        + context.getTraceFlags().asHex(),
                sent == null ? null : sent.state());
    }

    private static StepKey key(StepCall step) {
        return new StepKey(step.thread(), step.call().ref());
    }
}
