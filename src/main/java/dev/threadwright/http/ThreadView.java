package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.contract.StateView;
import dev.threadwright.journal.StoredJson;
import dev.threadwright.query.InterruptReads;
import dev.threadwright.query.ThreadReads;
import dev.threadwright.query.ThreadSearch.Match;
import dev.threadwright.query.ThreadSearch.ThreadRow;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(
        name = "Thread",
        description = "A thread as of its last commit: what the agent contract has of it, and what is ours beside it.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record ThreadView(
        @Schema(required = true) String threadId,

        @Schema(
                required = true,
                description =
                        "`busy` while a run is at work, queued, waits for an event or is held; else `interrupted` while"
                                + " somebody is asked or a run is at a breakpoint; else `error` if the last run failed; else `idle`.",
                enumeration = {"idle", "busy", "interrupted", "error"})
        String status,

        @Schema(required = true) Instant createdAt,

        @Schema(required = true) Instant updatedAt,

        @Schema(required = true, description = "When its state changed last; its beginning if it has none yet.")
        Instant stateUpdatedAt,

        @Schema(required = true, type = SchemaType.OBJECT, implementation = Object.class)
        Json metadata,

        @Schema(type = SchemaType.OBJECT, implementation = Object.class, description = "Its state by channels.")
        Json values,

        @Schema(
                type = SchemaType.OBJECT,
                implementation = Object.class,
                description = "What is asked, by the id of the task that asks.")
        Json interrupts,

        @Schema(nullable = true, description = "Why its last run failed; if it did.") @Nullable String error,

        @Schema(implementation = TtlView.class, description = "Only with `include=ttl`.") @Nullable Json ttl,

        @Schema(
                type = SchemaType.OBJECT,
                implementation = Object.class,
                description = "What a search has extracted from it.")
        @Nullable Json extracted,

        @Schema(required = true, description = "The sequence number of its last event.")
        long seq,

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

        @Schema(
                required = true,
                type = SchemaType.OBJECT,
                implementation = Object.class,
                description = "The answers that interrupts of a kind get by themselves.")
        Json approvals,

        @Schema(description = "Started runs that are unfinished. Not in searches.")
        int activeRuns,

        @Schema(description = "Not in searches.") int queuedRuns,

        @Schema(nullable = true, description = "The run that started last. Not in searches.") @Nullable String latestRun,

        @Schema(
                description = "The interrupts that wait for an answer, the oldest first; at most "
                        + InterruptReads.MAX_WITH_THREAD + ". Not in searches.")
        List<String> pendingInterrupts,

        @Schema(description = "Its newest runs, newest first; at most " + ThreadReads.MAX_RUNS + ". Not in searches.")
        List<RunView> runs,

        @Schema(
                description =
                        "Why nothing is decided on it until somebody releases it; absent if it is not set aside. Not in searches.")
        @Nullable SetAsideView setAside) {

    @Schema(name = "ThreadTtl")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    record TtlView(
            @Schema(required = true, enumeration = "delete") String strategy,

            @Schema(required = true, description = "How long it may be idle.")
            long ttlMinutes,

            @Schema(required = true, description = "When it is deleted if nothing happens until then.")
            Instant expiresAt) {}

    /** What a search may select. */
    static final List<String> FIELDS = List.of(
            "thread_id",
            "status",
            "created_at",
            "updated_at",
            "state_updated_at",
            "metadata",
            "values",
            "interrupts",
            "error",
            "ttl",
            "seq",
            "policy",
            "workflow",
            "approvals");

    /** Those of them that take the thread's state to be known. */
    static final Set<String> OF_STATE = Set.of("values", "interrupts", "error");

    private static final long MS_PER_MINUTE = 60_000;

    static Map<String, Json> of(Match match) {
        ThreadRow row = match.row();
        Json.Obj settings = (Json.Obj) StoredJson.parse(row.settings());
        Map<String, Json> fields = new LinkedHashMap<>();
        fields.put("thread_id", Json.of(row.key().thread()));
        fields.put("status", Json.of(row.status()));
        fields.put("created_at", Times.json(row.createdAtMs()));
        fields.put("updated_at", Times.json(row.updatedAtMs()));
        fields.put("state_updated_at", Times.json(row.stateUpdatedAtMs()));
        fields.put("metadata", orEmpty(settings.get("metadata")));
        ThreadState state = match.state();
        if (state != null) {
            fields.put("values", StateView.values(state.channels()));
            fields.put("interrupts", interrupts(state));
            fields.put("error", state.error() == null ? Json.NULL : Json.of(state.error()));
        }
        if (settings.get("ttlMinutes") instanceof Json.Num minutes) {
            fields.put("ttl", ttl(minutes.value().longValueExact(), row.updatedAtMs()));
        }
        fields.put("seq", Json.of(row.seq()));
        fields.put("policy", orNull(settings.get("policy")));
        fields.put("workflow", orNull(settings.get("workflow")));
        fields.put("approvals", orEmpty(settings.get("approvals")));
        return fields;
    }

    private static Json ttl(long minutes, long updatedAtMs) {
        Map<String, Json> fields = new LinkedHashMap<>();
        fields.put("strategy", Json.of("delete"));
        fields.put("ttl_minutes", Json.of(minutes));
        fields.put("expires_at", Times.json(updatedAtMs + minutes * MS_PER_MINUTE));
        return Json.object(fields);
    }

    /** Of every run that asks, by the task that does. */
    private static Json interrupts(ThreadState state) {
        Map<String, Json> byTask = new LinkedHashMap<>();
        state.started().forEach(run -> byTask.putAll(StateView.interruptsByTask(run)));
        return Json.object(byTask);
    }

    private static Json orNull(@Nullable Json value) {
        return value == null ? Json.NULL : value;
    }

    private static Json orEmpty(@Nullable Json value) {
        return value == null ? Json.EMPTY_OBJECT : value;
    }
}
