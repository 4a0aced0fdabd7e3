package dev.threadwright.workflow;

import org.jspecify.annotations.Nullable;

/**
 * What a step asks of a person or a system.
 *
 * @param kind one of those below, or a name of one's own
 * @param payload what is shown to whoever answers; JSON null if there is nothing to show
 * @param schema JSON Schema of the answer; null takes any
 * @param expiresInMs after which the answer comes too late; null for never
 * @param expiryAnswer what the step is told then; null fails it
 */
public record Prompt(
        String kind,
        Json payload,
        Json.@Nullable Obj schema,
        @Nullable Long expiresInMs,
        @Nullable Json expiryAnswer) {

    /** Any user input that comes in meanwhile answers it, if it is the only one of its run. */
    public static final String HUMAN_IN_THE_LOOP = "human_in_the_loop";

    /** Answered only by whoever names it. */
    public static final String APPROVAL_REQUIRED = "approval_required";

    /** A tool outside will answer. */
    public static final String TOOL_CALL_WAITING = "tool_call_waiting";

    /** Ten years. */
    public static final long MAX_EXPIRY_MS = 3_653L * 24 * 60 * 60 * 1_000;

    public static final int MAX_KIND_LENGTH = 100;

    public Prompt {
        if (kind.isEmpty() || kind.length() > MAX_KIND_LENGTH) {
            throw new StepFailure(
                    "The kind of an interrupt has 1 to " + MAX_KIND_LENGTH + " characters, not " + kind.length());
        }
        if (expiresInMs != null && (expiresInMs < 1 || expiresInMs > MAX_EXPIRY_MS)) {
            throw new StepFailure("An interrupt expires after 1 to " + MAX_EXPIRY_MS + " ms, not after " + expiresInMs);
        }
        if (expiresInMs == null && expiryAnswer != null) {
            throw new StepFailure("An interrupt that never expires has no answer for that");
        }
    }

    public static Prompt of(String kind, Json payload, Json.@Nullable Obj schema) {
        return new Prompt(kind, payload, schema, null, null);
    }

    /** Whether both ask the same. */
    public boolean asksSameAs(Prompt other) {
        return kind.equals(other.kind)
                && payload.equals(other.payload)
                && (schema == null ? other.schema == null : schema.equals(other.schema));
    }
}
