package dev.threadwright.actor;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** The works of the next batch: those that are ready to be decided, and behind them those that something is to be read for. */
final class NextBatch {

    /** Arrived, not yet looked up. */
    private List<Work> arrived = new ArrayList<>();

    /** Looked up, to be decided next. */
    private List<Work> ready = new ArrayList<>();

    boolean isEmpty() {
        return arrived.isEmpty() && ready.isEmpty();
    }

    int count() {
        return arrived.size() + ready.size();
    }

    long bytes() {
        return bytes(arrived) + bytes(ready);
    }

    List<Work> arrived() {
        return arrived;
    }

    List<Work> ready() {
        return ready;
    }

    void add(Work work) {
        arrived.add(work);
    }

    /** What deciding those needs that have arrived has been read. */
    void lookedUp() {
        ready.addAll(arrived);
        arrived = new ArrayList<>();
    }

    /** These take the place of what was ready. */
    void replaceReady(List<Work> works) {
        ready = new ArrayList<>(works);
    }

    /** So many of those that were ready, from the first on, are decided. */
    void decided(int count) {
        ready = new ArrayList<>(ready.subList(count, ready.size()));
    }

    /** Without those of a partition; what is left is looked up again. */
    void forget(int partition) {
        List<Work> left = new ArrayList<>(ready);
        left.addAll(arrived);
        left.removeIf(work -> work.partition() == partition);
        ready = new ArrayList<>();
        arrived = left;
    }

    /**
     * All are looked up again, these before all that came after.
     *
     * @param isWanted which of them all
     * @param limit how many it takes
     * @return what it does not take, in order
     */
    List<Work> startAgain(List<Work> first, Predicate<Work> isWanted, int limit) {
        List<Work> all = new ArrayList<>();
        addWanted(all, first, isWanted);
        addWanted(all, ready, isWanted);
        addWanted(all, arrived, isWanted);
        int now = Math.min(limit, all.size());
        ready = new ArrayList<>();
        arrived = new ArrayList<>(all.subList(0, now));
        return all.subList(now, all.size());
    }

    private static void addWanted(List<Work> to, List<Work> works, Predicate<Work> isWanted) {
        for (Work work : works) {
            if (isWanted.test(work)) {
                to.add(work);
            }
        }
    }

    private static long bytes(List<Work> works) {
        long sum = 0;
        for (Work work : works) {
            sum += work.bytes();
        }
        return sum;
    }
}
