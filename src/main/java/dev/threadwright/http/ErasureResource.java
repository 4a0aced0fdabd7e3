package dev.threadwright.http;

import dev.threadwright.audit.Act;
import dev.threadwright.erasure.Erasures;
import dev.threadwright.security.Role;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/** Threads made unreadable for good, and the proof of it. */
@Path("/erasures")
@Produces(MediaType.APPLICATION_JSON)
@Tag(
        name = "Erasures",
        description = "Threads made unreadable for good by the destruction of their keys, and the proof.")
@APIResponse(ref = "InvalidRequest", responseCode = "400")
@APIResponse(ref = "NotFound", responseCode = "404")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class ErasureResource {

    private final ErasureRequests requests;
    private final Erasures erasures;

    ErasureResource(ErasureRequests requests, Erasures erasures) {
        this.requests = requests;
        this.erasures = erasures;
    }

    @POST
    @Needs(Role.ADMINISTER)
    @Audited(Act.ERASURE_REQUEST)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "createErasure",
            summary = "Have threads erased, by their ids or by what their metadata contain",
            description =
                    "All of them or, if one is unknown or there are too many, none. Threads that come into being later"
                            + " are not among them.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ErasureRequests.OfThreads.class),
                            examples =
                                    @ExampleObject(
                                            name = "a customer",
                                            value =
                                                    "{\"metadata\": {\"customer\": 4711}, \"reason\": \"Request 2026-118\"}")))
    @APIResponse(
            responseCode = "202",
            description = "They will be",
            content = @Content(schema = @Schema(implementation = ErasureView.class)))
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    public Uni<Response> create(@BeanParam IdempotencyKey.OfCommand key, byte @Nullable [] body) {
        return requests.ofThreads(CurrentCaller.tenant(), key.value, body);
    }

    @GET
    @Path("/{erasure_id}")
    @Needs(Role.ADMINISTER)
    @Audited(Act.ERASURE_READ)
    @Operation(operationId = "getErasure", summary = "How far an erasure is; the proof, once it is done")
    @APIResponse(
            responseCode = "200",
            description = "The erasure",
            content = @Content(schema = @Schema(implementation = ErasureView.class)))
    public Uni<ErasureView> erasure(@RestPath("erasure_id") String id) {
        return erasures.one(CurrentCaller.tenant(), PathTexts.checked("erasure_id", id))
                .onItem()
                .ifNull()
                .failWith(() -> new ProblemException(
                        Problem.of(ProblemType.ERASURE_NOT_FOUND, "Erasure " + id + " does not exist")))
                .map(ErasureView::of);
    }
}
