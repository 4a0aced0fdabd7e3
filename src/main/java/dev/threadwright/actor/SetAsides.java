package dev.threadwright.actor;

import dev.threadwright.journal.Journal;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.SetAsideThread;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.ThreadKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Threads of a loop's partitions that cannot be decided on. They stand in the journal before anything follows from it, so
 * that a next owner goes on as this one does: records become dead letters, timers rest. Somebody releases them in the
 * journal, and {@link Draining} decides what was parked. What came from this process alone, as results of its steps, waits
 * here; if there is no room for it or the process dies, it is as after any crash, and the calls are resumed on release.
 *
 * <p>Changed on the loop's thread alone; read on others, too.
 */
final class SetAsides {

    /** Of one loop. Those beyond fail one command at a time, and their timers rest nevertheless. */
    static final int MAX_THREADS = 100_000;

    /** Commands without a record that wait for the release of their threads. */
    static final int MAX_WAITING = 10_000;

    /** Characters of an error. */
    static final int MAX_ERROR = 1_000;

    private final Journal journal;
    private final int maxThreads;
    private final int maxWaiting;
    private final Map<ThreadKey, SetAsideThread> threads = new ConcurrentHashMap<>();
    private final Map<ThreadKey, List<Work>> waiting = new HashMap<>();

    /** Those that are released; each has its turn. */
    private final SequencedSet<ThreadKey> releasing = new LinkedHashSet<>();

    /** Threads whose calls nobody runs, or may have the result of. */
    private final Map<ThreadKey, Integer> abandoned = new ConcurrentHashMap<>();

    /** Those of them that were released. */
    private final Map<ThreadKey, Integer> toResume = new ConcurrentHashMap<>();

    private int waitingCount;
    private long number;

    SetAsides(Journal journal) {
        this(journal, MAX_THREADS, MAX_WAITING);
    }

    SetAsides(Journal journal, int maxThreads, int maxWaiting) {
        this.journal = journal;
        this.maxThreads = maxThreads;
        this.maxWaiting = maxWaiting;
    }

    /** What the journal tells of a partition that was claimed. */
    void claimed(int partition, Collection<SetAsideThread> found) {
        forget(partition);
        found.forEach(thread -> {
            threads.put(thread.thread(), thread);
            abandoned.put(thread.thread(), partition);
            if (thread.releasing()) {
                releasing.add(thread.thread());
            }
        });
    }

    /** What is parked for it is to be decided. Returns whether that is news here. */
    boolean release(SetAsideThread thread) {
        SetAsideThread known = threads.get(thread.thread());
        boolean isKnown = known != null && known.id().equals(thread.id());
        if (!isKnown && (known != null || threads.size() >= maxThreads)) {
            return false; // It was set aside again since, or will be told of again when there is room.
        }
        threads.put(thread.thread(), thread);
        return releasing.add(thread.thread());
    }

    boolean isReleasing() {
        return !releasing.isEmpty();
    }

    /** Whose turn it is, of those that are released. */
    SetAsideThread nextReleasing() {
        ThreadKey next = releasing.removeFirst();
        releasing.addLast(next);
        SetAsideThread thread = threads.get(next);
        if (thread == null) {
            throw new IllegalStateException("Thread " + next + " is released and not set aside");
        }
        return thread;
    }

    void forget(int partition) {
        threads.values().removeIf(thread -> thread.partition() == partition);
        releasing.retainAll(threads.keySet());
        abandoned.values().removeIf(of -> of == partition);
        toResume.values().removeIf(of -> of == partition);
        waiting.values().removeIf(works -> {
            boolean gone = works.getFirst().partition() == partition;
            waitingCount -= gone ? works.size() : 0;
            return gone;
        });
    }

    boolean isEmpty() {
        return threads.isEmpty();
    }

    @Nullable SetAsideThread of(ThreadKey thread) {
        return threads.get(thread);
    }

    Map<ThreadKey, SetAsideThread> all() {
        return Map.copyOf(threads);
    }

    int size() {
        return threads.size();
    }

    /** Returns when the journal knows. */
    SetAsideThread add(OwnedPartition partition, ThreadKey thread, OutboxRow.Kind cause, String error) {
        SetAsideThread before = threads.get(thread);
        SetAsideThread aside = new SetAsideThread(
                thread,
                partition.partition(),
                // Epochs are never given twice.
                partition.partition() + "-" + partition.epoch() + "-" + ++number,
                cause,
                printable(error),
                before == null ? partition.position() : before.after(),
                false);
        journal.setAside(aside, partition.epoch());
        releasing.remove(thread);
        if (threads.size() < maxThreads || threads.containsKey(thread)) {
            threads.put(thread, aside);
        }
        return aside;
    }

    /** It is set aside no longer. @return what waited for that; nothing if it was set aside again since */
    List<Work> released(SetAsideThread thread) {
        SetAsideThread known = threads.get(thread.thread());
        if (known == null || !known.id().equals(thread.id())) {
            return List.of();
        }
        threads.remove(thread.thread());
        releasing.remove(thread.thread());
        Integer partition = abandoned.remove(thread.thread());
        if (partition != null) {
            toResume.put(thread.thread(), partition);
        }
        List<Work> works = waiting.remove(thread.thread());
        if (works == null) {
            return List.of();
        }
        waitingCount -= works.size();
        return works;
    }

    /** Keeps what no record brings again. A timer is still owed, and told of again. */
    void await(Work.Decide work) {
        ThreadKey thread = work.command().header().thread();
        if (work.command() instanceof Command.FireTimers || !threads.containsKey(thread)) {
            return;
        }
        if (waitingCount >= maxWaiting) {
            abandoned.put(thread, work.partition());
            return;
        }
        waiting.computeIfAbsent(thread, key -> new ArrayList<>()).add(work);
        waitingCount++;
    }

    /** Released threads whose calls nobody may be running, with their partitions. */
    Map<ThreadKey, Integer> toResume() {
        return Map.copyOf(toResume);
    }

    void resumed(ThreadKey thread) {
        toResume.remove(thread);
    }

    /** An error as everything stores and shows it. */
    static String printable(String error) {
        StringBuilder printable = new StringBuilder();
        error.codePoints()
                .limit(MAX_ERROR)
                .map(point ->
                        Character.isISOControl(point) || Character.getType(point) == Character.SURROGATE ? '?' : point)
                .forEach(printable::appendCodePoint);
        return printable.toString();
    }
}
