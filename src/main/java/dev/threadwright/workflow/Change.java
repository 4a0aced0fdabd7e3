package dev.threadwright.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A write together with the reducer that its channel declared, as events record it: a journal folds without the
 * workflow that wrote it.
 *
 * @param result what a custom reducer made of it, or what takes the channel's place whatever its reducer; null otherwise,
 *     and while a custom reducer has not been asked
 */
public record Change(
        String channel,
        Reducer reducer,
        Json value,
        @Nullable Json result) {

    public Change(String channel, Reducer reducer, Json value) {
        this(channel, reducer, value, null);
    }

    /** The write alone, for a state on which a custom reducer has yet to be asked. */
    public Change unsettled() {
        return result == null ? this : new Change(channel, reducer, value, null);
    }
}
