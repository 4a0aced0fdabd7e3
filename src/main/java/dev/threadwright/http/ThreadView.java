package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.journal.StoredJson;
import dev.threadwright.query.InterruptReads;
import dev.threadwright.query.StoredThread;
import dev.threadwright.query.ThreadReads;
import dev.threadwright.query.ThreadReads.ThreadWithRuns;
import dev.threadwright.workflow.Json;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "ThreadDetails", description = "A thread as of its last commit.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record ThreadView(
        @Schema(required = true) String threadId,

        @Schema(
                required = true,
                description = "Busy while any run is unfinished or queued.",
                enumeration = {"idle", "busy"})
        String status,

        @Schema(required = true, description = "The sequence number of its last event.")
        long seq,

        @Schema(required = true) Instant createdAt,

        @Schema(required = true) Instant updatedAt,

        @Schema(
                implementation = PolicySchema.class,
                nullable = true,
                description = "What is done with inputs while the thread is busy; null for the server's default.")
        @Nullable Json policy,

        @Schema(
                type = SchemaType.STRING,
                nullable = true,
                implementation = String.class,
                description = "What inputs start; null for the server's default.")
        @Nullable Json workflow,

        @Schema(required = true, type = SchemaType.OBJECT, implementation = Object.class)
        Json metadata,

        @Schema(
                required = true,
                type = SchemaType.OBJECT,
                implementation = Object.class,
                description = "The answers that interrupts of a kind get by themselves.")
        Json approvals,

        @Schema(required = true, description = "Started runs that are unfinished.")
        int activeRuns,

        @Schema(required = true) int queuedRuns,

        @Schema(nullable = true, description = "The run that started last.") @Nullable String latestRun,

        @Schema(
                required = true,
                description = "The interrupts that wait for an answer, the oldest first; at most "
                        + InterruptReads.MAX_WITH_THREAD + ".")
        List<String> pendingInterrupts,

        @Schema(required = true, description = "Its newest runs, newest first; at most " + ThreadReads.MAX_RUNS + ".")
        List<RunView> runs) {

    static ThreadView of(ThreadWithRuns found) {
        StoredThread thread = found.thread();
        Json.Obj settings = (Json.Obj) StoredJson.parse(thread.settings);
        Json metadata = settings.get("metadata");
        Json approvals = settings.get("approvals");
        return new ThreadView(
                thread.thread,
                thread.status,
                thread.seq,
                Instant.ofEpochMilli(thread.createdAtMs),
                Instant.ofEpochMilli(thread.updatedAtMs),
                settings.get("policy"),
                settings.get("workflow"),
                metadata == null ? Json.EMPTY_OBJECT : metadata,
                approvals == null ? Json.EMPTY_OBJECT : approvals,
                thread.activeRuns,
                thread.queuedRuns,
                thread.latestRun,
                found.pending(),
                found.runs().stream().map(RunView::of).toList());
    }
}
