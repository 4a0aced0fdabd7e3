package dev.threadwright.assistant;

import dev.threadwright.workflow.Json;
import org.jspecify.annotations.Nullable;

/**
 * Which assistants; null for all of that.
 *
 * @param graph a workflow's name; those pinned to a version of it, too
 * @param name a part of the name, in any case
 * @param metadata each pair has to be there and equal
 */
public record AssistantFilter(
        @Nullable String graph, @Nullable String name, Json.@Nullable Obj metadata) {}
