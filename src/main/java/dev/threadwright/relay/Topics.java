package dev.threadwright.relay;

import java.util.Map;

/**
 * The names of the topics that the relay writes to.
 *
 * @param positions how far each partition is published; for the relay alone
 * @param actions what workers are asked for
 * @param actionsOf by the names of actions, of those that have a topic of their own
 */
public record Topics(
        String lifecycle,
        String events,
        String deadLetter,
        String commands,
        String actions,
        String positions,
        Map<String, String> actionsOf) {
    public Topics {
        actionsOf = Map.copyOf(actionsOf);
    }
}
