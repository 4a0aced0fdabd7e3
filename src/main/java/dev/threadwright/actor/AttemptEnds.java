package dev.threadwright.actor;

import dev.threadwright.actor.Turns.AttemptEnd;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Failure;
import dev.threadwright.thread.OpenAction;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadState;
import java.util.ArrayList;
import java.util.List;

/**
 * Gathers how attempts ended. What people decide says nothing of what an attempt reached, nor does being asked to come
 * later: the one who asks is well.
 */
final class AttemptEnds {

    private final List<AttemptEnd> ends = new ArrayList<>();

    /** @param before the decision */
    void add(ThreadState before, Command command, List<Recorded> events) {
        for (Recorded recorded : events) {
            switch (recorded.event()) {
                case Event.ActionSucceeded done ->
                    add(before, command, done.run(), done.action(), done.attempt(), true);
                case Event.ActionRetryScheduled retry ->
                    add(before, command, retry.run(), retry.action(), retry.attempt(), false);
                case Event.ActionFailed failed ->
                    add(before, command, failed.run(), failed.action(), failed.attempt(), isAnswer(command));
                default -> {
                    // No other event ends an attempt by what it reached.
                }
            }
        }
    }

    List<AttemptEnd> ends() {
        return ends;
    }

    /** A refusal and a question are answers. */
    private static boolean isAnswer(Command command) {
        return command instanceof Command.RaiseInterrupt
                || command instanceof Command.FailAction failed
                        && failed.failure().kind() == Failure.Kind.PERMANENT;
    }

    private void add(ThreadState before, Command command, RunId run, ActionId action, int attempt, boolean worked) {
        if (command instanceof Command.SettleAction
                || command instanceof Command.FailAction failed
                        && failed.failure().kind() == Failure.Kind.RATE_LIMITED) {
            return;
        }
        String target = OpenAction.targetOf(before, run, action);
        if (target != null) {
            ends.add(new AttemptEnd(before.key(), action, attempt, target, worked));
        }
    }
}
