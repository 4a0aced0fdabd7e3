package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import org.jspecify.annotations.Nullable;

/**
 * What became of an interrupt that is no longer pending.
 *
 * @param answer that was given, or that stood in for one; null if there was none
 * @param expiry why it expired; null if it did not
 */
public record SettledInterrupt(
        InterruptId id, RunId run, Status status, @Nullable Json answer, Event.@Nullable Expiry expiry) {

    /** What the event says became of one; null if it says nothing of the kind. */
    public static @Nullable SettledInterrupt by(Event event) {
        return switch (event) {
            case Event.InterruptResolved resolved ->
                new SettledInterrupt(resolved.interrupt(), resolved.run(), Status.RESOLVED, resolved.answer(), null);
            case Event.InterruptRejected rejected ->
                new SettledInterrupt(rejected.interrupt(), rejected.run(), Status.REJECTED, null, null);
            case Event.InterruptExpired expired ->
                new SettledInterrupt(
                        expired.interrupt(), expired.run(), Status.EXPIRED, expired.answer(), expired.expiry());
            default -> null;
        };
    }

    public enum Status {
        RESOLVED,
        REJECTED,
        EXPIRED
    }
}
