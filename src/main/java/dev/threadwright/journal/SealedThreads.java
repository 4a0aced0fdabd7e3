package dev.threadwright.journal;

import dev.threadwright.thread.ThreadKey;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Of what threads a batch holds something that is sealed.
 *
 * @param withOutcomesAlone those of them of which it holds nothing but what became of commands
 * @param erasableNow those of them that somebody else may have erased a moment ago. What has a thread that is neither new nor
 *     deleted is erased by its owner alone, who knows
 */
record SealedThreads(Set<ThreadKey> all, Set<ThreadKey> withOutcomesAlone, Set<ThreadKey> erasableNow) {

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
        Set<ThreadKey> erasableNow = new HashSet<>();
        batch.outbox().forEach(row -> erasableNow.add(CommitCall.threadOf(row)));
        batch.decisions().forEach(row -> erasableNow.remove(row.thread()));
        batch.threads().stream()
                .filter(row -> row.expectedSeq() == 0)
                .forEach(row -> erasableNow.add(row.state().key()));
        return new SealedThreads(all, withOutcomesAlone, erasableNow);
    }

    static SealedThreads of(SetAsideThread thread) {
        Set<ThreadKey> one = Set.of(thread.thread());
        return new SealedThreads(one, Set.of(), one);
    }
}
