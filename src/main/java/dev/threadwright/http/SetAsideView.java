package dev.threadwright.http;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.query.StoredSetAside;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

@Schema(
        name = "SetAsideThread",
        description =
                "A thread that is not decided on until it is released. What comes for it is kept as dead letters.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record SetAsideView(
        @Schema(required = true) String threadId,

        @Schema(
                required = true,
                enumeration = {"failed", "not_stored", "thread_unreadable"},
                description =
                        "failed: the server failed on one of its commands; not_stored: the store refuses what would come"
                                + " of one; thread_unreadable: what is stored of it cannot be read.")
        String cause,

        @Schema(required = true, description = "What is wrong, for people.")
        String error,

        @Schema(required = true) Instant since,

        @Schema(required = true, description = "Whether it is released, and what is parked for it is being decided.")
        boolean releasing) {

    static SetAsideView of(StoredSetAside stored) {
        return new SetAsideView(
                stored.thread, stored.cause, stored.error, Instant.ofEpochMilli(stored.sinceMs), stored.releasing);
    }
}
