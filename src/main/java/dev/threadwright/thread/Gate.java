package dev.threadwright.thread;

/**
 * Which attempts have to wait for their turn before they begin, because of limits or because what they would reach fails
 * too often. Whoever holds them sends {@link Command.ReleaseAction}.
 */
@FunctionalInterface
public interface Gate {

    /** Nothing waits. */
    Gate OPEN = (tenant, target) -> false;

    /** @param target see {@link Target} */
    boolean holds(String tenant, String target);
}
