package dev.threadwright.actor;

import dev.threadwright.journal.OutboxRow.Kind;
import dev.threadwright.journal.Weight;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.ThreadKey;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One thing that a loop has to deal with, in the order of its arrival. */
public sealed interface Work {

    /** What a work counts beyond what it holds. */
    int OVERHEAD_BYTES = 256;

    int partition();

    /** The record that it came with, if it came from Kafka; its offset is consumed when the work is committed. */
    @Nullable RawRecord record();

    /** What it holds, read or not: its record, and its command, which may have come without one. */
    long bytes();

    /** The threads on which there is something to decide. */
    static Set<ThreadKey> threadsOf(Collection<Work> works) {
        Set<ThreadKey> threads = new HashSet<>();
        forEachCommand(works, command -> threads.add(command.header().thread()));
        return threads;
    }

    /** In the order of the works. */
    static void forEachCommand(Collection<Work> works, Consumer<Command> action) {
        for (Work work : works) {
            if (work instanceof Work.Decide decide) {
                action.accept(decide.command());
            }
        }
    }

    /**
     * Something to decide.
     *
     * @param answered whether its sender asks for the outcome: then one that is invalid is stored for them, instead of
     *     becoming a dead letter
     * @param bytes weighed once, because it is asked for whenever the work moves on
     */
    record Decide(int partition, Command command, @Nullable RawRecord record, boolean answered, long bytes)
            implements Work {
        public Decide(int partition, Command command, @Nullable RawRecord record, boolean answered) {
            this(
                    partition,
                    command,
                    record,
                    answered,
                    OVERHEAD_BYTES + (record == null ? 0 : record.bytes()) + Weight.KEPT.of(command));
        }
    }

    /** A record that concerns no thread of the partition: a dead letter, or a record for another partition. */
    record SetAside(int partition, Kind kind, String reason, RawRecord record) implements Work {
        @Override
        public long bytes() {
            return OVERHEAD_BYTES + record.bytes();
        }
    }
}
