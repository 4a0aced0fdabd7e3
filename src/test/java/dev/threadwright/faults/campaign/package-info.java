/**
 * Faults of every kind, one after the other, under a load whose every acknowledgement is remembered: {@code bin/faults}.
 * {@code docs/faults.md} says what each fault is and how to read the report.
 *
 * <p>{@link Campaign} runs it. {@link Site} has what is hurt: {@link Node} (a server), {@link Database} and {@link Broker},
 * with a {@link Proxy} before each. A {@link Fault} does harm and makes it good again. {@link Load} sends, {@link Inputs}
 * remembers, {@link Audit} holds what comes out against it.
 */
package dev.threadwright.faults.campaign;
