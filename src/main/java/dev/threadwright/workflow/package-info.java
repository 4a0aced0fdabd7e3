/**
 * The pure model of what a run executes: workflows, steps, channels and the reducers that combine writes.
 *
 * <p>Imports nothing but {@code java.*} and JSpecify, and knows nothing of threads or runs: {@code thread} builds on this
 * package, never the other way round.
 */
@NullMarked
package dev.threadwright.workflow;

import org.jspecify.annotations.NullMarked;
