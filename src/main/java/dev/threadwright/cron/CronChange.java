package dev.threadwright.cron;

import dev.threadwright.workflow.Json;
import org.jspecify.annotations.Nullable;

/**
 * What is to be otherwise; null for the same.
 *
 * @param isEndChanged whether {@code endAtMs} counts, where null is no end
 * @param payload laid over what is there
 */
public record CronChange(
        @Nullable String schedule,
        @Nullable String timezone,
        boolean isEndChanged,
        @Nullable Long endAtMs,
        @Nullable Boolean enabled,
        @Nullable String onRunCompleted,
        Json.Obj payload,
        Json.@Nullable Obj metadata) {}
