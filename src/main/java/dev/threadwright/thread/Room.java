package dev.threadwright.thread;

/**
 * What a tenant's quotas leave it, as far as is known when a command is decided.
 *
 * @param threads that may come into being; none if not above 0
 * @param runs that may begin or queue; none if not above 0
 */
public record Room(long threads, long runs) {

    /** Without quotas. */
    public static final Room UNLIMITED = new Room(Long.MAX_VALUE, Long.MAX_VALUE);

    /** What is left of it once so many have begun, or fewer if it is less than nothing. */
    public Room less(long begunThreads, long begunRuns) {
        return new Room(left(threads, begunThreads), left(runs, begunRuns));
    }

    private static long left(long room, long begun) {
        return room == Long.MAX_VALUE ? room : room - begun;
    }
}
