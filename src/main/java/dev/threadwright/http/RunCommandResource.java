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
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/** What people do to runs that have started. It takes the way of all commands. */
@Path("/threads/{thread_id}")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(name = "Commands")
@APIResponse(ref = "Decided", responseCode = "200")
@APIResponse(ref = "Accepted", responseCode = "202")
@APIResponse(ref = "InvalidRequest", responseCode = "400")
@APIResponse(ref = "NotFound", responseCode = "404")
@APIResponse(ref = "Conflict", responseCode = "409")
@APIResponse(ref = "TooLarge", responseCode = "413")
@APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class RunCommandResource {

    private final Commands commands;
    private final BareAnswers bareAnswers;
    private final CommandGate gate;

    RunCommandResource(Commands commands, BareAnswers bareAnswers, CommandGate gate) {
        this.commands = commands;
        this.bareAnswers = bareAnswers;
        this.gate = gate;
    }

    @POST
    @Path("/resume")
    @Needs(Role.RESOLVE)
    @Audited(Act.RUN_RESUME)
    @Operation(
            operationId = "resumeRun",
            summary = "Have a run go on that waits or is paused",
            description =
                    "Answers what it asks, changes its state, sends it elsewhere, lets it past a breakpoint: each of these, or several at once, all of them or none. All but answers need a run that is not at work.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.Resume.class),
                            examples = {
                                @ExampleObject(
                                        name = "the only question",
                                        value = "{\"answer\": {\"approved\": true}}"),
                                @ExampleObject(
                                        name = "past a breakpoint, with another value",
                                        value = "{\"continue\": true, \"update\": {\"amount\": 100}}")
                            }))
    @APIResponse(ref = "NotPossible", responseCode = "422")
    public Uni<Response> resume(
            @RestPath("thread_id") String threadId,
            @BeanParam WaitQuery wait,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        return bareAnswers
                .bound(commands.resume(ThreadResource.key(threadId), key.value, body))
                .flatMap(command -> gate.submit(command, wait));
    }

    @POST
    @Path("/steer")
    @Needs(Role.WRITE)
    @Operation(
            operationId = "steerRun",
            summary = "Tell a run something while it runs",
            description = "The run takes it in at its next super-step.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.Steer.class),
                            examples =
                                    @ExampleObject(
                                            name = "example",
                                            value =
                                                    "{\"run_id\": \"019a2f6e-8c00-7d1b-9c3e-5a1f0b2c4d6e\", \"data\": {\"text\": \"in French, please\"}}")))
    @APIResponse(ref = "NotPossible", responseCode = "422")
    @APIResponse(ref = "LimitReached", responseCode = "429")
    public Uni<Response> steer(
            @RestPath("thread_id") String threadId,
            @BeanParam WaitQuery wait,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        return gate.submit(commands.steer(ThreadResource.key(threadId), key.value, body), wait);
    }

    @POST
    @Path("/pause")
    @Needs(Role.WRITE)
    @Operation(
            operationId = "pauseRun",
            summary = "Hold a run",
            description = "What is in flight ends, answers are kept, and nothing new starts until it is let go.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.Pause.class),
                            examples =
                                    @ExampleObject(
                                            name = "example",
                                            value = "{\"run_id\": \"019a2f6e-8c00-7d1b-9c3e-5a1f0b2c4d6e\"}")))
    public Uni<Response> pause(
            @RestPath("thread_id") String threadId,
            @BeanParam WaitQuery wait,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        return gate.submit(commands.pause(ThreadResource.key(threadId), key.value, body), wait);
    }

    @POST
    @Path("/unpause")
    @Needs(Role.WRITE)
    @Operation(
            operationId = "unpauseRun",
            summary = "Let a run go on that an operator holds",
            description = "It still waits for what it asks, and stays at a breakpoint.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.Pause.class),
                            examples =
                                    @ExampleObject(
                                            name = "example",
                                            value = "{\"run_id\": \"019a2f6e-8c00-7d1b-9c3e-5a1f0b2c4d6e\"}")))
    public Uni<Response> unpause(
            @RestPath("thread_id") String threadId,
            @BeanParam WaitQuery wait,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        return gate.submit(commands.unpause(ThreadResource.key(threadId), key.value, body), wait);
    }

    @POST
    @Path("/compact")
    @Needs(Role.WRITE)
    @Operation(
            operationId = "compactThread",
            summary = "Make a thread smaller",
            description =
                    "By the compaction step of the thread's workflow, else by leaving the last messages only; in a run of its own. The thread must be idle; meanwhile inputs queue.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.Compact.class),
                            examples = @ExampleObject(name = "example", value = "{\"keep\": 10}")))
    @APIResponse(ref = "NotPossible", responseCode = "422")
    @APIResponse(ref = "LimitReached", responseCode = "429")
    public Uni<Response> compact(
            @RestPath("thread_id") String threadId,
            @BeanParam WaitQuery wait,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        return gate.submit(commands.compact(ThreadResource.key(threadId), key.value, body), wait);
    }
}
