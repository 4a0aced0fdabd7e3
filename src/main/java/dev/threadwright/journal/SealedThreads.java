package dev.threadwright.journal;

import dev.threadwright.thread.ThreadKey;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Of what threads a batch holds something that is sealed.
 *
 * @param withOutcomesAlone those of them of which it holds nothing but what became of commands
 */
record SealedThreads(Set<ThreadKey> all, Set<ThreadKey> withOutcomesAlone) {

    static SealedThreads of(Batch batch) {
        Set<ThreadKey> all = new LinkedHashSet<>();
        batch.decisions().forEach(row -> all.add(row.thread()));
        batch.outbox().forEach(row -> all.add(CommitCall.threadOf(row)));
        batch.runs().forEach(row -> all.add(row.thread()));
        batch.legs().forEach(row -> all.add(row.thread()));
        batch.interrupts().forEach(row -> all.add(row.thread()));
        batch.snapshots().forEach(state -> all.add(state.key()));
        Set<ThreadKey> withOutcomesAlone = new HashSet<>();
        batch.outcomes().forEach(row -> {
            if (!all.contains(row.key().thread())) {
                withOutcomesAlone.add(row.key().thread());
            }
        });
        all.addAll(withOutcomesAlone);
        return new SealedThreads(all, withOutcomesAlone);
    }
}
