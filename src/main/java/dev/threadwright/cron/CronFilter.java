package dev.threadwright.cron;

import dev.threadwright.workflow.Json;
import org.jspecify.annotations.Nullable;

/** Which crons; null for all of that. @param metadata each pair has to be there and equal */
public record CronFilter(
        @Nullable String assistantId,
        @Nullable String thread,
        @Nullable Boolean enabled,
        Json.@Nullable Obj metadata) {}
