package dev.threadwright.ending;

import dev.threadwright.json.JsonText;
import dev.threadwright.outbound.Destination;
import dev.threadwright.outbound.RefusedAddressException;
import dev.threadwright.workflow.Json;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Tells the address that a request for a run gave, once, how the run ended. */
public final class Webhooks {

    private static final int GONE = 410;

    private final WebhookAddresses addresses;
    private final WebhookClient client;
    private final @Nullable WebhookSignature signature;

    /** What became of one attempt. */
    sealed interface Result {
        record Delivered() implements Result {}

        /** Later perhaps. */
        record Failed(String reason) implements Result {}

        /** Never. */
        record Unwanted(String reason) implements Result {}
    }

    /** @param signature null if nobody checks who sends it */
    public Webhooks(WebhookAddresses addresses, WebhookClient client, @Nullable WebhookSignature signature) {
        this.addresses = addresses;
        this.client = client;
        this.signature = signature;
    }

    /** Blocks while the host is looked up, and no longer. */
    CompletionStage<Result> deliver(Ending ending, String url, Json.Obj run, long nowMs) {
        Destination target;
        try {
            target = addresses.target(url);
        } catch (RefusedAddressException e) {
            return CompletableFuture.completedFuture(new Result.Unwanted(String.valueOf(e.getMessage())));
        } catch (UnknownHostException e) {
            return CompletableFuture.completedFuture(new Result.Failed("Its host is not known"));
        }
        byte[] body = body(run, nowMs);
        return client.post(target, ending.attempt(), headers(ending, body, nowMs), body)
                .handle((status, failure) -> failure == null ? of(status) : new Result.Failed(words(failure)));
    }

    private static byte[] body(Json.Obj run, long nowMs) {
        Map<String, Json> fields = new LinkedHashMap<>(run.fields());
        fields.put("webhook_sent_at", Json.of(Instant.ofEpochMilli(nowMs).toString()));
        return JsonText.write(Json.object(fields)).getBytes(StandardCharsets.UTF_8);
    }

    /** The same id at each attempt, so that who receives it twice takes it once. */
    private Map<String, String> headers(Ending ending, byte[] body, long nowMs) {
        String id = "run_" + ending.leg().value();
        long timestamp = nowMs / 1_000;
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("content-type", "application/json");
        headers.put("user-agent", "threadwright");
        headers.put("webhook-id", id);
        headers.put("webhook-timestamp", Long.toString(timestamp));
        if (signature != null) {
            headers.put("webhook-signature", signature.of(id, timestamp, body));
        }
        return headers;
    }

    private static Result of(int status) {
        if (status >= 200 && status < 300) {
            return new Result.Delivered();
        }
        return status == GONE ? new Result.Unwanted("Status 410") : new Result.Failed("Status " + status);
    }

    private static String words(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
