package dev.threadwright.ingress;

import dev.threadwright.json.JsonText;
import dev.threadwright.thread.Fingerprint;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.PolicyForm;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Tells a request that comes again from another one under the same id: SHA-256 as hex over what it asks for. */
final class ContentHash {

    private ContentHash() {}

    static String of(Envelope envelope, @Nullable Policy policy) {
        return HexFormat.of()
                .formatHex(Fingerprint.of(
                        envelope.type(),
                        JsonText.write(envelope.data().canonical()),
                        // As it was understood: {"type":"queue"} and queue are one policy.
                        policy == null
                                ? null
                                : JsonText.write(PolicyForm.toJson(policy).canonical()),
                        envelope.extension(Extensions.WORKFLOW),
                        envelope.extension(Extensions.RUN_ID),
                        envelope.extension(Extensions.INTERRUPT_ID),
                        envelope.extension(Extensions.INTERRUPT_BEFORE),
                        envelope.extension(Extensions.INTERRUPT_AFTER),
                        envelope.extension(Extensions.EVENT_TYPE)));
    }
}
