package dev.threadwright.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.contract.Mode;
import dev.threadwright.contract.StreamFrame;
import dev.threadwright.workflow.Json;
import java.util.List;
import java.util.Map;
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
        partial.told(message("m", ""));

        assertThat(partial.covers(message("m", ""))).isTrue();
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
        return new StreamFrame(
                null,
                Mode.MESSAGES_TUPLE,
                "messages",
                List.of(),
                null,
                () -> Json.array(List.of(
                        Json.object(Map.of("id", Json.of(id), "content", Json.of(content))), Json.EMPTY_OBJECT)));
    }
}
