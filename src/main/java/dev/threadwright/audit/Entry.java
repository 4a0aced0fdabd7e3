package dev.threadwright.audit;

/**
 * One entry of the audit log.
 *
 * @param tenant {@link #SERVER} for what was done to the whole server
 * @param chain in which it stands
 * @param number contiguous in its chain, from 1
 * @param timeMs when it was recorded; milliseconds since 1970
 * @param caller who did it
 * @param known how that is known
 * @param act {@link Act#word}; a newer release may have more
 * @param outcome {@link Stage#word}
 * @param thread that it was done to; empty if to none
 * @param target what it was done to: an id; empty if that is the thread
 * @param detail JSON, without anybody's data
 * @param previous the hash of the entry before; zeros for the first. Hexadecimal, as {@code hash}
 */
public record Entry(
        String tenant,
        String chain,
        long number,
        long timeMs,
        String caller,
        String known,
        String act,
        String outcome,
        String thread,
        String target,
        String detail,
        String previous,
        String hash) {

    /** The tenant of what concerns all of them. */
    public static final String SERVER = "*";

    /** Before the first entry. */
    public static final String NO_HASH = "0".repeat(64);
}
