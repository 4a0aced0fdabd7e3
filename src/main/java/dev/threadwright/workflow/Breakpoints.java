package dev.threadwright.workflow;

import java.util.LinkedHashSet;
import java.util.Set;

/** The steps that a run stops before and after. */
public record Breakpoints(Set<String> before, Set<String> after) {

    /** Stands for every step. */
    public static final String ALL = "*";

    public static final Breakpoints NONE = new Breakpoints(Set.of(), Set.of());

    public Breakpoints {
        before = Set.copyOf(before);
        after = Set.copyOf(after);
    }

    public boolean isEmpty() {
        return before.isEmpty() && after.isEmpty();
    }

    public boolean stopsBefore(String step) {
        return before.contains(ALL) || before.contains(step);
    }

    public boolean stopsAfter(String step) {
        return after.contains(ALL) || after.contains(step);
    }

    public Breakpoints and(Breakpoints others) {
        return others.isEmpty() ? this : new Breakpoints(union(before, others.before), union(after, others.after));
    }

    private static Set<String> union(Set<String> some, Set<String> more) {
        Set<String> all = new LinkedHashSet<>(some);
        all.addAll(more);
        return all;
    }
}
