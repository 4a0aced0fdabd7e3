package dev.threadwright.store;

import dev.threadwright.workflow.Json;

/** What is in the store. Milliseconds since 1970. @param expires whether it is there for a time only */
public record Item(
        Namespace namespace, String key, Json.Obj value, long createdAtMs, long updatedAtMs, boolean expires) {}
