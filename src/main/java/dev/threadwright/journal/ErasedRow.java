package dev.threadwright.journal;

/**
 * A decision or a row of the outbox that nobody can read any more, because its thread is erased: its place is taken, and
 * nothing is published of it.
 */
public record ErasedRow(int partition, long position) implements Publication {

    private static final int BYTES = 64;

    @Override
    public long bytes() {
        return BYTES;
    }
}
