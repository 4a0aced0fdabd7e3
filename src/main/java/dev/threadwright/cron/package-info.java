/**
 * Crons: runs that begin by the clock.
 *
 * <p>{@code Schedule} says when, {@code CronRows} keeps what, {@code Crons} is for who makes and changes them. Every instance
 * has a {@code CronTicker}: it takes what is due, moves it on to its next time and remembers the firing in one transaction,
 * hands the firing to {@code CronRuns}, and then forgets it. So a firing that a crash comes between is handed over again,
 * under the same name, and none is lost.
 */
@NullMarked
package dev.threadwright.cron;

import org.jspecify.annotations.NullMarked;
