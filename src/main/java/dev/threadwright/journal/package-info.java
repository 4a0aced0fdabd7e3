/**
 * The append-only record of every decision, and all that is committed together with it.
 *
 * <p>{@link dev.threadwright.journal.Journal} is the port. A {@link dev.threadwright.journal.Batch} is the unit of
 * commit: events, read rows, outcomes, owed work and consumed offsets of many threads become durable together or not at
 * all.
 */
@NullMarked
package dev.threadwright.journal;

import org.jspecify.annotations.NullMarked;
