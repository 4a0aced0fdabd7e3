package dev.threadwright.actor;

import dev.threadwright.thread.Command;
import dev.threadwright.thread.ThreadKey;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint that a command names.
 *
 * @param checkpoint null for the thread's head
 */
record CheckpointKey(ThreadKey thread, @Nullable String checkpoint) {

    /** Null if the command names none. */
    static @Nullable CheckpointKey of(Command command) {
        ThreadKey own = command.header().thread();
        if (command instanceof Command.RestoreState restore) {
            return new CheckpointKey(own, restore.checkpoint());
        }
        if (command instanceof Command.UpdateState update && update.checkpoint() != null) {
            return new CheckpointKey(own, update.checkpoint());
        }
        if (command instanceof Command.RequestRun request) {
            return request.checkpoint() == null ? null : new CheckpointKey(own, request.checkpoint());
        }
        return command instanceof Command.ForkThread fork
                ? new CheckpointKey(new ThreadKey(own.tenant(), fork.source()), fork.checkpoint())
                : null;
    }
}
