package dev.threadwright.actor;

import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.actor.Turns.Begun;
import dev.threadwright.actor.Turns.Turn;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.UnreadableException;
import dev.threadwright.log.LogFields;
import dev.threadwright.thread.Awaited;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Owed;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/** Finds in the journal what threads owe, where nobody remembers it any more, and sees to it that their calls go on. */
final class OwedWork {

    /** Threads that are read at once. */
    static final int PAGE = 500;

    private static final Logger LOG = Logger.getLogger(OwedWork.class);

    private final Journal journal;
    private final StepStarter steps;
    private final Turns turns;
    private final Consumer<List<Work>> works;
    private final LongSupplier nowMs;

    /** @param works takes what is to be decided */
    OwedWork(Journal journal, StepStarter steps, Turns turns, Consumer<List<Work>> works, LongSupplier nowMs) {
        this.journal = journal;
        this.steps = steps;
        this.turns = turns;
        this.works = works;
        this.nowMs = nowMs;
    }

    /**
     * What the last owner left.
     *
     * @param calls that this process has to run
     * @param begun attempts under way that limits are counted for, here or elsewhere
     * @param turns attempts that wait
     */
    record Left(List<StepCall> calls, List<Begun> begun, List<Turn> turns) {}

    /** Of all threads of the partition, but those that are set aside. */
    Left of(int partition) {
        return of(partition, journal.threadsOwingCalls(partition), Integer.MAX_VALUE);
    }

    /** Of one thread. */
    Left of(int partition, ThreadKey thread) {
        return of(partition, List.of(thread), Integer.MAX_VALUE);
    }

    /** @param max with which it stops looking for more; there may be more of the threads that were read at once */
    List<Turn> turns(int partition, int max) {
        return of(partition, journal.threadsOwingCalls(partition), max).turns();
    }

    /** What its last owner ran: started again if that does no harm, else the thread is told that nobody knows. */
    void resume(List<StepCall> calls) {
        List<Work> lost = new ArrayList<>();
        for (StepCall step : calls) {
            if (step.call().idempotent()) {
                steps.start(step);
            } else if (!steps.isRunning(step)) {
                Command.Header header =
                        new Command.Header(step.thread(), nowMs.getAsLong(), null, "", "action.lost", "system");
                lost.add(new Work.Decide(
                        step.partition(),
                        new Command.LoseAction(
                                header,
                                step.call().run(),
                                step.call().action(),
                                step.call().attempt()),
                        null,
                        false));
            }
        }
        works.accept(lost);
    }

    private Left of(int partition, List<ThreadKey> threads, int maxTurns) {
        Left left = new Left(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int from = 0; from < threads.size() && left.turns().size() < maxTurns; from += PAGE) {
            List<ThreadKey> page = threads.subList(from, Math.min(threads.size(), from + PAGE));
            for (ThreadState state : readable(page)) {
                for (Owed owed : Owed.of(state)) {
                    switch (owed) {
                        case Owed.Call call -> add(left, StepCall.of(partition, state, call));
                        case Owed.Turn turn -> left.turns().add(new Turn(partition, state.key(), turn));
                        case Owed.Timer ignored -> {}
                    }
                }
            }
        }
        return left;
    }

    private void add(Left left, StepCall step) {
        Begun begun = Begun.of(step);
        if (turns.counts(begun.target())) {
            left.begun().add(begun);
        }
        // What is done elsewhere may be very much, and was asked for already: it is outstanding until the worker
        // answers, the callback comes or the time is up.
        if (step.call().awaited() == Awaited.HANDLER) {
            left.calls().add(step);
        }
    }

    /** A thread that cannot be read must not keep its partition from being claimed. */
    private Collection<ThreadState> readable(List<ThreadKey> threads) {
        Set<ThreadKey> readable = new HashSet<>(threads);
        while (true) {
            try {
                return journal.load(readable).values();
            } catch (UnreadableException e) {
                ThreadKey thread = e.thread();
                if (thread == null || !readable.remove(thread)) {
                    throw e;
                }
                try (LogFields ignored = LogFields.of(thread)) {
                    LOG.errorf("What its last owner ran for it is not started again: %s", e.getMessage());
                }
            }
        }
    }
}
