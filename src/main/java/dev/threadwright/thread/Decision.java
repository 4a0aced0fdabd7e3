package dev.threadwright.thread;

import java.util.List;

/**
 * The answer to a command.
 *
 * @param events to append, in order; all or none
 * @param after the state with the events folded in
 */
public record Decision(List<Recorded> events, Outcome outcome, ThreadState after) {}
