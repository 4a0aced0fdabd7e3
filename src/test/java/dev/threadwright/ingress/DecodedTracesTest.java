package dev.threadwright.ingress;

import static dev.threadwright.ingress.Decoding.COMMANDS;
import static dev.threadwright.ingress.Decoding.IDENTITY;
import static dev.threadwright.ingress.Decoding.RECORDS;
import static dev.threadwright.ingress.Decoding.command;
import static dev.threadwright.ingress.Decoding.forwarded;
import static dev.threadwright.ingress.Decoding.sent;
import static dev.threadwright.ingress.Sent.THREAD;
import static dev.threadwright.ingress.Sent.bytes;
import static dev.threadwright.ingress.Sent.event;
import static dev.threadwright.ingress.Sent.input;
import static dev.threadwright.ingress.Sent.plain;
import static dev.threadwright.ingress.Sent.structured;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.thread.Command;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.workflow.Json;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** To which trace an input belongs. */
class DecodedTracesTest {

    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String OTHER_PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
    private static final String STRUCTURED =
            "{\"specversion\":\"1.0\",\"id\":\"i1\",\"source\":\"/shop\",\"type\":\"dev.threadwright.user.input.v1\",%s}";

    @Test
    void anInputBelongsToTheTraceThatItsHeadersSay() {
        Sent plain = plain("1").header("traceparent", PARENT).header("tracestate", "a=1, b=2");
        Sent binary = input("1").header("traceparent", PARENT).header("tracestate", "a=1,b=2");
        Sent extension = input("1").ce("traceparent", PARENT).ce("tracestate", "a=1,b=2");
        Sent structured = structured(
                STRUCTURED.formatted("\"traceparent\":\"" + PARENT + "\",\"tracestate\":\"a=1,b=2\",\"data\":1"));
        Sent both = structured(STRUCTURED.formatted("\"traceparent\":\"" + OTHER_PARENT + "\",\"data\":1"))
                .header("traceparent", PARENT)
                .header("tracestate", "a=1,b=2");

        for (Sent sent : List.of(plain, binary, extension, structured, both)) {
            Command.SubmitInput submit = (Command.SubmitInput) command(TopicRole.INPUT, sent);
            assertThat(submit.input().trace())
                    .isEqualTo(new TraceContext(PARENT, "a=1,b=2"))
                    .isEqualTo(submit.header().trace());
        }
    }

    @Test
    void whatCarriedARecordLastSaysItsTraceAndTheExtensionWhereThatSaysNothing() {
        Sent both = input("1").ce("traceparent", OTHER_PARENT).ce("tracestate", "a=1");
        assertThat(trace(both.header("traceparent", PARENT))).isEqualTo(new TraceContext(PARENT, null));
        assertThat(trace(both.header("traceparent", "00-malformed"))).isEqualTo(new TraceContext(OTHER_PARENT, "a=1"));
        assertThat(trace(input("1").header("tracestate", "a=1"))).isNull();
    }

    /** No trace is a reason to refuse an input, and the same input of another trace is the same. */
    @ParameterizedTest
    @ValueSource(strings = {"traceparent", "ce_traceparent"})
    void aTraceThatCannotBeReadIsNone(String header) {
        Sent bare = input("1");
        Command without = command(TopicRole.INPUT, bare);
        for (byte[] value : new byte[][] {
            {},
            null,
            bytes("00-" + "0".repeat(32) + "-b7ad6b7169203331-01"),
            bytes(PARENT + "\n"),
            {-1, 0},
            new byte[100_000]
        }) {
            assertThat(command(TopicRole.INPUT, input("1").header(header, value)))
                    .isEqualTo(without);
        }
        Command traced = command(TopicRole.INPUT, input("1").header(header, PARENT));
        assertThat(traced.header().trace()).isEqualTo(new TraceContext(PARENT, null));
        assertThat(traced.header().contentHash()).isEqualTo(without.header().contentHash());
    }

    @Test
    void everythingThatIsAskedOfAThreadMayBelongToATrace() {
        Sent steer = event("run.steer", "1").ce("runid", "r1").header("traceparent", PARENT);
        assertThat(command(TopicRole.INPUT, steer))
                .isInstanceOfSatisfying(
                        Command.SteerRun.class,
                        command -> assertThat(command.input().trace()).isEqualTo(new TraceContext(PARENT, null)));
        Sent request = event("run.request", "{\"request\":{},\"input\":1}")
                .topic(COMMANDS)
                .ce("runid", "r1")
                .header("tw_actor", "ann")
                .header("traceparent", PARENT);
        assertThat(command(TopicRole.COMMANDS, request))
                .isInstanceOfSatisfying(
                        Command.RequestRun.class,
                        command -> assertThat(command.input().trace()).isEqualTo(new TraceContext(PARENT, null)));
        assertThat(trace(event("run.cancel", "{}").header("traceparent", PARENT)))
                .isEqualTo(new TraceContext(PARENT, null));
    }

    @Test
    void aTraceIsForwardedAndReadBack() {
        Sent sent = input("1").header("traceparent", PARENT).ce("tracestate", "ignored=1");
        assertThat(trace(TopicRole.COMMANDS, forwarded(sent, TopicRole.INPUT)))
                .isEqualTo(new TraceContext(PARENT, null));

        TraceContext trace = new TraceContext(PARENT, "a=1");
        ProducerRecord<byte[], byte[]> record =
                RECORDS.userInput(THREAD, IDENTITY, "ann", Json.of(1), CommandRecords.Wishes.NONE);
        TraceHeaders.add(record.headers(), trace);
        assertThat(sent(record).header().trace()).isEqualTo(trace);
    }

    private TraceContext trace(Sent sent) {
        return trace(TopicRole.INPUT, sent);
    }

    private TraceContext trace(TopicRole role, Sent sent) {
        return command(role, sent).header().trace();
    }
}
