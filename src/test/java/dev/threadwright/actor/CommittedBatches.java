package dev.threadwright.actor;

import dev.threadwright.journal.Journal;
import dev.threadwright.journal.Journal.Claim;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Decider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Decides commands on a partition without a loop, and commits them batch by batch as the test cuts them. */
final class CommittedBatches {

    final EarlierBatches earlier = new EarlierBatches();
    private final Journal journal;
    private final Decider decider;
    private OwnedPartition partition;

    CommittedBatches(Journal journal, Decider decider) {
        this.journal = journal;
        this.decider = decider;
        Claim claim = journal.claim(0, "test", "publisher");
        this.partition = new OwnedPartition(0, claim.epoch(), claim.position());
    }

    /** One batch. */
    PendingBatch commit(Command... commands) {
        List<Work> works = new ArrayList<>();
        for (Command command : commands) {
            works.add(new Work.Decide(0, command, null, true));
        }
        PendingBatch pending = new BatchBuilder(decider, Quotas.NONE, 1_000, Long.MAX_VALUE, earlier)
                .build(works, Map.of(0, partition));
        journal.commit(pending.batch());
        partition = partition.at(pending.batch().advances().getFirst().to());
        earlier.add(pending);
        return pending;
    }
}
