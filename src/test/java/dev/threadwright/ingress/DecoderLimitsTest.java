package dev.threadwright.ingress;

import static dev.threadwright.ingress.Decoding.MAX_DATA_BYTES;
import static dev.threadwright.ingress.Decoding.command;
import static dev.threadwright.ingress.Decoding.policy;
import static dev.threadwright.ingress.Decoding.reason;
import static dev.threadwright.ingress.Sent.input;
import static dev.threadwright.ingress.Sent.plain;
import static dev.threadwright.ingress.Sent.structured;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.policy.QueuePolicy;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits: at the edge, and one beyond. */
class DecoderLimitsTest {

    @Test
    void limitsTheThreadId() {
        assertLimit(
                "The record's key (the thread id) is too long",
                255,
                id -> plain("{}").key(id));
        assertThat(command(TopicRole.INPUT, plain("{}").key("\u4e2d".repeat(255)))
                        .header()
                        .thread()
                        .thread())
                .hasSize(255);
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "source", "workflow", "runid", "interruptbefore"})
    void limitsAttributes(String name) {
        assertLimit(
                "CloudEvents attribute " + name + " is too long",
                255,
                value -> input("{}").ce(name, value));
    }

    @Test
    void limitsThePolicy() {
        String policy = "{\"type\":\"queue\"}";
        int limit = Attributes.MAX_POLICY_LENGTH;

        assertThat(policy(policy + " ".repeat(limit - policy.length()))).isEqualTo(QueuePolicy.DEFAULT);
        assertThat(reason(TopicRole.INPUT, input("{}").ce("policy", policy + " ".repeat(limit - policy.length() + 1))))
                .isEqualTo("CloudEvents attribute policy is too long: 65537 characters, at most 65536 characters");
    }

    @Test
    void limitsTheData() {
        String atLimit = '"' + "x".repeat(MAX_DATA_BYTES - 2) + '"';

        assertThat(command(TopicRole.INPUT, plain(atLimit))).isInstanceOf(Command.SubmitInput.class);
        assertThat(reason(TopicRole.INPUT, plain(atLimit + " ")))
                .isEqualTo("The data is too large: 2001 bytes, at most 2000");
        assertThat(reason(TopicRole.INPUT, input(atLimit + " "))).startsWith("The data is too large");
        assertThat(reason(TopicRole.INPUT, structured(atLimit + " "))).startsWith("The data is too large");
    }

    @Test
    void limitsTheDepth() {
        int limit = JsonText.MAX_DEPTH;

        assertThat(command(TopicRole.INPUT, plain("[".repeat(limit) + "]".repeat(limit))))
                .isInstanceOf(Command.SubmitInput.class);
        assertThat(reason(TopicRole.INPUT, plain("[".repeat(limit + 1) + "]".repeat(limit + 1))))
                .startsWith("The data cannot be read: Not JSON: Document nesting depth (65) exceeds");
    }

    @Test
    void limitsTheTimestamp() {
        assertThat(command(TopicRole.INPUT, plain("1").at(0)).header().timeMs()).isZero();
        assertThat(command(TopicRole.INPUT, plain("1").at(RecordDecoder.MAX_TIME_MS))
                        .header()
                        .timeMs())
                .isEqualTo(RecordDecoder.MAX_TIME_MS);
        assertThat(reason(TopicRole.INPUT, plain("1").at(-1)))
                .startsWith("The record's timestamp -1 is not between 1970 and 9999");
        assertThat(reason(TopicRole.INPUT, plain("1").at(RecordDecoder.MAX_TIME_MS + 1)))
                .startsWith("The record's timestamp");
    }

    private void assertLimit(String reason, int limit, Function<String, Sent> make) {
        assertThat(command(TopicRole.INPUT, make.apply("x".repeat(limit)))).isInstanceOf(Command.SubmitInput.class);
        assertThat(reason(TopicRole.INPUT, make.apply("x".repeat(limit + 1))))
                .isEqualTo(reason + ": " + (limit + 1) + " characters, at most " + limit + " characters");
        assertThat(reason(TopicRole.INPUT, make.apply("x".repeat(100_000)))).startsWith(reason);
    }
}
