package dev.threadwright.thread;

import java.util.List;

/** What became of a command, as its sender is told. */
public sealed interface Outcome {

    record Started(RunId run) implements Outcome {}

    record Merged(RunId run) implements Outcome {}

    /** A run goes on with what came. @param interrupts those that were answered */
    record Resumed(RunId run, List<InterruptId> interrupts) implements Outcome {
        public Resumed {
            interrupts = List.copyOf(interrupts);
        }
    }

    /** Kept for a step that will wait for it. */
    record Kept(RunId run) implements Outcome {}

    record Queued(RunId run) implements Outcome {}

    /** Refused; stored on the thread. */
    record Rejected(Event.Rejection reason, String message) implements Outcome {}

    /** The runs that the command ended. */
    record Cancelled(List<RunId> runs) implements Outcome {}

    /** A change that concerns no run was made. */
    record Applied() implements Outcome {}

    /** The command was fine and there was nothing to do. */
    record Unchanged(String message) implements Outcome {}

    /** The command came before; this is what it was told then. */
    record Duplicate(Outcome first) implements Outcome {}

    /** Not a request to this thread at all; nothing is stored on it, the sender's record becomes a dead letter. */
    record Invalid(Event.Rejection reason, String message) implements Outcome {}
}
