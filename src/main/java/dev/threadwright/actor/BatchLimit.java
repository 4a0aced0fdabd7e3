package dev.threadwright.actor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many works a batch takes. What the store refuses is halved until what is in the way stands alone; what it stores lets
 * batches grow again: fast after a refusal, and slowly after one took too long, for each that is too large costs all the
 * time that it may take.
 */
final class BatchLimit {

    /** How often one work alone may take the store too long, in a row, before its thread is set aside. */
    static final int MAX_TIME_OUTS = 3;

    private final int most;
    private int works;

    /** What {@link #works} grows to: less after the store took too long over a batch, and then more with each. */
    private int ceiling;

    /** The work that took the store too long alone, and how often it has; null if none did since the last commit. */
    private @Nullable Work slow;

    private int timeOuts;

    BatchLimit(int most) {
        this.most = most;
        this.works = most;
        this.ceiling = most;
    }

    int works() {
        return works;
    }

    /** A batch had room for no more than these, because of its bytes: the next takes no more at once. */
    void full(int taken) {
        works = taken;
    }

    void stored() {
        ceiling = Math.min(most, ceiling + 1);
        works = Math.min(ceiling, works * 2);
        slow = null;
        timeOuts = 0;
    }

    /** The store refuses a batch of so many. */
    void refused(int batch) {
        works = Math.max(1, batch / 2);
    }

    /**
     * The batch took the store too long.
     *
     * @return how often in a row it has over this one command alone; 0 if it was not alone, or is a dead letter
     */
    int timedOut(List<Work> batch) {
        ceiling = Math.max(1, batch.size() / 2);
        works = ceiling;
        if (batch.size() > 1 || !(batch.getFirst() instanceof Work.Decide alone)) {
            return 0;
        }
        timeOuts = slow == alone ? timeOuts + 1 : 1;
        slow = alone;
        return timeOuts;
    }
}
