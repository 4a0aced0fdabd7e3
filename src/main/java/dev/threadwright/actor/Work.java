package dev.threadwright.actor;

import dev.threadwright.journal.OutboxRow.Kind;
import dev.threadwright.thread.Command;
import org.jspecify.annotations.Nullable;

/** One thing that a loop has to deal with, in the order of its arrival. */
public sealed interface Work {

    /** What a work counts beyond the bytes that it carries. */
    int OVERHEAD_BYTES = 256;

    int partition();

    /** The record that it came with, if it came from Kafka; its offset is consumed when the work is committed. */
    @Nullable RawRecord record();

    default long bytes() {
        RawRecord raw = record();
        return OVERHEAD_BYTES + (raw == null ? 0 : raw.bytes());
    }

    /**
     * Something to decide.
     *
     * @param answered whether its sender asks for the outcome: then one that is invalid is stored for them, instead of
     *     becoming a dead letter
     */
    record Decide(int partition, Command command, @Nullable RawRecord record, boolean answered) implements Work {}

    /** A record that concerns no thread of the partition: a dead letter, or a record for another partition. */
    record SetAside(int partition, Kind kind, String reason, RawRecord record) implements Work {}
}
