package dev.threadwright.actor;

import org.jspecify.annotations.Nullable;

/** How often in a row one work alone took the store too long. */
final class TimeOuts {

    private @Nullable Object last;
    private int count;

    /** Returns how often by now. */
    int of(Object work) {
        count = work.equals(last) ? count + 1 : 1;
        last = work;
        return count;
    }

    /** Something was stored. */
    void over() {
        last = null;
        count = 0;
    }
}
