package dev.threadwright.actor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Works that wait for their loop, and the signals that wake it. Offering never blocks and never refuses: who consumes
 * from Kafka asks {@link #isSaturated} and pauses, so that what it holds is bounded by the limits and one poll.
 */
final class Mailbox {

    private final Threads threads;
    private final int maxCount;
    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final ArrayDeque<Work> works = new ArrayDeque<>();
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private long bytes;
    private boolean signalled;

    Mailbox(Threads threads, int maxCount, long maxBytes) {
        this.threads = threads;
        this.maxCount = maxCount;
        this.maxBytes = maxBytes;
    }

    void offer(List<? extends Work> arrivals) {
        if (arrivals.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            for (Work work : arrivals) {
                works.add(work);
                bytes += work.bytes();
            }
            wake();
        } finally {
            lock.unlock();
        }
    }

    /** Works that were drained and could not be dealt with yet: again before all others, in their order. */
    void putBack(List<? extends Work> drained) {
        lock.lock();
        try {
            for (int i = drained.size() - 1; i >= 0; i--) {
                works.addFirst(drained.get(i));
                bytes += drained.get(i).bytes();
            }
            wake();
        } finally {
            lock.unlock();
        }
    }

    /** To be run by the loop, between two batches. */
    void tell(Runnable task) {
        lock.lock();
        try {
            tasks.add(task);
            wake();
        } finally {
            lock.unlock();
        }
    }

    /** Wakes the loop without telling it anything. */
    void signal() {
        lock.lock();
        try {
            wake();
        } finally {
            lock.unlock();
        }
    }

    /** What waits. @param bytes with what each counts beyond the bytes that it carries */
    record Level(int works, long bytes) {}

    Level level() {
        lock.lock();
        try {
            return new Level(works.size(), bytes);
        } finally {
            lock.unlock();
        }
    }

    boolean holds(Predicate<Work> what) {
        lock.lock();
        try {
            return works.stream().anyMatch(what);
        } finally {
            lock.unlock();
        }
    }

    boolean isSaturated() {
        lock.lock();
        try {
            return works.size() >= maxCount || bytes >= maxBytes;
        } finally {
            lock.unlock();
        }
    }

    /** Works in their order until one of the bounds is reached; at least one if there is any and {@code count > 0}. */
    List<Work> drain(int count, long maxDrainBytes) {
        List<Work> drained = new ArrayList<>();
        long drainedBytes = 0;
        lock.lock();
        try {
            while (drained.size() < count && !works.isEmpty()) {
                long next = works.getFirst().bytes();
                if (!drained.isEmpty() && drainedBytes + next > maxDrainBytes) {
                    break;
                }
                drained.add(works.removeFirst());
                drainedBytes += next;
            }
            bytes -= drainedBytes;
        } finally {
            lock.unlock();
        }
        return drained;
    }

    /** Forgets the consumed records of a partition: whoever owns it next consumes them again. */
    void removeRecords(int partition) {
        lock.lock();
        try {
            works.removeIf(work -> {
                boolean gone = work.partition() == partition && work.record() != null;
                if (gone) {
                    bytes -= work.bytes();
                }
                return gone;
            });
        } finally {
            lock.unlock();
        }
    }

    List<Runnable> tasks() {
        lock.lock();
        try {
            List<Runnable> all = new ArrayList<>(tasks);
            tasks.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** Returns when something was offered, told or signalled since the last return, at the latest after the time. */
    void await(long timeoutMs) throws InterruptedException {
        lock.lock();
        try {
            if (!signalled) {
                threads.await(lock, arrived, timeoutMs);
            }
            signalled = false;
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        signalled = true;
        arrived.signal();
    }
}
