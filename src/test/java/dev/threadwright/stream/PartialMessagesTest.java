package dev.threadwright.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.contract.Mode;
import dev.threadwright.contract.StreamFrame;
import dev.threadwright.json.JsonText;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartialMessagesTest {

    private final PartialMessages partial = new PartialMessages();

    @Test
    void aMessageThatWasToldInPiecesIsNotToldWhole() {
        partial.told(message("m", "Hel"));
        partial.told(message("m", ""));
        partial.told(message("m", "lo"));

        assertThat(partial.covers(message("m", "Hello"))).isTrue();
        assertThat(partial.covers(message("m", "Hello"))).as("said again").isFalse();
    }

    @Test
    void aMessageOfWhichPiecesAreMissingIsToldWhole() {
        partial.told(message("m", "lo"));

        assertThat(partial.covers(message("m", "Hello"))).isFalse();
        assertThat(partial.covers(message("other", "Hello"))).isFalse();
    }

    @Test
    void aMessageWithNothingButCallsWasToldByTheirPieces() {
        partial.told(message("m", "'tool_call_chunks': [{'index': 0, 'name': 'find', 'args': ''}]", ""));
        partial.told(message("m", "'tool_call_chunks': [{'index': 0, 'args': '{}'}]", ""));

        assertThat(partial.covers(message("m", "'tool_calls': [{'name': 'find'}]", "")))
                .isTrue();
    }

    @Test
    void aMessageWhoseCallBeganBeforeAnybodyListenedIsToldWhole() {
        partial.told(message("m", "'tool_call_chunks': [{'index': 0, 'args': '{}'}]", ""));

        assertThat(partial.covers(message("m", "'tool_calls': [{'name': 'find'}]", "")))
                .isFalse();
    }

    @Test
    void onlySoManyAreKeptInMind() {
        for (int i = 0; i <= PartialMessages.MAX; i++) {
            partial.told(message("m" + i, "x"));
        }

        assertThat(partial.covers(message("m0", "x"))).isFalse();
        assertThat(partial.covers(message("m1", "x"))).isTrue();
    }

    private static StreamFrame message(String id, String content) {
        return message(id, "'tool_calls': []", content);
    }

    private static StreamFrame message(String id, String calls, String content) {
        String json = "[{'id': '%s', %s, 'content': '%s'}, {}]".formatted(id, calls, content);
        return new StreamFrame(
                null, Mode.MESSAGES_TUPLE, "messages", List.of(), null, () -> JsonText.parse(json.replace('\'', '"')));
    }
}
