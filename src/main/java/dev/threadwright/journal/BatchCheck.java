package dev.threadwright.journal;

import dev.threadwright.journal.Batch.Advance;
import dev.threadwright.journal.Batch.ThreadRow;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.ThreadKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.stream.Stream;

/**
 * What must hold within a batch whatever the store holds, so that no implementation has to notice a gap: positions
 * follow one another to the end of their advance, and sequence numbers to the end of their thread.
 */
final class BatchCheck {

    private BatchCheck() {}

    /** @throws RejectedBatchException naming what is wrong; it is the caller's defect, or a name nobody can store */
    static void check(Batch batch) {
        checkPositions(batch);
        checkSequences(batch);
        for (DecisionRow decision : batch.decisions()) {
            checkNames(decision);
        }
    }

    /** Postgres has no U+0000 in text. */
    static boolean isStorable(String name) {
        return name.indexOf('\0') < 0;
    }

    static boolean isStorable(ThreadKey thread) {
        return isStorable(thread.tenant()) && isStorable(thread.thread());
    }

    private static void checkPositions(Batch batch) {
        Map<Integer, PriorityQueue<Long>> positions = new HashMap<>();
        for (Advance advance : batch.advances()) {
            positions.put(advance.partition(), new PriorityQueue<>());
        }
        Stream.of(batch.decisions(), batch.outbox()).flatMap(List::stream).forEach(row -> {
            PriorityQueue<Long> queue = positions.get(row.partition());
            if (queue == null) {
                throw rejected("Partition " + row.partition() + " is written and not advanced");
            }
            queue.add(row.position());
        });
        for (Advance advance : batch.advances()) {
            PriorityQueue<Long> queue = positions.getOrDefault(advance.partition(), new PriorityQueue<>());
            for (long expected = advance.from() + 1; expected <= advance.to(); expected++) {
                Long position = queue.poll();
                if (position == null || position != expected) {
                    throw rejected("Partition " + advance.partition() + ": position " + expected + " is missing");
                }
            }
            if (!queue.isEmpty()) {
                throw rejected(
                        "Partition " + advance.partition() + ": position " + queue.peek() + " is beyond the end");
            }
        }
    }

    private static void checkSequences(Batch batch) {
        Map<ThreadKey, Long> seqs = new HashMap<>();
        for (ThreadRow row : batch.threads()) {
            seqs.put(row.state().key(), row.expectedSeq());
        }
        for (DecisionRow decision : batch.decisions()) {
            Long before = seqs.put(decision.thread(), decision.lastSeq());
            if (before == null || decision.firstSeq() != before + 1) {
                throw rejected("Thread " + decision.thread() + ": event " + decision.firstSeq() + " cannot follow "
                        + (before == null ? "on nothing known" : before));
            }
        }
        for (ThreadRow row : batch.threads()) {
            ThreadKey key = row.state().key();
            Long last = seqs.get(key);
            if (last == null || last != row.state().seq()) {
                throw rejected(
                        "Thread " + key + " is to be at " + row.state().seq() + " and its events end at " + last);
            }
        }
    }

    private static void checkNames(DecisionRow decision) {
        Identity causation = decision.causation();
        if (!isStorable(decision.thread())
                || !isStorable(decision.actor())
                || (causation != null && !(isStorable(causation.source()) && isStorable(causation.id())))) {
            throw rejected("Thread " + decision.thread() + ": a name holds U+0000, which cannot be stored");
        }
    }

    private static RejectedBatchException rejected(String message) {
        return new RejectedBatchException(message, null);
    }
}
