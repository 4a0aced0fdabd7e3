package dev.threadwright.http;

import dev.threadwright.audit.Act;
import dev.threadwright.query.InterruptReads;
import dev.threadwright.query.InterruptReads.Filter;
import dev.threadwright.query.InterruptReads.Status;
import dev.threadwright.query.StoredInterrupt;
import dev.threadwright.security.Role;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Prompt;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import java.util.Locale;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** What runs ask people and systems, across all threads. */
@Path("/interrupts")
@Produces(MediaType.APPLICATION_JSON)
@Tag(
        name = "Interrupts",
        description = "Questions of runs. Each has one outcome, ever: resolved by an answer, rejected, or expired.")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class InterruptResource {

    private static final String ALL = "all";

    private final InterruptReads interrupts;
    private final Commands commands;
    private final CommandGate gate;

    InterruptResource(InterruptReads interrupts, Commands commands, CommandGate gate) {
        this.interrupts = interrupts;
        this.commands = commands;
        this.gate = gate;
    }

    @GET
    @Needs(Role.READ)
    @Operation(
            operationId = "getInterrupts",
            summary = "What is asked, the oldest first",
            description = "There may be more than asked for; go on after `next` until it is null.")
    @APIResponse(
            responseCode = "200",
            description = "The interrupts",
            content = @Content(schema = @Schema(implementation = InterruptsPage.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    public Uni<InterruptsPage> interrupts(
            @Parameter(description = "Of this thread.") @RestQuery("thread_id") @Nullable String threadId,
            @Parameter(description = "Of this run.") @RestQuery("run_id") @Nullable String runId,
            @Parameter(description = "Of this kind.", example = Prompt.APPROVAL_REQUIRED) @RestQuery("kind") @Nullable String kind,
            @Parameter(
                            description = "With this outcome.",
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"pending", "resolved", "rejected", "expired", ALL},
                                            defaultValue = "pending"))
                    @RestQuery("status")
                    @Nullable String status,
            @BeanParam PageQuery.OfFew page) {
        String run = QueryTexts.read("run_id", runId);
        Filter filter = new Filter(
                threadId == null ? null : ThreadResource.key(threadId).thread(),
                run == null ? null : new RunId(run),
                QueryTexts.read("kind", kind),
                status(status));
        Paging<StoredInterrupt, InterruptReads.Place> paging = page.of(InterruptsPage.CURSOR);
        return interrupts
                .page(CurrentCaller.tenant(), filter, paging.after(), paging.wanted())
                .map(found -> InterruptsPage.of(paging.page(found)));
    }

    @GET
    @Path("/{interrupt_id}")
    @Needs(Role.READ)
    @Operation(operationId = "getInterrupt", summary = "One interrupt, and what became of it")
    @APIResponse(
            responseCode = "200",
            description = "The interrupt",
            content = @Content(schema = @Schema(implementation = InterruptView.class)))
    @APIResponse(ref = "NotFound", responseCode = "404")
    public Uni<InterruptView> interrupt(@RestPath("interrupt_id") String interruptId) {
        return known(interruptId).map(InterruptView::of);
    }

    @POST
    @Path("/{interrupt_id}/resolve")
    @Needs(Role.RESOLVE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Audited(Act.INTERRUPT_RESOLVE)
    @Operation(
            operationId = "resolveInterrupt",
            summary = "Answer an interrupt",
            description =
                    "The task that asked goes on with the answer. The same answer again changes nothing and is told so.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.Resolve.class),
                            examples = @ExampleObject(name = "example", value = "{\"answer\": {\"approved\": true}}")))
    @APIResponse(ref = "Decided", responseCode = "200")
    @APIResponse(ref = "Accepted", responseCode = "202")
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    @APIResponse(ref = "NotPossible", responseCode = "422")
    public Uni<Response> resolve(
            @RestPath("interrupt_id") String interruptId,
            @BeanParam WaitQuery wait,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        return known(interruptId)
                .map(asked -> commands.resolve(thread(asked), new InterruptId(asked.interrupt), key.value, body))
                .flatMap(command -> gate.submit(command, wait));
    }

    @POST
    @Path("/{interrupt_id}/reject")
    @Needs(Role.RESOLVE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Audited(Act.INTERRUPT_REJECT)
    @Operation(
            operationId = "rejectInterrupt",
            summary = "Refuse to answer an interrupt",
            description = "The run that asked is cancelled.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.Reject.class),
                            examples = @ExampleObject(name = "example", value = "{\"reason\": \"Over budget\"}")))
    @APIResponse(ref = "Decided", responseCode = "200")
    @APIResponse(ref = "Accepted", responseCode = "202")
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    public Uni<Response> reject(
            @RestPath("interrupt_id") String interruptId,
            @BeanParam WaitQuery wait,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        return known(interruptId)
                .map(asked -> commands.reject(thread(asked), new InterruptId(asked.interrupt), key.value, body))
                .flatMap(command -> gate.submit(command, wait));
    }

    private Uni<StoredInterrupt> known(String id) {
        if (!InterruptId.isOne(id)) {
            throw unknown(id);
        }
        return interrupts
                .one(CurrentCaller.tenant(), new InterruptId(id))
                .onItem()
                .ifNull()
                .failWith(() -> unknown(id));
    }

    private static ThreadKey thread(StoredInterrupt asked) {
        return new ThreadKey(asked.tenant, asked.thread);
    }

    private static ProblemException unknown(String id) {
        return new ProblemException(Problem.of(ProblemType.INTERRUPT_NOT_FOUND, "Interrupt " + id + " does not exist"));
    }

    /** Null for all. */
    private static @Nullable Status status(@Nullable String text) {
        if (text == null) {
            return Status.PENDING;
        }
        if (text.equals(ALL)) {
            return null;
        }
        return Arrays.stream(Status.values())
                .filter(status -> status.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> QueryTexts.wrong("status", "must be pending, resolved, rejected, expired or all"));
    }
}
