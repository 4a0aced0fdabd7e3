package dev.threadwright.faults.campaign;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However the bytes are cut, the points are where they are. */
class PostgresWireTest {
    private final PostgresWire wire = new PostgresWire();
    private final List<String> marks = new ArrayList<>();
    private int piece;
    private int asked;
    private int answered;

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 7, 100_000})
    void aCommitIsFollowedFromItsBindToItsAnswer(int bytes) {
        piece = bytes;
        login();
        ask(message('P', "S_1\0select commit_batch_v1($1)\0\0\0"));
        int bind = asked;
        byte[] rows = message('B', "\0S_1\0" + "x".repeat(3_000));
        ask(rows);
        ask(message('E', "\0\0\0\0\0"));
        int sync = asked;
        ask(message('S', ""));
        answer(message('1', ""), message('2', ""), message('C', "SELECT 1\0"));
        int ready = answered;
        answer(message('Z', "I"));

        assertThat(marks).hasSize(5);
        assertThat(marks.getFirst()).startsWith("COMMIT_HELD ");
        assertThat(Integer.parseInt(marks.getFirst().substring("COMMIT_HELD ".length())))
                .as("before all of the Bind has passed")
                .isBetween(bind, bind + rows.length - 1);
        assertThat(marks.subList(1, 5))
                .containsExactly(
                        "COMMIT_UNFINISHED " + sync,
                        "COMMIT_SENT " + (sync + 5),
                        "COMMIT_STORED " + ready,
                        "COMMIT_ANSWERED " + (ready + 6));
        assertThat(wire.refusal()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 100_000})
    void aRefusedCommitIsNotStored(int bytes) {
        piece = bytes;
        login();
        ask(message('P', "S_1\0select commit_batch_v1($1)\0\0\0"), message('B', "\0S_1\0"), message('S', ""));
        answer(message('E', "SERROR\0CTW001\0MAnother owner\0\0"), message('Z', "I"));

        assertThat(marks.getLast()).startsWith("COMMIT_REFUSED ");
        assertThat(marks).noneMatch(mark -> mark.startsWith("COMMIT_STORED"));
        assertThat(wire.refusal()).contains("TW001");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100_000})
    void otherStatementsAreNoCommits_alsoUnderANameThatWasOne(int bytes) {
        piece = bytes;
        login();
        ask(message('P', "S_1\0select commit_batch_v1($1)\0\0\0"), message('P', "S_1\0select 1\0\0\0"));
        ask(message('B', "\0S_1\0"), message('S', ""), message('Q', "select commit_batch_v1()\0"));
        answer(message('C', "SELECT 1\0"), message('Z', "I"), message('C', "SELECT 1\0"), message('Z', "I"));

        assertThat(marks).isEmpty();
    }

    private void login() {
        ask(ByteBuffer.allocate(8).putInt(8).putInt(80_877_103).array());
        answer(new byte[] {'N'});
        byte[] user = "user\0threadwright\0\0".getBytes(UTF_8);
        ask(ByteBuffer.allocate(8 + user.length)
                .putInt(8 + user.length)
                .putInt(196_608)
                .put(user)
                .array());
        answer(message('R', "\0\0\0\0"), message('Z', "I"));
    }

    private static byte[] message(char type, String body) {
        byte[] bytes = body.getBytes(UTF_8);
        return ByteBuffer.allocate(5 + bytes.length)
                .put((byte) type)
                .putInt(4 + bytes.length)
                .put(bytes)
                .array();
    }

    private void ask(byte[]... messages) {
        for (byte[] cut : pieces(messages)) {
            wire.fromClient(cut, cut.length, (point, index) -> marks.add(point + " " + (asked + index)));
            asked += cut.length;
        }
    }

    private void answer(byte[]... messages) {
        for (byte[] cut : pieces(messages)) {
            wire.fromServer(cut, cut.length, (point, index) -> marks.add(point + " " + (answered + index)));
            answered += cut.length;
        }
    }

    private List<byte[]> pieces(byte[]... messages) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            all.writeBytes(message);
        }
        ByteBuffer left = ByteBuffer.wrap(all.toByteArray());
        List<byte[]> pieces = new ArrayList<>();
        while (left.hasRemaining()) {
            byte[] next = new byte[Math.min(piece, left.remaining())];
            left.get(next);
            pieces.add(next);
        }
        return pieces;
    }
}
