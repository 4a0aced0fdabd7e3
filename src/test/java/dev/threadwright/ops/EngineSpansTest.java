package dev.threadwright.ops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.journal.Batch;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.OutboxRow.Coordinates;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Awaited;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Failure;
import dev.threadwright.thread.Owed;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.Replay;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.WorkflowRef;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class EngineSpansTest {

    private static final String TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
    private static final String SENDER = "b7ad6b7169203331";
    private static final TraceContext SENT = context("00-" + TRACE_ID + "-" + SENDER + "-01");
    private static final ThreadKey T = new ThreadKey("default", "t");
    private static final RunId RUN = new RunId("r");

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final EngineSpans spans = server();

    private static TraceContext context(String parent) {
        return new TraceContext(parent, "vendor=1");
    }

    /** One that has just started. */
    private EngineSpans server() {
        return new EngineSpans(
                SdkTracerProvider.builder()
                        .setSampler(Sampler.parentBased(Sampler.alwaysOn()))
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build()
                        .get("test"),
                () -> 1_000);
    }

    @Test
    void whatFollowsARecordIsBelowItsArrivalAlsoOnAnotherServer() {
        TraceContext received = spans.of(record(), "user.input", SENT);
        SpanData arrival = one(EngineSpans.RECEIVE);
        assertThat(received).isEqualTo(context("00-" + TRACE_ID + "-" + arrival.getSpanId() + "-01"));
        assertThat(arrival.getParentSpanId()).isEqualTo(SENDER);

        DecisionRow decided = decision(received, new Event.InputPromoted(RUN));
        spans.committed(List.of(), batch(decided), 10);
        EngineSpans next = server();
        TraceContext asked = next.stepBegun(step(received));
        next.stepEnded(
                step(received),
                new Command.CompleteAction(header("action.succeeded"), RUN, new ActionId("a"), 1, Json.NULL),
                10);
        next.published(List.of(decided, request(received)), 10);

        assertThat(exporter.getFinishedSpanItems())
                .filteredOn(span -> !span.getName().equals(EngineSpans.COMMIT))
                .hasSize(5)
                .allSatisfy(span -> assertThat(span.getTraceId()).isEqualTo(TRACE_ID));
        for (String below : List.of(EngineSpans.DECIDE, EngineSpans.STEP, EngineSpans.PUBLISH, EngineSpans.ASK)) {
            assertThat(one(below).getParentSpanId()).as(below).isEqualTo(arrival.getSpanId());
        }
        assertThat(asked)
                .as("what a step asks elsewhere is below the step")
                .isEqualTo(
                        context("00-" + TRACE_ID + "-" + one(EngineSpans.STEP).getSpanId() + "-01"));
        assertThat(one(EngineSpans.DECIDE).getLinks())
                .singleElement()
                .satisfies(link -> assertThat(link.getSpanContext().getSpanId())
                        .isEqualTo(one(EngineSpans.COMMIT).getSpanId()));
        assertThat(one(EngineSpans.DECIDE).getAttributes().get(EngineSpans.THREAD))
                .isEqualTo("t");
        assertThat(one(EngineSpans.DECIDE).getAttributes().get(EngineSpans.RUN)).isEqualTo("r");
        assertThat(one(EngineSpans.PUBLISH).getAttributes().get(EngineSpans.EVENTS))
                .containsExactly("input.promoted");
    }

    @Test
    void whoSendsNoTraceBeginsOne() {
        TraceContext received = spans.of(record(), "user.input", null);

        SpanData arrival = one(EngineSpans.RECEIVE);
        assertThat(arrival.getParentSpanId()).isEqualTo(SpanId.getInvalid());
        assertThat(received)
                .isEqualTo(new TraceContext("00-" + arrival.getTraceId() + "-" + arrival.getSpanId() + "-01", null));
    }

    @Test
    void whatIsNotSampledIsHandedOnAndCostsNoSpan() {
        TraceContext unsampled = context("00-" + TRACE_ID + "-" + SENDER + "-00");

        assertThat(spans.of(record(), "user.input", unsampled)).isSameAs(unsampled);
        spans.committed(List.of(), batch(decision(unsampled, new Event.InputPromoted(RUN))), 10);
        assertThat(spans.stepBegun(step(unsampled))).isSameAs(unsampled);
        spans.stepEnded(
                step(unsampled),
                new Command.CompleteAction(header("action.succeeded"), RUN, new ActionId("a"), 1, Json.NULL),
                10);
        spans.published(List.of(decision(unsampled, new Event.InputPromoted(RUN)), request(unsampled)), 10);
        spans.committed(List.of(), batch(decision(null, new Event.InputPromoted(RUN))), 10);
        assertThat(spans.stepBegun(step(null))).isNull();

        assertThat(exporter.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void whatGoesWrongIsAnErrorWithoutWhatWasSaid() {
        spans.stepBegun(step(SENT));
        spans.stepEnded(
                step(SENT),
                new Command.FailAction(
                        header("action.failed"), RUN, new ActionId("a"), 1, Failure.permanent("secret words")),
                10);
        spans.committed(List.of(), batch(decision(SENT, new Event.RunFailed(RUN, "s", "secret words"))), 10);

        for (String wrong : List.of(EngineSpans.STEP, EngineSpans.DECIDE)) {
            assertThat(one(wrong).getStatus().getStatusCode()).as(wrong).isEqualTo(StatusCode.ERROR);
            assertThat(one(wrong).toString()).doesNotContain("secret");
        }
    }

    @Test
    void aStepThatNobodyWaitsForAnyMoreEnds() {
        spans.stepBegun(step(SENT));
        spans.stepCancelled(step(SENT), 10);
        spans.stepEnded(
                step(SENT),
                new Command.CompleteAction(header("action.succeeded"), RUN, new ActionId("a"), 1, Json.NULL),
                10);

        assertThat(one(EngineSpans.STEP).getAttributes().asMap()).containsValue("cancelled");
    }

    private SpanData one(String name) {
        List<SpanData> found = exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getName().equals(name))
                .toList();
        assertThat(found).as(name).hasSize(1);
        return found.getFirst();
    }

    private static ConsumerRecord<byte[], byte[]> record() {
        return new ConsumerRecord<>("in", 3, 7, "t".getBytes(UTF_8), new byte[0]);
    }

    private static Command.Header header(String type) {
        return new Command.Header(T, 0, null, "", type, "system");
    }

    private static DecisionRow decision(TraceContext trace, Event event) {
        return new DecisionRow(
                T, 0, 1, 0, null, "", List.of(new Recorded(1, 0, event, trace == null ? null : trace.parent())));
    }

    private static OutboxRow request(TraceContext trace) {
        return new OutboxRow(
                ThreadKey.DEFAULT_TENANT,
                OutboxRow.Kind.ACTION,
                0,
                2,
                Coordinates.NOWHERE,
                null,
                null,
                RawHeaders.of(Map.of(
                        "ce_traceparent", trace.parent().getBytes(UTF_8), "ce_actionname", "charge".getBytes(UTF_8))),
                "",
                0);
    }

    private static StepCall step(TraceContext trace) {
        return new StepCall(
                0,
                T,
                new Owed.Call(
                        RUN,
                        new ActionId("a"),
                        1,
                        new WorkflowRef("w", 1),
                        "s",
                        "h",
                        Json.NULL,
                        Channels.EMPTY,
                        true,
                        5_000,
                        Replay.NONE,
                        Awaited.HANDLER),
                trace);
    }

    private static Batch batch(DecisionRow decision) {
        return new Batch(
                List.of(),
                List.of(decision),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }
}
