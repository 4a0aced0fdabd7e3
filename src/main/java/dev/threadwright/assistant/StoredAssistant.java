package dev.threadwright.assistant;

import org.jspecify.annotations.Nullable;

/** An assistant with what is known about it. Milliseconds since 1970. */
public record StoredAssistant(Assistant assistant, @Nullable String description, long createdAtMs, long updatedAtMs) {}
