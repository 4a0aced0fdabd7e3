package dev.threadwright.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.erasure.Erasures;
import dev.threadwright.erasure.Erasures.Answer;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Wishes to have threads erased, as they are sent. */
@ApplicationScoped
class ErasureRequests {

    /** Characters of a reason. */
    static final int MAX_REASON = 2_000;

    /** Bytes of a body: a thousand names, and more. */
    static final int MAX_BODY = 1 << 20;

    private static final String REASON = "reason";
    private static final String THREADS = "thread_ids";
    private static final String METADATA = "metadata";

    private final Erasures erasures;

    ErasureRequests(Erasures erasures) {
        this.erasures = erasures;
    }

    @Schema(name = "ThreadEraseRequest", additionalProperties = Schema.False.class)
    record OfThread(
            @Schema(
                    required = true,
                    minLength = 1,
                    maxLength = MAX_REASON,
                    description = "Kept with the proof, for ever.")
            String reason) {}

    @Schema(name = "ErasureRequest", additionalProperties = Schema.False.class)
    record OfThreads(
            @Schema(
                    required = true,
                    minLength = 1,
                    maxLength = MAX_REASON,
                    description = "Kept with the proof, for ever.")
            String reason,

            @Schema(name = "thread_ids", description = "Threads by their ids.", maxItems = Erasures.MAX_THREADS)
            List<String> threadIds,

            @Schema(
                    description = "Every thread whose metadata contain this, as of now; at most " + Erasures.MAX_THREADS
                            + " in all. It is not kept.")
            Map<String, Object> metadata) {}

    Uni<Response> ofThread(ThreadKey thread, @Nullable String key, byte @Nullable [] body) {
        RequestFields fields = RequestFields.parse(body, MAX_BODY, List.of(REASON));
        return answered(new Erasures.Request(
                thread.tenant(),
                id(thread.tenant(), key),
                CurrentCaller.get().name(),
                CurrentCaller.get().known().word(),
                reason(fields),
                List.of(thread.thread()),
                null));
    }

    Uni<Response> ofThreads(String tenant, @Nullable String key, byte @Nullable [] body) {
        RequestFields fields = RequestFields.parse(body, MAX_BODY, List.of(REASON, THREADS, METADATA));
        List<String> threads = fields.texts(THREADS);
        Json.Obj metadata = fields.object(METADATA);
        if (threads == null && metadata == null) {
            throw fields.wrong(THREADS, "and /" + METADATA + " are both missing: say which threads");
        }
        if (metadata != null && metadata.fields().isEmpty()) {
            throw fields.wrong(METADATA, "is empty, which all threads contain: say which threads");
        }
        List<String> named = threads == null ? List.of() : threads;
        if (named.size() > Erasures.MAX_THREADS) {
            throw fields.wrong(THREADS, "has more than " + Erasures.MAX_THREADS + " threads");
        }
        named.forEach(thread -> Commands.threadId(new ThreadKey(tenant, thread)));
        return answered(new Erasures.Request(
                tenant,
                id(tenant, key),
                CurrentCaller.get().name(),
                CurrentCaller.get().known().word(),
                reason(fields),
                named,
                metadata));
    }

    private static String reason(RequestFields fields) {
        String reason = fields.requiredText(REASON);
        if (reason.isBlank() || reason.length() > MAX_REASON) {
            throw fields.wrong(REASON, "must say why, in at most " + MAX_REASON + " characters");
        }
        return reason;
    }

    /** The same for the same key, so that a request that comes again is the same one. */
    private static String id(String tenant, @Nullable String key) {
        return key == null
                ? UUID.randomUUID().toString()
                : UUID.nameUUIDFromBytes((tenant + "/erasure/" + key).getBytes(UTF_8))
                        .toString();
    }

    private Uni<Response> answered(Erasures.Request request) {
        return erasures.request(request).map(answer -> switch (answer) {
            case Answer.Accepted(var erasure) ->
                Response.accepted(ErasureView.of(erasure))
                        .location(URI.create("/erasures/" + erasure.id()))
                        .build();
            case Answer.Unknown(String thread) ->
                throw ThreadResource.noThread(new ThreadKey(request.tenant(), thread));
            case Answer.Nothing() ->
                throw new ProblemException(
                        Problem.of(ProblemType.THREAD_NOT_FOUND, "No thread has metadata that contain this"));
            case Answer.TooMany() ->
                throw RequestFields.at(
                        "/" + METADATA, "leaves more than " + Erasures.MAX_THREADS + " threads: erase them in parts");
            case Answer.IdTaken() ->
                throw new ProblemException(
                        Problem.of(ProblemType.CONFLICT, "The Idempotency-Key was used before for another erasure"));
        });
    }
}
