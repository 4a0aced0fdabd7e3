package dev.threadwright.http;

import dev.threadwright.security.Role;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.PATCH;
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

/** Requests to a thread. They take the same way as those that are sent to Kafka: whoever owns the thread decides them. */
@Path("/threads/{thread_id}")
@Needs(Role.WRITE)
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Tag(
        name = "Commands",
        description = "Written to Kafka first, decided by the owner of the thread. Safe to send again with the same"
                + " `Idempotency-Key`: one key has one effect on a thread, ever.")
@APIResponse(ref = "Decided", responseCode = "200")
@APIResponse(ref = "Accepted", responseCode = "202")
@APIResponse(ref = "InvalidRequest", responseCode = "400")
@APIResponse(ref = "NotFound", responseCode = "404")
@APIResponse(ref = "Conflict", responseCode = "409")
@APIResponse(ref = "TooLarge", responseCode = "413")
@APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
@APIResponse(ref = "SetAside", responseCode = "500")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class CommandResource {

    private final Commands commands;
    private final CommandGate gate;

    CommandResource(Commands commands, CommandGate gate) {
        this.commands = commands;
        this.gate = gate;
    }

    @POST
    @Path("/inputs")
    @Operation(
            operationId = "submitInput",
            summary = "Give a thread an input",
            description = "A thread comes into being with its first input. What the input does to the work that is"
                    + " already running is decided by its own policy, else the thread's, else the server's.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.Input.class),
                            examples = {
                                @ExampleObject(
                                        name = "user input",
                                        value = "{\"data\": {\"text\": \"Where is my parcel?\"}}"),
                                @ExampleObject(
                                        name = "event that waits for its turn",
                                        value = "{\"type\": \"external.event\", \"event_type\": \"payment.settled\","
                                                + " \"data\": {\"amount\": 100}, \"policy\": \"queue\"}")
                            }))
    @APIResponse(ref = "NotPossible", responseCode = "422")
    @APIResponse(ref = "LimitReached", responseCode = "429")
    public Uni<Response> input(
            @RestPath("thread_id") String threadId,
            @BeanParam WaitQuery wait,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        return gate.submit(commands.input(ThreadResource.key(threadId), key.value, body), wait);
    }

    @POST
    @Path("/cancel")
    @Operation(
            operationId = "cancelRuns",
            summary = "Cancel one run, or all",
            description =
                    "Without `run_id`, all runs that were admitted before this request. A run that has ended stays"
                            + " as it is, and the answer says so.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.Cancel.class),
                            examples = @ExampleObject(name = "all, and undo them", value = "{\"rollback\": true}")))
    public Uni<Response> cancel(
            @RestPath("thread_id") String threadId,
            @BeanParam WaitQuery wait,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        return gate.submit(commands.cancel(ThreadResource.key(threadId), key.value, body), wait);
    }

    @POST
    @Path("/retry")
    @Operation(
            operationId = "retryRun",
            summary = "Go on with a run that failed or was cancelled",
            description =
                    "A new run takes up what is left to do at the thread's head: steps that have ended are not executed again.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.Retry.class),
                            examples = @ExampleObject(name = "example", value = "{}")))
    @APIResponse(ref = "NotPossible", responseCode = "422")
    @APIResponse(ref = "LimitReached", responseCode = "429")
    public Uni<Response> retry(
            @RestPath("thread_id") String threadId,
            @BeanParam WaitQuery wait,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        return gate.submit(commands.retry(ThreadResource.key(threadId), key.value, body), wait);
    }

    @PATCH
    @Path("/values")
    @Operation(
            operationId = "updateState",
            summary = "Change the state of a thread",
            description = "Through the reducers of its channels. Nothing runs on for it.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.Values.class),
                            examples =
                                    @ExampleObject(name = "example", value = "{\"values\": {\"topic\": \"tides\"}}")))
    @APIResponse(ref = "NotPossible", responseCode = "422")
    @APIResponse(ref = "LimitReached", responseCode = "429")
    public Uni<Response> updateState(
            @RestPath("thread_id") String threadId,
            @BeanParam WaitQuery wait,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        return gate.submit(commands.updateState(ThreadResource.key(threadId), key.value, body), wait);
    }

    @POST
    @Path("/restore")
    @Operation(
            operationId = "restoreState",
            summary = "Bring a thread back to one of its checkpoints",
            description = "What runs is cancelled. The history stays readable.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.Restore.class),
                            examples =
                                    @ExampleObject(
                                            name = "example",
                                            value =
                                                    "{\"checkpoint_id\": \"0193e0a0-0000-7000-8000-0000c0000000\", \"run\": true}")))
    @APIResponse(ref = "NotPossible", responseCode = "422")
    @APIResponse(ref = "LimitReached", responseCode = "429")
    public Uni<Response> restore(
            @RestPath("thread_id") String threadId,
            @BeanParam WaitQuery wait,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        return gate.submit(commands.restore(ThreadResource.key(threadId), key.value, body), wait);
    }

    @POST
    @Path("/fork")
    @Operation(
            operationId = "forkThread",
            summary = "Make this thread a copy of another one",
            description =
                    "This thread must not exist yet. It gets the values of the other one at a checkpoint, and with `run` goes on from there.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.Fork.class),
                            examples =
                                    @ExampleObject(
                                            name = "example",
                                            value =
                                                    "{\"thread_id\": \"t1\", \"values\": {\"topic\": \"tides\"}, \"run\": true}")))
    @APIResponse(ref = "NotPossible", responseCode = "422")
    @APIResponse(ref = "LimitReached", responseCode = "429")
    public Uni<Response> fork(
            @RestPath("thread_id") String threadId,
            @BeanParam WaitQuery wait,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        return gate.submit(commands.fork(ThreadResource.key(threadId), key.value, body), wait);
    }
}
