package dev.threadwright.ending;

/**
 * What a worker has done since it began.
 *
 * @param delivered webhooks
 * @param failed attempts of webhooks, and of deletions, that are tried again
 * @param givenUp webhooks and deletions that are not tried again
 * @param deleted threads
 */
public record EndingCounts(long delivered, long failed, long givenUp, long deleted) {}
