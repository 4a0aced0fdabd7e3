package dev.threadwright.thread;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run waits for that only somebody outside can give.
 *
 * @param interrupts to be answered
 * @param breakpoint to be passed; null if it is at none
 * @param byOperator whether an operator has paused it
 * @param uncertain actions of which somebody has to say what became of them
 */
public record Stop(
        List<InterruptId> interrupts, @Nullable Breakpoint breakpoint, boolean byOperator, List<ActionId> uncertain) {

    public Stop {
        interrupts = List.copyOf(interrupts);
        uncertain = List.copyOf(uncertain);
    }

    boolean isNone() {
        return interrupts.isEmpty() && breakpoint == null && !byOperator && uncertain.isEmpty();
    }

    /** Whether a leg ends with it: an operator's hold, and what only operators can settle, are part of the leg. */
    boolean closes() {
        return !byOperator && (breakpoint != null || !interrupts.isEmpty());
    }

    /** Whether it holds nothing that the other does not. */
    boolean isWithin(@Nullable Stop other) {
        return other != null
                && other.interrupts.containsAll(interrupts)
                && (breakpoint == null || breakpoint.equals(other.breakpoint))
                && (!byOperator || other.byOperator)
                && other.uncertain.containsAll(uncertain);
    }
}
