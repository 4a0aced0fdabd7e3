package dev.threadwright.faults.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However the bytes are cut, the points are where they are. */
class KafkaWireTest {
    private final KafkaWire wire = new KafkaWire();
    private final List<String> marks = new ArrayList<>();
    private int piece;
    private int asked;
    private int answered;

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 100_000})
    void aTransactionIsFollowedFromItsRecordsToItsEnd(int bytes) {
        piece = bytes;
        ask(request(0, 9, 1, 500));
        ask(request(3, 13, 2, 80));
        int end = asked;
        byte[] request = request(26, 5, 3, 40);
        ask(request);
        answer(answer(1, 60, Errors.NONE));
        answer(answer(2, 60, Errors.NONE));
        int answer = answered;
        byte[] last = answer(3, 20, Errors.NONE);
        answer(last);

        assertThat(marks)
                .containsExactly(
                        "PRODUCE_SENT 512",
                        "END_HELD " + (end + 12),
                        "END_SENT " + (end + request.length),
                        "END_STORED " + (answer + 8),
                        "END_ANSWERED " + (answer + last.length));
        assertThat(wire.refusal()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100_000})
    void whyAnEndIsRefusedIsKnown(int bytes) {
        piece = bytes;
        ask(request(26, 5, 3, 40));
        answer(answer(3, 20, Errors.PRODUCER_FENCED));
        assertThat(wire.refusal()).isEqualTo("PRODUCER_FENCED");
    }

    private static byte[] request(int api, int version, int number, int bodyBytes) {
        return ByteBuffer.allocate(12 + bodyBytes)
                .putInt(8 + bodyBytes)
                .putShort((short) api)
                .putShort((short) version)
                .putInt(number)
                .array();
    }

    /** Of a flexible version: no tagged fields, throttled for 0 ms, the error, and whatever else. */
    private static byte[] answer(int number, int bodyBytes, Errors error) {
        return ByteBuffer.allocate(8 + bodyBytes)
                .putInt(4 + bodyBytes)
                .putInt(number)
                .put((byte) 0)
                .putInt(0)
                .putShort(error.code())
                .array();
    }

    private void ask(byte[] request) {
        for (byte[] cut : pieces(request)) {
            wire.fromClient(cut, cut.length, (point, index) -> marks.add(point + " " + (asked + index)));
            asked += cut.length;
        }
    }

    private void answer(byte[] answer) {
        for (byte[] cut : pieces(answer)) {
            wire.fromServer(cut, cut.length, (point, index) -> marks.add(point + " " + (answered + index)));
            answered += cut.length;
        }
    }

    private List<byte[]> pieces(byte[] all) {
        List<byte[]> pieces = new ArrayList<>();
        for (int from = 0; from < all.length; from += piece) {
            pieces.add(java.util.Arrays.copyOfRange(all, from, Math.min(all.length, from + piece)));
        }
        return pieces;
    }
}
