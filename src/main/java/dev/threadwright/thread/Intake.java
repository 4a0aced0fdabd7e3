package dev.threadwright.thread;

import java.util.ArrayList;
import java.util.List;

/**
 * Inputs that the next start takes, in the order in which they came.
 *
 * @param admittedAtMs when the last of them was admitted that did not come from a superseded run; milliseconds since 1970
 */
public record Intake(List<Input> inputs, long admittedAtMs) {

    public static final Intake EMPTY = new Intake(List.of(), 0);

    public Intake {
        inputs = List.copyOf(inputs);
    }

    public boolean isEmpty() {
        return inputs.isEmpty();
    }

    /** With what superseded runs leave: it came before the input that superseded them, which stays the last. */
    Intake carrying(List<Input> superseded) {
        List<Input> all = new ArrayList<>(inputs);
        all.addAll(Math.max(0, all.size() - 1), superseded);
        return new Intake(all, admittedAtMs);
    }
}
