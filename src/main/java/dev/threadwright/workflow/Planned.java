package dev.threadwright.workflow;

import java.util.Set;

/**
 * A task of the coming super-step.
 *
 * @param item what a fan-out or a failure gives it; null otherwise
 * @param missing the steps that have still to lead to it, if it joins several; empty if it is ready
 */
public record Planned(String step, Json item, Set<String> missing) {

    public Planned {
        missing = Set.copyOf(missing);
    }

    public static Planned ready(String step) {
        return new Planned(step, Json.NULL, Set.of());
    }
}
