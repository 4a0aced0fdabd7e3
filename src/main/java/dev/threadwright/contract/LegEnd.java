package dev.threadwright.contract;

import dev.threadwright.thread.RunId;
import dev.threadwright.workflow.Json;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a leg ended, and what the state was then.
 *
 * @param values with {@code __interrupt__} if it stopped for somebody or at a breakpoint
 * @param isStopped whether its run is not over
 * @param error the name of what went wrong; null if nothing did
 * @param message in words; null without an error
 */
public record LegEnd(
        RunId leg,
        LegStatus status,
        Supplier<Json.Obj> values,
        boolean isStopped,
        @Nullable String error,
        @Nullable String message) {}
