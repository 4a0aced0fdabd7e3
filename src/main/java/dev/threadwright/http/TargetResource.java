package dev.threadwright.http;

import dev.threadwright.limit.Turnstile;
import dev.threadwright.security.Role;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** What the limits and circuits of this server come to. */
@Path("/actions/targets")
@Needs(Role.READ)
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Actions")
public class TargetResource {

    private final Turnstile turnstile;

    TargetResource(Turnstile turnstile) {
        this.turnstile = turnstile;
    }

    @GET
    @NonBlocking
    @Operation(
            operationId = "getTargets",
            summary = "What attempts reach, as far as they are limited or held back",
            description = "Of the server that answers: each has limits and circuits of its own.")
    @APIResponse(
            responseCode = "200",
            description = "By name",
            content = @Content(schema = @Schema(implementation = TargetView.Page.class)))
    public TargetView.Page targets() {
        return TargetView.Page.of(turnstile.targets(CurrentCaller.tenant()));
    }
}
