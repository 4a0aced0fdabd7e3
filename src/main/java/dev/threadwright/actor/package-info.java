/**
 * The loop: takes what has arrived over all its partitions, decides it in memory, commits it at once, and only then lets
 * anyone see it.
 *
 * <pre>
 *   Mailbox -> NextBatch -> Lookups (read) -> Parking -> BatchBuilder (decide) -> Committer (Journal.commit)
 *           -> CommitEffects (Replies, Publisher, StepStarter)
 * </pre>
 *
 * <p>{@link dev.threadwright.actor.BatchBuilder} and {@link dev.threadwright.actor.Actors} are deterministic and know no
 * thread; {@link dev.threadwright.actor.Loop} is the thread around them. {@link dev.threadwright.actor.Ownership} claims
 * the loop's partitions and gives them back.
 */
@NullMarked
package dev.threadwright.actor;

import org.jspecify.annotations.NullMarked;
