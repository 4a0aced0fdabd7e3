package dev.threadwright.http;

import dev.threadwright.audit.Act;
import dev.threadwright.security.Role;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/** One thread, made unreadable for good. */
@Path("/threads/{thread_id}/erase")
@Needs(Role.ADMINISTER)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Erasures")
public class EraseThreadResource {

    private final ErasureRequests requests;

    EraseThreadResource(ErasureRequests requests) {
        this.requests = requests;
    }

    @POST
    @Audited(Act.ERASURE_REQUEST)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "eraseThread",
            summary = "Have a thread erased",
            description =
                    "It is deleted, be it busy, deleted already or set aside; when that is published, the key of all that it"
                            + " held is destroyed. That goes on whatever happens to this server; the answer's location tells"
                            + " how far it is.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ErasureRequests.OfThread.class)))
    @APIResponse(
            responseCode = "202",
            description = "It will be",
            content = @Content(schema = @Schema(implementation = ErasureView.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    @APIResponse(ref = "Unavailable", responseCode = "503")
    public Uni<Response> erase(
            @RestPath("thread_id") String threadId, @BeanParam IdempotencyKey.OfCommand key, byte @Nullable [] body) {
        return requests.ofThread(ThreadResource.key(threadId), key.value, body);
    }
}
