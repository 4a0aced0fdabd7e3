package dev.threadwright.faults.campaign;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;

/** Knows the call that commits a batch in Postgres' extended protocol: Parse, Bind, Describe, Execute, Sync. */
final class PostgresWire implements Wire {

    private static final String COMMIT = "commit_batch_v1(";
    private static final int SSL_REQUEST = 80_877_103;
    private static final int GSS_REQUEST = 80_877_104;
    private static final int CANCEL_REQUEST = 80_877_102;

    private final Frame asked = new Frame();
    private final Frame answered = new Frame();

    /** Names of prepared statements that commit a batch. */
    private final Set<String> commits = new HashSet<>();

    /** Of each ReadyForQuery that is to come, whether it ends a commit. */
    private final Queue<Boolean> awaited = new ArrayDeque<>();

    private boolean startup = true;
    private boolean commitBound;

    /** Answers to come that are one byte without a header. */
    private int singleBytes;

    private boolean failed;
    private String refusal = "";

    /** One message: type (none in the first of a connection), length, body; only the body's first bytes are kept. */
    private static final class Frame {
        private final byte[] header = new byte[8];
        private final byte[] body = new byte[512];
        private int headerBytes;
        private int bodyBytes;
        private int remaining;

        boolean isComplete(int headerSize) {
            return headerBytes == headerSize && remaining == 0;
        }

        /** @return whether that was the header's last byte */
        boolean header(byte next, int headerSize) {
            header[headerBytes++] = next;
            if (headerBytes < headerSize) {
                return false;
            }
            bodyBytes = 0;
            remaining = headerSize == 8 ? intAt(0) - 8 : intAt(1) - 4;
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

        char type() {
            return (char) header[0];
        }

        int intAt(int index) {
            return ByteBuffer.wrap(header).getInt(index);
        }

        /** The text that ends with a zero and begins after so many others; null if it is not there yet. */
        @org.jspecify.annotations.Nullable String text(int after) {
            int from = 0;
            for (int i = 0; i < bodyBytes; i++) {
                if (body[i] == 0) {
                    if (after-- == 0) {
                        return new String(body, from, i - from, UTF_8);
                    }
                    from = i + 1;
                }
            }
            return null;
        }

        String all() {
            return new String(body, 0, bodyBytes, UTF_8);
        }
    }

    @Override
    public synchronized void fromClient(byte[] bytes, int length, Marks marks) {
        int i = 0;
        while (i < length) {
            int headerSize = startup ? 8 : 5;
            if (asked.headerBytes < headerSize) {
                if (asked.headerBytes == 0 && !startup && bytes[i] == 'S' && commitBound) {
                    marks.at(Point.COMMIT_UNFINISHED, i);
                }
                asked.header(bytes[i++], headerSize);
            } else {
                int before = i;
                i += asked.body(bytes, i, length);
                if (!startup && asked.type() == 'B' && !commitBound) {
                    String statement = asked.text(1);
                    if (statement != null && commits.contains(statement)) {
                        commitBound = true;
                        // Not all of it has passed before here, so nothing can be executed.
                        marks.at(Point.COMMIT_HELD, before);
                    }
                }
            }
            if (asked.isComplete(headerSize)) {
                askedWhole(marks, i);
                asked.headerBytes = 0;
            }
        }
    }

    private void askedWhole(Marks marks, int end) {
        if (startup) {
            int code = asked.intAt(4);
            if (code == SSL_REQUEST || code == GSS_REQUEST) {
                singleBytes++;
            } else if (code != CANCEL_REQUEST) {
                startup = false;
                awaited.add(false);
            }
            return;
        }
        switch (asked.type()) {
            case 'P' -> {
                String name = asked.text(0);
                if (name != null) {
                    commits.remove(name);
                    if (asked.all().contains(COMMIT)) {
                        commits.add(name);
                    }
                }
            }
            case 'Q' -> awaited.add(false);
            case 'S' -> {
                awaited.add(commitBound);
                if (commitBound) {
                    commitBound = false;
                    marks.at(Point.COMMIT_SENT, end);
                }
            }
            default -> {}
        }
    }

    @Override
    public synchronized void fromServer(byte[] bytes, int length, Marks marks) {
        int i = 0;
        while (i < length) {
            if (singleBytes > 0 && answered.headerBytes == 0) {
                singleBytes--;
                i++;
                continue;
            }
            if (answered.headerBytes < 5) {
                if (answered.headerBytes == 0 && bytes[i] == 'Z' && !failed && isCommitAwaited()) {
                    marks.at(Point.COMMIT_STORED, i);
                }
                answered.header(bytes[i++], 5);
            } else {
                i += answered.body(bytes, i, length);
            }
            if (answered.isComplete(5)) {
                answeredWhole(marks, i);
                answered.headerBytes = 0;
            }
        }
    }

    private void answeredWhole(Marks marks, int end) {
        if (answered.type() == 'E') {
            failed = true;
            refusal = answered.all().replace('\0', ' ').strip();
        } else if (answered.type() == 'Z') {
            boolean commit = isCommitAwaited();
            awaited.poll();
            if (commit) {
                if (!failed) {
                    refusal = "";
                }
                marks.at(failed ? Point.COMMIT_REFUSED : Point.COMMIT_ANSWERED, end);
            }
            failed = false;
        }
    }

    private boolean isCommitAwaited() {
        return Boolean.TRUE.equals(awaited.peek());
    }

    @Override
    public synchronized String refusal() {
        return refusal;
    }
}
