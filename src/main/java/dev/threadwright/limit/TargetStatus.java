package dev.threadwright.limit;

/**
 * What this server does about a target.
 *
 * @param held attempts that wait for their turn
 * @param underWay attempts that have begun and not ended; 0 where nothing is limited
 */
public record TargetStatus(String target, int held, int underWay, Circuit circuit) {

    public enum Circuit {
        /** It works as far as is known. */
        CLOSED,
        /** It fails too often and is left alone. */
        OPEN,
        /** It is tried whether it works again. */
        HALF_OPEN
    }
}
