package dev.threadwright.faults.campaign;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** Knows the requests with which a server publishes: Produce and EndTxn. */
final class KafkaWire implements Wire {

    private static final short PRODUCE = 0;
    private static final short END_TRANSACTION = 26;

    /** From which on requests and answers have tagged fields. */
    private static final short FLEXIBLE_END_TRANSACTION = 3;

    private final Frame asked = new Frame(12);
    private final Frame answered = new Frame(8);

    /** Whether the answer has tagged fields, by the request's number, of ends of transactions that are not answered yet. */
    private final Map<Integer, Boolean> ends = new HashMap<>();

    private boolean endAsked;
    private boolean endAnswered;
    private boolean flexible;
    private String refusal = "";

    /** Size, then the body, of which the first bytes are kept. */
    private static final class Frame {
        private final ByteBuffer header;
        private final byte[] body = new byte[16];
        private int bodyBytes;
        private int remaining;

        Frame(int headerSize) {
            this.header = ByteBuffer.allocate(headerSize);
        }

        boolean hasHeader() {
            return !header.hasRemaining();
        }

        /** @return whether that was the header's last byte */
        boolean header(byte next) {
            header.put(next);
            if (header.hasRemaining()) {
                return false;
            }
            bodyBytes = 0;
            remaining = header.getInt(0) + 4 - header.capacity();
            return true;
        }

        int body(byte[] bytes, int from, int length) {
            int taken = Math.min(remaining, length - from);
            int kept = Math.min(taken, body.length - bodyBytes);
            System.arraycopy(bytes, from, body, bodyBytes, kept);
            bodyBytes += kept;
            remaining -= taken;
            return taken;
        }
    }

    @Override
    public synchronized void fromClient(byte[] bytes, int length, Marks marks) {
        int i = 0;
        while (i < length) {
            if (asked.hasHeader()) {
                i += asked.body(bytes, i, length);
            } else if (asked.header(bytes[i++])) {
                endAsked = asked.header.getShort(4) == END_TRANSACTION;
                if (endAsked) {
                    ends.put(asked.header.getInt(8), asked.header.getShort(6) >= FLEXIBLE_END_TRANSACTION);
                    marks.at(Point.END_HELD, i);
                }
            }
            if (asked.hasHeader() && asked.remaining == 0) {
                switch (asked.header.getShort(4)) {
                    case PRODUCE -> marks.at(Point.PRODUCE_SENT, i);
                    case END_TRANSACTION -> marks.at(Point.END_SENT, i);
                    default -> {}
                }
                asked.header.clear();
            }
        }
    }

    @Override
    public synchronized void fromServer(byte[] bytes, int length, Marks marks) {
        int i = 0;
        while (i < length) {
            if (answered.hasHeader()) {
                i += answered.body(bytes, i, length);
            } else if (answered.header(bytes[i++])) {
                Boolean tagged = ends.remove(answered.header.getInt(4));
                endAnswered = tagged != null;
                flexible = Boolean.TRUE.equals(tagged);
                if (endAnswered) {
                    marks.at(Point.END_STORED, i);
                }
            }
            if (answered.hasHeader() && answered.remaining == 0) {
                if (endAnswered) {
                    // Tagged fields (none), throttle time, error.
                    short error = ByteBuffer.wrap(answered.body).getShort(flexible ? 5 : 4);
                    refusal = error == 0
                            ? ""
                            : org.apache.kafka.common.protocol.Errors.forCode(error)
                                    .name();
                    marks.at(Point.END_ANSWERED, i);
                }
                answered.header.clear();
            }
        }
    }

    @Override
    public synchronized String refusal() {
        return refusal;
    }
}
