package dev.threadwright.ingress;

import dev.threadwright.thread.Command;

/** What a consumed record turned out to be. */
public sealed interface Decoded {

    record ForThread(Command command) implements Decoded {}

    /**
     * Well-formed, but its key belongs to another partition: its producer hashes keys otherwise than the Java client.
     *
     * @param partition where it belongs
     */
    record Misrouted(int partition) implements Decoded {}

    /**
     * A server sent it that has more tenants than this one: what becomes of it is for those to say.
     *
     * @param reason whose it is, and what to do; for people
     */
    record NotHere(String reason) implements Decoded {}

    /** @param reason what is wrong, where, and what to do; for people, at most {@link RecordDecoder#MAX_REASON} chars */
    record Dead(String reason) implements Decoded {}
}
