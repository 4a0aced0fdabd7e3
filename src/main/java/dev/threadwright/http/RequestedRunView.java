package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.assistant.SystemAssistants;
import dev.threadwright.query.RequestedRun;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.WorkflowRef;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(
        name = "Run",
        description =
                "From a start, or a resume, to the end or the next stop for somebody. It never changes after that.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record RequestedRunView(
        @Schema(required = true) String runId,
        @Schema(required = true) String threadId,
        @Schema(required = true) String assistantId,

        @Schema(
                required = true,
                description = "`success` also of one that stopped for somebody; `interrupted` if it was cancelled.",
                enumeration = {"pending", "running", "success", "error", "timeout", "interrupted"})
        String status,

        @Schema(required = true) Instant createdAt,
        @Schema(required = true) Instant updatedAt,

        @Schema(required = true, type = SchemaType.OBJECT, implementation = Object.class)
        Json metadata,

        @Schema(
                nullable = true,
                enumeration = {"reject", "enqueue", "interrupt", "rollback", "merge", "parallel"})
        @Nullable String multitaskStrategy,

        @Schema(
                required = true,
                type = SchemaType.OBJECT,
                implementation = Object.class,
                description = "What it was asked for with, `input` above all.")
        Json kwargs,

        @Schema(
                nullable = true,
                description = "Of the whole run that it is a part of. `waiting_user`: until an interrupt is answered;"
                        + " `waiting_event`: for an event or a time; `paused`: at a breakpoint, by an operator,"
                        + " or because nobody knows what became of an action.",
                enumeration = {
                    "queued",
                    "active",
                    "waiting_user",
                    "waiting_event",
                    "paused",
                    "completed",
                    "failed",
                    "cancelled",
                    "timed_out"
                })
        @Nullable String state,

        @Schema(nullable = true, description = "The whole run; null if nothing ran.") @Nullable String partOf,

        @Schema(nullable = true, description = "Name and version.", examples = "echo@1") @Nullable String workflow,

        @Schema(
                nullable = true,
                description =
                        "What was decided about its input; `follow_up` if it took inputs that another run left, `continue` if it took up what another left to do, `compaction` if it makes the thread smaller.",
                enumeration = {
                    "start",
                    "interrupt_and_start_new",
                    "parallel",
                    "queue",
                    "rollback",
                    "follow_up",
                    "continue",
                    "compaction"
                })
        @Nullable String decision,

        @Schema(nullable = true) @Nullable Instant startedAt,

        @Schema(nullable = true) @Nullable Instant endedAt,

        @Schema(
                type = SchemaType.OBJECT,
                implementation = Object.class,
                nullable = true,
                description = "The channels that the whole run wrote; if it ended with this.")
        @Nullable Json values,

        @Schema(nullable = true, description = "Why it failed; if it did.") @Nullable String error) {

    static final List<String> FIELDS = List.of(
            "run_id",
            "thread_id",
            "assistant_id",
            "status",
            "created_at",
            "updated_at",
            "metadata",
            "multitask_strategy",
            "kwargs",
            "state",
            "part_of",
            "workflow",
            "decision",
            "started_at",
            "ended_at",
            "values",
            "error");

    static Json.Obj of(RequestedRun run) {
        return of(run, null);
    }

    /** @param select the fields that it shall have; null for all */
    static Json.Obj of(RequestedRun run, @Nullable List<String> select) {
        Map<String, Json> fields = new LinkedHashMap<>();
        fields.put("run_id", Json.of(run.leg().value()));
        fields.put("thread_id", Json.of(run.thread().thread()));
        fields.put("assistant_id", Json.of(assistant(run)));
        fields.put("status", Json.of(run.status()));
        fields.put("created_at", Times.json(run.createdAtMs()));
        fields.put("updated_at", Times.json(run.updatedAtMs()));
        fields.put("metadata", requested(run, "metadata"));
        Json strategy = run.request() == null ? null : run.request().get("multitask_strategy");
        fields.put("multitask_strategy", strategy == null ? Json.NULL : strategy);
        fields.put("kwargs", kwargs(run));
        put(fields, "state", run.state());
        put(fields, "part_of", run.run() == null ? null : run.run().value());
        put(fields, "workflow", run.workflow());
        put(fields, "decision", run.decision());
        put(fields, "started_at", run.startedAtMs());
        put(fields, "ended_at", run.endedAtMs());
        fields.put("values", run.output() == null ? Json.NULL : run.output());
        put(fields, "error", run.error());
        if (select != null) {
            fields.keySet().retainAll(select);
        }
        return Json.object(fields);
    }

    private static String assistant(RequestedRun run) {
        if (run.request() != null && run.request().get("assistant_id") instanceof Json.Text id) {
            return id.value();
        }
        String workflow = run.workflow();
        return workflow == null
                ? ""
                : SystemAssistants.idOf(WorkflowRef.parse(workflow).name());
    }

    private static Json kwargs(RequestedRun run) {
        Json.Obj request = run.request();
        Json given = requested(run, "kwargs");
        Json input = request == null ? null : request.get("input");
        if (input == null || !(given instanceof Json.Obj kwargs)) {
            return given;
        }
        Map<String, Json> all = new LinkedHashMap<>();
        all.put("input", input);
        all.putAll(kwargs.fields());
        return Json.object(all);
    }

    private static Json requested(RequestedRun run, String name) {
        Json value = run.request() == null ? null : run.request().get(name);
        return value == null ? Json.EMPTY_OBJECT : value;
    }

    private static void put(Map<String, Json> fields, String name, @Nullable String value) {
        fields.put(name, value == null ? Json.NULL : Json.of(value));
    }

    private static void put(Map<String, Json> fields, String name, @Nullable Long timeMs) {
        fields.put(name, timeMs == null ? Json.NULL : Times.json(timeMs));
    }
}
