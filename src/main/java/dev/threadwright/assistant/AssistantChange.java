package dev.threadwright.assistant;

import dev.threadwright.workflow.Json;
import org.jspecify.annotations.Nullable;

/** What a version says otherwise than the one before it; null for the same. @param metadata laid over what is there */
public record AssistantChange(
        @Nullable String graph,
        @Nullable String name,
        @Nullable String description,
        Json.@Nullable Obj config,
        @Nullable Json context,
        Json.@Nullable Obj metadata) {}
