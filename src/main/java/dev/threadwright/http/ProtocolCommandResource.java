package dev.threadwright.http;

import dev.threadwright.security.Role;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/** Commands to a thread, in the newer protocol. */
@Path("/threads/{thread_id}/commands")
@Needs(Role.READ)
@Produces(MediaType.APPLICATION_JSON)
@Tag(
        name = "Protocol",
        description = "The newer protocol of LangGraph's clients: commands to a thread, and its events.")
public class ProtocolCommandResource {

    private final ProtocolCommands commands;
    private final int maxDataBytes;

    ProtocolCommandResource(
            ProtocolCommands commands, @ConfigProperty(name = "threadwright.limits.data-bytes") int maxDataBytes) {
        this.commands = commands;
        this.maxDataBytes = maxDataBytes;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "sendThreadCommand",
            summary = "Send a command to a thread",
            description = "What is a command is answered with 200, refused or not: clients take anything else for a"
                    + " broken connection. run.start makes the thread if there is none.")
    @RequestBody(required = true, content = @Content(schema = @Schema(implementation = ProtocolSchemas.Command.class)))
    @APIResponse(
            responseCode = "200",
            description = "What has come of it",
            content =
                    @Content(schema = @Schema(oneOf = {ProtocolSchemas.Success.class, ProtocolSchemas.Refusal.class})))
    @APIResponse(
            responseCode = "400",
            description = "It is no command; the problem document has `error` and `message` as a refusal has them",
            content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(type = SchemaType.OBJECT)))
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    public Uni<Json> send(@RestPath("thread_id") String threadId, byte @Nullable [] body) {
        ThreadKey thread;
        ProtocolCommand command;
        try {
            thread = ThreadResource.key(threadId);
            command = ProtocolCommand.read(body, maxDataBytes);
        } catch (ProblemException e) {
            throw noCommand(e.problem());
        }
        return commands.answer(thread, command).map(answer -> answer);
    }

    /** With what clients of the protocol read of a refusal; 400, whatever is wrong with it, but for its size. */
    private static ProblemException noCommand(Problem problem) {
        Map<String, Json> more = new LinkedHashMap<>(problem.more());
        more.put("error", Json.of(ProtocolError.INVALID_ARGUMENT.code()));
        more.put("message", Json.of(problem.detail()));
        return new ProblemException(new Problem(
                problem.type(),
                problem.status() == ProblemType.TOO_LARGE.status() ? problem.status() : 400,
                problem.detail(),
                problem.errors(),
                more));
    }
}
