package dev.threadwright.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.threadwright.deadletter.Replay;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.query.DeadLetterContent;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

@Schema(name = "DeadLetter", description = "A record that was set aside undecided.")
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record DeadLetterView(
        @Schema(required = true, pattern = DeadLetterView.ID)
        String deadLetterId,

        @Schema(
                required = true,
                enumeration = {"invalid", "refused", "failed", "not_stored", "thread_unreadable", "thread_set_aside"},
                description =
                        "invalid: it could not be understood; refused: it asks the impossible; failed: the server failed"
                                + " on it; not_stored: the store refuses what would come of it; thread_unreadable: its"
                                + " thread cannot be read; thread_set_aside: its thread was set aside before.")
        String kind,

        @Schema(required = true, description = "What is wrong, for people.")
        String reason,

        @Schema(description = "Its key; absent if that is no text.") @Nullable String threadId,

        @Schema(required = true, description = "When it was set aside.")
        Instant deadAt,

        @Schema(required = true) Source source,

        @Schema(required = true, description = "Of its value, as it came.")
        int bytes,

        @Schema(
                required = true,
                description =
                        "Whether all of it is kept here. If not, key, headers and value may be cut or missing, and it is"
                                + " whole on the dead-letter topic only.")
        boolean whole,

        @Schema(description = "The last time that it was sent again, if it was.") @Nullable ReplayView replay,

        @Schema(description = "What it holds; not in lists.") @Nullable Content content) {

    static final String ID = "^[0-9a-f]{32}$";

    @Schema(name = "DeadLetterSource", description = "Where it was consumed.")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Source(
            @Schema(required = true) String topic,
            @Schema(required = true) int partition,

            @Schema(description = "Absent if the servers wrote it to a topic that all tenants share.") @Nullable Long offset,

            @Schema(required = true, description = "When it was appended there.")
            Instant time) {}

    @Schema(name = "Replay", description = "That a dead letter was sent again.")
    record ReplayView(
            @Schema(required = true, description = "1 for the first time.")
            int number,

            @Schema(
                    required = true,
                    enumeration = {"sending", "sent", "failed", "unsure"},
                    description =
                            "sending: begun; if that is not over soon, the server died over it, and nobody knows. sent:"
                                    + " Kafka has it. failed: it was not written. unsure: it may have been written.")
            String status,

            @Schema(required = true) Instant at,
            @Schema(required = true) String by) {

        static ReplayView of(Replay replay) {
            return new ReplayView(
                    replay.number(), replay.status().word(), Instant.ofEpochMilli(replay.atMs()), replay.by());
        }
    }

    @Schema(name = "DeadLetterHeader")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record HeaderView(
            @Schema(required = true) String name,

            @Schema(description = "Absent if it has no value.") @Nullable String base64,

            @Schema(description = "The same as a text, if it is one.") @Nullable String text) {

        static HeaderView of(RawHeaders.Header header) {
            Bytes value = Bytes.of(header.value());
            return value == null
                    ? new HeaderView(header.name(), null, null)
                    : new HeaderView(header.name(), value.base64(), value.text());
        }
    }

    @Schema(name = "DeadLetterContent", description = "A record as it came.")
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Content(
            @Schema(required = true, nullable = true, description = "Null if it had none.") @Nullable Bytes key,

            @Schema(required = true, description = "In their order, doubled ones too.")
            List<HeaderView> headers,

            @Schema(required = true, nullable = true, description = "Null if it had none.") @Nullable Bytes value) {

        static Content of(DeadLetterContent content) {
            return new Content(
                    Bytes.of(content.key),
                    RawHeaders.parse(content.headers).all().stream()
                            .map(HeaderView::of)
                            .toList(),
                    Bytes.of(content.value));
        }
    }
}
