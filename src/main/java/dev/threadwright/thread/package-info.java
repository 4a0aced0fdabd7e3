/**
 * The pure core: what a thread is and what each command does to it.
 *
 * <pre>
 *   decide(state, command) -> events      {@link dev.threadwright.thread.Decider}
 *   evolve(state, event)   -> state       {@link dev.threadwright.thread.Fold}
 *   owed(state)            -> work        {@link dev.threadwright.thread.Owed}
 * </pre>
 *
 * <p>Nothing here reads a clock, draws a random number, logs, or knows a library: time and new ids come with the command.
 */
@NullMarked
package dev.threadwright.thread;

import org.jspecify.annotations.NullMarked;
