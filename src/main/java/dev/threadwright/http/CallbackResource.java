package dev.threadwright.http;

import dev.threadwright.callback.Callback;
import dev.threadwright.callback.CallbackRefusedException;
import dev.threadwright.callback.CallbackRefusedException.Reason;
import dev.threadwright.callback.Callbacks;
import dev.threadwright.thread.Outcome;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Clock;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/**
 * Where whoever an HTTP step has asked tells the result. The address is all that it takes, so nothing that is answered says
 * more than who has it knows, and the address itself is repeated nowhere.
 */
@Path("/callbacks/{token}")
@ForAnybody
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Callbacks", description = "Results of work that HTTP steps have started elsewhere.")
@APIResponse(ref = "InvalidRequest", responseCode = "400")
@APIResponse(ref = "NotFound", responseCode = "404")
@APIResponse(ref = "Conflict", responseCode = "409")
@APIResponse(ref = "Gone", responseCode = "410")
@APIResponse(ref = "TooLarge", responseCode = "413")
@APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
@APIResponse(ref = "SetAside", responseCode = "500")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class CallbackResource {

    private static final String TOKEN = "What stands behind `/callbacks/` in the address that the request carried.";

    private final Callbacks callbacks;
    private final Commands commands;
    private final CommandGate gate;
    private final Clock clock = Clock.systemUTC();

    CallbackResource(Callbacks callbacks, Commands commands, CommandGate gate) {
        this.callbacks = callbacks;
        this.commands = commands;
        this.gate = gate;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "callBack",
            summary = "Tell the result",
            description =
                    "Any JSON; no body for none. Once: the same again is answered alike, another result is refused.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(),
                            examples =
                                    @ExampleObject(name = "result", value = "{\"url\": \"https://example.com/film\"}")))
    @APIResponse(
            responseCode = "200",
            description = "It is decided and committed: the run goes on with it",
            content = @Content(schema = @Schema(implementation = CallbackAnswer.class)))
    public Uni<CallbackAnswer> succeed(
            @Parameter(description = TOKEN) @RestPath("token") String token, byte @Nullable [] body) {
        Callback callback = known(token);
        return answered(commands.callback(callback, token, body));
    }

    @POST
    @Path("/failure")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "callBackFailure",
            summary = "Tell that it failed",
            description =
                    "What is transient, or not said, is asked for again as the step says; the next request carries"
                            + " another address. Once, as for a result.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.CallbackFailure.class),
                            examples =
                                    @ExampleObject(
                                            name = "failure",
                                            value = "{\"error\": \"No such film\", \"kind\": \"permanent\"}")))
    @APIResponse(
            responseCode = "200",
            description = "It is decided and committed",
            content = @Content(schema = @Schema(implementation = CallbackAnswer.class)))
    public Uni<CallbackAnswer> fail(
            @Parameter(description = TOKEN) @RestPath("token") String token, byte @Nullable [] body) {
        Callback callback = known(token);
        return answered(commands.callbackFailure(callback, token, body));
    }

    private Callback known(String token) {
        if (!callbacks.isOpen()) {
            throw problem(ProblemType.DATABASE_UNAVAILABLE, "The server is starting; try again");
        }
        Callback callback;
        try {
            callback = callbacks.read(token, clock.millis());
        } catch (CallbackRefusedException e) {
            throw problem(
                    e.reason() == Reason.EXPIRED ? ProblemType.CALLBACK_OVER : ProblemType.CALLBACK_NOT_FOUND,
                    String.valueOf(e.getMessage()));
        }
        return callback;
    }

    private Uni<CallbackAnswer> answered(CheckedCommand command) {
        return gate.decide(command)
                .onFailure(ProblemException.class)
                .transform(failure -> refused(((ProblemException) failure).problem()))
                .map(CallbackResource::answer);
    }

    private static CallbackAnswer answer(Outcome outcome) {
        if (outcome instanceof Outcome.Applied) {
            return new CallbackAnswer("applied");
        }
        throw problem(
                ProblemType.CALLBACK_OVER,
                "Nobody waits for this any more: the run has ended or gone on, or asked again with another address");
    }

    /** Without what is said of the thread to those who may know it. */
    private static ProblemException refused(Problem problem) {
        return switch (problem.type()) {
            case CONFLICT ->
                problem(ProblemType.CALLBACK_USED, "Another result or failure was told by this address before");
            case THREAD_NOT_FOUND -> problem(ProblemType.CALLBACK_OVER, "Nobody waits for this any more");
            case UNDECIDED ->
                problem(
                        ProblemType.UNDECIDED,
                        "It is written, and nobody has decided it yet; send the same again to ask, it counts once");
            case SET_ASIDE -> problem(ProblemType.SET_ASIDE, "It is kept, and was not decided");
            case KAFKA_UNAVAILABLE ->
                problem(ProblemType.KAFKA_UNAVAILABLE, "Nobody knows whether it is written; send the same again");
            default -> problem(problem.type(), problem.detail());
        };
    }

    private static ProblemException problem(ProblemType type, String detail) {
        return new ProblemException(Problem.of(type, detail));
    }
}
