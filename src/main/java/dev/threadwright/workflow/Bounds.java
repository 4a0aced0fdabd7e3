package dev.threadwright.workflow;

import org.jspecify.annotations.Nullable;

/**
 * What bounds a leg of a run: where it stops, and how far it may go.
 *
 * @param recursionLimit super-steps from its start to its next stop, 1 to {@link Workflow#MAX_RECURSION_LIMIT}, for each
 *     graph of the run; null for what each workflow says
 */
public record Bounds(Breakpoints breakpoints, @Nullable Integer recursionLimit) {

    public static final Bounds NONE = new Bounds(Breakpoints.NONE, null);

    public Bounds {
        if (recursionLimit != null && !Workflow.isRecursionLimit(recursionLimit)) {
            throw new IllegalArgumentException(
                    "A recursion limit is 1 to " + Workflow.MAX_RECURSION_LIMIT + ", not " + recursionLimit);
        }
    }

    public static Bounds at(Breakpoints breakpoints) {
        return new Bounds(breakpoints, null);
    }

    public boolean isEmpty() {
        return breakpoints.isEmpty() && recursionLimit == null;
    }

    /** With more stops, and with the others' limit if they have one. */
    public Bounds and(Bounds others) {
        return new Bounds(
                breakpoints.and(others.breakpoints),
                others.recursionLimit == null ? recursionLimit : others.recursionLimit);
    }

    /** How far a graph of this workflow may go. */
    public int recursionLimit(Workflow workflow) {
        return recursionLimit == null ? workflow.recursionLimit() : recursionLimit;
    }
}
