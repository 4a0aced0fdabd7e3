package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import org.jspecify.annotations.Nullable;

/**
 * What arrived from outside for a workflow to see.
 *
 * @param eventType what an external event says it is; null for a user input
 */
public record Input(Identity identity, Type type, @Nullable String eventType, Json data) {

    public enum Type {
        USER_INPUT("user.input"),
        EXTERNAL_EVENT("external.event");

        private final String wireName;

        Type(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }
}
