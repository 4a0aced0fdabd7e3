package dev.threadwright.actor;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.thread.Checkpoint;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.IdentityHash;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.Known;
import dev.threadwright.thread.Room;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.SettledInterrupt;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was decided before a command of a batch and is not in its thread's state: in the batch itself, else before it. Works
 * of one batch see each other's decisions, so that cutting them into other batches gives the same.
 */
final class Priors {

    private final Earlier earlier;
    private final Map<OutcomeKey, OutcomeRow> outcomes = new LinkedHashMap<>();
    private final Map<RunId, RunStatus> endedRuns = new HashMap<>();
    private final Map<InterruptId, SettledInterrupt> settled;

    /** @param settled what became of interrupts in the batch, as it goes on */
    Priors(Earlier earlier, Map<InterruptId, SettledInterrupt> settled) {
        this.earlier = earlier;
        this.settled = settled;
    }

    /** What was decided before, and under which key this decision is to be kept; no key if there is no identity. */
    record Prior(Known.@Nullable Prior known, @Nullable OutcomeKey key) {}

    Prior of(Command.Header header) {
        Identity identity = header.identity();
        if (identity == null) {
            return new Prior(null, null);
        }
        OutcomeKey key = new OutcomeKey(header.thread(), IdentityHash.of(identity));
        OutcomeRow first = outcome(key);
        if (first == null || first.isOf(header.contentHash())) {
            return new Prior(first == null ? null : new Known.Prior(header.contentHash(), first.outcome()), key);
        }
        OutcomeKey conflict = new OutcomeKey(header.thread(), IdentityHash.ofConflict(identity, header.contentHash()));
        OutcomeRow refused = outcome(conflict);
        OutcomeRow known = refused == null ? first : refused;
        return new Prior(new Known.Prior(known.contentHash(), known.outcome()), conflict);
    }

    /** @param prior that was found of the command */
    Known known(Command command, Prior prior, Room room) {
        return new Known(prior.known(), endedRun(command), checkpoint(command), settled(command), room);
    }

    /** An identified command was decided, and its outcome is kept. */
    void decided(OutcomeRow outcome) {
        outcomes.put(outcome.key(), outcome);
    }

    /** An event of the batch. */
    void add(Event event) {
        switch (event) {
            case Event.RunCompleted completed -> endedRuns.put(completed.run(), RunStatus.COMPLETED);
            case Event.RunFailed failed -> endedRuns.put(failed.run(), RunStatus.FAILED);
            case Event.RunCancelled cancelled -> endedRuns.put(cancelled.run(), RunStatus.CANCELLED);
            case Event.RunTimedOut timedOut -> endedRuns.put(timedOut.run(), RunStatus.TIMED_OUT);
            default -> {
                // No other event ends a run.
            }
        }
    }

    /** Of the batch. */
    Map<OutcomeKey, OutcomeRow> outcomes() {
        return outcomes;
    }

    /** Of the batch. */
    Map<RunId, RunStatus> endedRuns() {
        return endedRuns;
    }

    private @Nullable OutcomeRow outcome(OutcomeKey key) {
        OutcomeRow here = outcomes.get(key);
        return here != null ? here : earlier.outcome(key);
    }

    private @Nullable RunStatus endedRun(Command command) {
        RunId named = command.namedRun();
        if (named == null) {
            return null;
        }
        RunStatus here = endedRuns.get(named);
        return here != null ? here : earlier.ending(named);
    }

    private @Nullable Checkpoint checkpoint(Command command) {
        CheckpointKey named = CheckpointKey.of(command);
        return named == null ? null : earlier.checkpoint(named);
    }

    private Map<InterruptId, SettledInterrupt> settled(Command command) {
        List<InterruptId> named = command.interrupts();
        if (named.isEmpty()) {
            return Map.of();
        }
        Map<InterruptId, SettledInterrupt> known = new HashMap<>();
        for (InterruptId id : named) {
            SettledInterrupt here = settled.get(id);
            SettledInterrupt one = here != null ? here : earlier.settled(id);
            if (one != null) {
                known.put(id, one);
            }
        }
        return known;
    }
}
