package dev.threadwright.actor;

import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.Checkpoints;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.UnreadableException;
import dev.threadwright.thread.Checkpoint;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.IdentityHash;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.SettledInterrupt;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the journal told about the works of the coming batch: states of cold threads (absent ones included), earlier
 * outcomes, ended runs, settled interrupts and checkpoints. Read while the batch before it was being committed, so that
 * one's own results stand beside it, and states that are kept in memory anyway before it.
 *
 * <p>What cannot be read is remembered with the reason: it costs the works that need it and nothing else.
 */
final class Lookups implements Earlier {

    private final Journal journal;
    private final Checkpoints journaled;
    private final NeededWorkflows workflows;
    private final Actors actors;
    private final Measurements measurements;

    private final Map<ThreadKey, ThreadState> states = new HashMap<>();

    /** Threads whose journal this release cannot read, and why. */
    private final Map<ThreadKey, String> unreadable = new HashMap<>();

    /** Those of them whose state cannot be read: nothing can be decided on them. */
    private final Set<ThreadKey> damaged = new HashSet<>();

    /** Checkpoints that cannot be read, and why; the thread that would go on from them may be another, and sound. */
    private final Map<CheckpointKey, String> unreadableCheckpoints = new HashMap<>();

    private final Map<OutcomeKey, OutcomeRow> outcomes = new HashMap<>();
    private final Map<RunId, RunStatus> endedRuns = new HashMap<>();
    private final Map<InterruptId, SettledInterrupt> settled = new HashMap<>();
    private final Map<CheckpointKey, Checkpoint> checkpoints = new HashMap<>();

    private @Nullable PendingBatch lastCommitted;

    /** @param actors what is kept in memory, which is not read; on the same thread as this */
    Lookups(Journal journal, NeededWorkflows workflows, Actors actors, Measurements measurements) {
        this.journal = journal;
        this.journaled = new Checkpoints(journal);
        this.workflows = workflows;
        this.actors = actors;
        this.measurements = measurements;
    }

    /**
     * Reads what deciding the works will need. If it fails, it can be repeated.
     *
     * @param changing threads of a commit that is under way, whose states are not known yet
     * @throws dev.threadwright.journal.JournalException if the journal cannot be read now
     */
    void read(Collection<Work> works, Set<ThreadKey> changing) {
        Set<ThreadKey> threads = Work.threadsOf(works);
        threads.removeIf(key -> actors.contains(key) || isKnown(key) || changing.contains(key));
        readStates(threads);
        workflows.lookUp(works, states);
        readReadable(works);
        Work.forEachCommand(works, command -> {
            CheckpointKey named = CheckpointKey.of(command);
            if (named != null) {
                readCheckpoint(named);
            }
        });
    }

    /** Reads states that were not needed because they were kept in memory, or about to be, and are not any more. */
    void readTrimmed(Collection<Work> works) {
        Set<ThreadKey> missing = Work.threadsOf(works);
        missing.removeIf(key -> actors.contains(key) || isKnown(key));
        if (!missing.isEmpty()) {
            readStates(missing);
        }
    }

    /** A batch is durable; what it decided was not visible yet when the outcomes of the coming one were read. */
    void committed(PendingBatch pending) {
        lastCommitted = pending;
    }

    /** Forgets what was read: the works that it was read for are decided, or wait so long that it may be out of date. */
    void clear() {
        states.clear();
        unreadable.clear();
        damaged.clear();
        unreadableCheckpoints.clear();
        outcomes.clear();
        endedRuns.clear();
        settled.clear();
        checkpoints.clear();
    }

    /** Whether all could be read that was asked for. */
    boolean isComplete() {
        return unreadable.isEmpty() && unreadableCheckpoints.isEmpty();
    }

    /** Why the command cannot be decided; null if it can. */
    @Nullable String whyUnreadable(Command command) {
        String reason = unreadable.get(command.header().thread());
        CheckpointKey checkpoint = CheckpointKey.of(command);
        return reason == null && checkpoint != null ? unreadableCheckpoints.get(checkpoint) : reason;
    }

    /** Why nothing can be decided on the thread; null if its state could be read, or was not asked for. */
    @Nullable String damage(ThreadKey thread) {
        return damaged.contains(thread) ? unreadable.getOrDefault(thread, "") : null;
    }

    /**
     * The same, by what the journal says now.
     *
     * @throws dev.threadwright.journal.JournalException if the journal cannot be read now
     */
    @Nullable String damageNow(ThreadKey thread) {
        try {
            journal.load(List.of(thread));
            return null;
        } catch (UnreadableException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** The thread's state if it is known; null if it is not. */
    @Nullable ThreadState find(ThreadKey thread) {
        ThreadState state = actors.get(thread);
        return state == null ? states.get(thread) : state;
    }

    @Override
    public ThreadState state(ThreadKey thread) {
        ThreadState state = find(thread);
        if (state == null) {
            throw new IllegalStateException("Thread " + thread + " was not loaded");
        }
        return state;
    }

    @Override
    public @Nullable OutcomeRow outcome(OutcomeKey key) {
        OutcomeRow recent =
                lastCommitted == null ? null : lastCommitted.outcomes().get(key);
        return recent != null ? recent : outcomes.get(key);
    }

    @Override
    public @Nullable RunStatus ending(RunId run) {
        RunStatus recent =
                lastCommitted == null ? null : lastCommitted.endedRuns().get(run);
        return recent != null ? recent : endedRuns.get(run);
    }

    @Override
    public @Nullable SettledInterrupt settled(InterruptId interrupt) {
        SettledInterrupt recent =
                lastCommitted == null ? null : lastCommitted.settled().get(interrupt);
        return recent != null ? recent : settled.get(interrupt);
    }

    @Override
    public @Nullable Checkpoint checkpoint(CheckpointKey named) {
        return checkpoints.get(named);
    }

    private boolean isKnown(ThreadKey thread) {
        return states.containsKey(thread) || unreadable.containsKey(thread);
    }

    private void readCheckpoint(CheckpointKey named) {
        try {
            Checkpoint found = journaled.find(named.thread(), named.checkpoint());
            if (found != null) {
                checkpoints.put(named, found);
            }
        } catch (UnreadableException e) {
            unreadableCheckpoints.put(named, String.valueOf(e.getMessage()));
        }
    }

    private void readStates(Set<ThreadKey> threads) {
        Set<ThreadKey> readable = new HashSet<>(threads);
        while (!readable.isEmpty()) {
            try {
                long begunNanos = System.nanoTime();
                Map<ThreadKey, ThreadState> loaded = journal.load(readable);
                measurements.loaded(readable.size(), System.nanoTime() - begunNanos);
                readable.forEach(key -> states.put(key, loaded.getOrDefault(key, ThreadState.absent(key))));
                return;
            } catch (UnreadableException e) {
                ThreadKey thread = unreadable(e);
                damaged.add(thread);
                readable.remove(thread);
            }
        }
    }

    /** Remembers which thread cannot be read; every round of a caller that goes on without it has fewer threads. */
    private ThreadKey unreadable(UnreadableException e) {
        ThreadKey thread = e.thread();
        if (thread == null || unreadable.put(thread, String.valueOf(e.getMessage())) != null) {
            throw e;
        }
        return thread;
    }

    private void readReadable(Collection<Work> works) {
        List<Work> readable = new ArrayList<>(works);
        readable.removeIf(work -> work instanceof Work.Decide decide && whyUnreadable(decide.command()) != null);
        while (true) {
            try {
                readOutcomes(readable);
                readInterrupts(readable);
                readRuns(readable);
                return;
            } catch (UnreadableException e) {
                ThreadKey thread = unreadable(e);
                readable.removeIf(work -> work instanceof Work.Decide decide
                        && decide.command().header().thread().equals(thread));
            }
        }
    }

    private void readRuns(Collection<Work> works) {
        Map<RunId, ThreadKey> runs = new HashMap<>();
        Work.forEachCommand(works, command -> {
            RunId named = command.namedRun();
            if (named != null) {
                runs.put(named, command.header().thread());
            }
        });
        if (!runs.isEmpty()) {
            endedRuns.putAll(journal.endedRuns(runs));
        }
    }

    private void readInterrupts(Collection<Work> works) {
        Map<InterruptId, ThreadKey> interrupts = new HashMap<>();
        Work.forEachCommand(
                works,
                command -> command.interrupts()
                        .forEach(id -> interrupts.put(id, command.header().thread())));
        if (!interrupts.isEmpty()) {
            settled.putAll(journal.settledInterrupts(interrupts));
        }
    }

    /** Conflicts are rare, so the second key of a conflict is only read for those. */
    private void readOutcomes(Collection<Work> works) {
        Map<OutcomeKey, Command.Header> asked = new HashMap<>();
        Work.forEachCommand(works, command -> {
            Identity identity = command.header().identity();
            if (identity != null) {
                asked.put(new OutcomeKey(command.header().thread(), IdentityHash.of(identity)), command.header());
            }
        });
        if (asked.isEmpty()) {
            return;
        }
        Map<OutcomeKey, OutcomeRow> found = journal.outcomes(asked.keySet());
        outcomes.putAll(found);
        if (found.isEmpty()) {
            return;
        }
        Set<OutcomeKey> conflicts = new HashSet<>();
        Work.forEachCommand(works, command -> {
            Command.Header header = command.header();
            Identity identity = header.identity();
            if (identity != null) {
                OutcomeRow first = found.get(new OutcomeKey(header.thread(), IdentityHash.of(identity)));
                if (first != null && !first.contentHash().equals(header.contentHash())) {
                    conflicts.add(
                            new OutcomeKey(header.thread(), IdentityHash.ofConflict(identity, header.contentHash())));
                }
            }
        });
        if (!conflicts.isEmpty()) {
            outcomes.putAll(journal.outcomes(conflicts));
        }
    }
}
