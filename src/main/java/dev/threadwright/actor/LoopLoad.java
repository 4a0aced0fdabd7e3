package dev.threadwright.actor;

/**
 * How much a loop holds, of one moment or nearly so.
 *
 * @param mailboxWorks works that wait to be decided
 * @param mailboxBytes of these, as they are counted against their limit
 * @param committingWorks works of the commit that is under way
 * @param actors threads that are kept in memory
 * @param actorBytes of these, estimated
 * @param setAside threads that are not decided on until they are released
 */
public record LoopLoad(
        int mailboxWorks, long mailboxBytes, int committingWorks, int actors, long actorBytes, int setAside) {}
