package dev.threadwright.relay;

import java.util.Map;

/**
 * The names of the topics that the relay writes to.
 *
 * @param actions what workers are asked for
 * @param actionsOf by the names of actions, of those that have a topic of their own
 */
public record Topics(
        String lifecycle,
        String events,
        String deadLetter,
        String commands,
        String actions,
        Map<String, String> actionsOf) {
    public Topics {
        actionsOf = Map.copyOf(actionsOf);
    }
}
