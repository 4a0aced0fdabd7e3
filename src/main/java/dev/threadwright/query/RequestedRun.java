package dev.threadwright.query;

import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import org.jspecify.annotations.Nullable;

/**
 * A run as those see it who ask for runs: a leg. Times are milliseconds since 1970.
 *
 * @param run that it is a leg of; null if nothing ran for it
 * @param status {@code pending}, {@code running}, {@code success}, {@code error}, {@code timeout} or {@code interrupted}
 * @param state of the whole run, the name of a {@link dev.threadwright.thread.RunStatus} in lower case; null without one
 * @param workflow name and version; null if nothing ran
 * @param decision what was decided about what it was started by
 * @param errorType the name of what is wrong with a request that nothing ran for
 * @param output the channels that it wrote; null unless its run ended with it
 * @param request what it was asked for with; null if it was not asked for as a run
 */
public record RequestedRun(
        ThreadKey thread,
        RunId leg,
        @Nullable RunId run,
        String status,
        @Nullable String state,
        @Nullable String workflow,
        @Nullable String decision,
        long createdAtMs,
        @Nullable Long startedAtMs,
        @Nullable Long endedAtMs,
        long updatedAtMs,
        @Nullable String errorType,
        @Nullable String error,
        @Nullable Json output,
        Json.@Nullable Obj request) {

    public boolean isOpen() {
        return endedAtMs == null;
    }
}
