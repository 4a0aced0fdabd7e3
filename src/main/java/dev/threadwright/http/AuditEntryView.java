package dev.threadwright.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.audit.Entry;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "AuditEntry", description = "That somebody did something. docs/audit.md says what each act is.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record AuditEntryView(
        @Schema(required = true, description = "`*` for what was done to the whole server.")
        String tenant,

        @Schema(required = true, examples = "partition-3") String chain,

        @Schema(required = true, description = "Contiguous in its chain, from 1.")
        long number,

        @Schema(required = true, description = "When it was recorded, by the clock of Postgres.")
        Instant at,

        @Schema(required = true, description = "Who did it.")
        String caller,

        @Schema(
                required = true,
                description =
                        "How that is known: by a `key`; by a `token` of the issuer; not at all, as `anybody`; as the record"
                                + " on Kafka says, which came over `http` or from `kafka`; `system`, for what the server"
                                + " did; `command line`, for who ran a command on the server's host.")
        String known,

        @Schema(required = true, examples = "interrupt.resolve")
        String act,

        @Schema(
                required = true,
                enumeration = {"begun", "done", "refused", "failed", "denied", "looked"})
        String outcome,

        @Schema(description = "The thread that it was done to; absent if to none.") @Nullable String threadId,

        @Schema(description = "What it was done to, if not the thread as a whole.") @Nullable String target,

        @Schema(required = true, description = "JSON, as it is hashed: ids, numbers and hashes.")
        String detail,

        @Schema(required = true, description = "The hash of the entry before; zeros for the first.")
        String previous,

        @Schema(required = true) String hash) {

    static AuditEntryView of(Entry entry) {
        return new AuditEntryView(
                entry.tenant(),
                entry.chain(),
                entry.number(),
                Instant.ofEpochMilli(entry.timeMs()),
                entry.caller(),
                entry.known(),
                entry.act(),
                entry.outcome(),
                entry.thread().isEmpty() ? null : entry.thread(),
                entry.target().isEmpty() ? null : entry.target(),
                entry.detail(),
                entry.previous(),
                entry.hash());
    }
}
