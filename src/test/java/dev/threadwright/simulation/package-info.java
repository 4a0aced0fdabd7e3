/**
 * The real engine over a journal and a log in memory, with a scheduler and a clock of its own: a seed decides what runs
 * when, what fails, and who dies where. The same seed gives the same history.
 *
 * <p>{@link dev.threadwright.simulation.Timeline} is the machine, {@link dev.threadwright.simulation.Broker} the log,
 * {@link dev.threadwright.simulation.Node} a server; {@link dev.threadwright.simulation.Users} and
 * {@link dev.threadwright.simulation.Workers} use them, {@link dev.threadwright.simulation.Faults} hurts them, and
 * {@link dev.threadwright.simulation.Auditor} holds every commit and every published record against the promises.
 */
@NullMarked
package dev.threadwright.simulation;

import org.jspecify.annotations.NullMarked;
