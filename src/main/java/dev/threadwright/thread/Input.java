package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import org.jspecify.annotations.Nullable;

/**
 * What arrived from outside for a workflow to see.
 *
 * @param eventType what an external event says it is; null for a user input
 * @param trace that it belongs to; null for none
 */
public record Input(
        Identity identity,
        Type type,
        @Nullable String eventType,
        Json data,
        @Nullable TraceContext trace) {

    /** Of no trace. */
    public Input(Identity identity, Type type, @Nullable String eventType, Json data) {
        this(identity, type, eventType, data, null);
    }

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
