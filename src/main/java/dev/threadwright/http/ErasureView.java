package dev.threadwright.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.erasure.Erasure;
import dev.threadwright.workflow.Json;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "Erasure", description = "That somebody wanted threads erased, and the proof that they are.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record ErasureView(
        @Schema(required = true) String erasureId,

        @Schema(
                required = true,
                enumeration = {"requested", "purging", "erased"},
                description = "Of the thread that is least far.")
        String status,

        @Schema(required = true) Instant requestedAt,
        @Schema(required = true) String requestedBy,
        @Schema(required = true) String reason,
        @Schema(required = true) List<PartView> threads)
        implements Audited.Told {

    @Schema(name = "ErasedThread")
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record PartView(
            @Schema(required = true) String threadId,

            @Schema(
                    required = true,
                    enumeration = {"requested", "purging", "erased"},
                    description =
                            "requested: it is being deleted, or that is being published; purging: its key is destroyed,"
                                    + " and rows that were in the clear are going; erased: nobody can read what it held.")
            String status,

            @Schema(description = "Absent before that.") @Nullable Instant erasedAt,

            @Schema(description = "The number of its last event.") @Nullable Long lastSeq,

            @Schema(description = "Rows of its journal.") @Nullable Long decisions,

            @Schema(description = "Rows in all that held something of it.") @Nullable Long rows,

            @Schema(required = true, description = "SHA-256 of each wrapped key that was destroyed, as hex.")
            List<String> keys,

            @Schema(description = "Why it is not further, if something is in the way.") @Nullable String waitingFor) {

        static PartView of(Erasure.Part part) {
            Long erasedAtMs = part.erasedAtMs();
            return new PartView(
                    part.thread(),
                    word(part.status()),
                    erasedAtMs == null ? null : Instant.ofEpochMilli(erasedAtMs),
                    part.lastSeq(),
                    part.decisions(),
                    part.rows(),
                    part.keys(),
                    part.waitingFor());
        }
    }

    /** Each of its threads has an entry of its own, of when it was asked for. */
    @Override
    public Map<String, Json> told() {
        return Map.of("erasure", Json.of(erasureId), "threads", Json.of(threads.size()));
    }

    static ErasureView of(Erasure erasure) {
        return new ErasureView(
                erasure.id(),
                word(erasure.status()),
                Instant.ofEpochMilli(erasure.requestedAtMs()),
                erasure.requestedBy(),
                erasure.reason(),
                erasure.threads().stream().map(PartView::of).toList());
    }

    private static String word(Erasure.Status status) {
        return status.name().toLowerCase(Locale.ROOT);
    }
}
