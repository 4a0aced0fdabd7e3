package dev.threadwright.http;

import dev.threadwright.audit.Act;
import dev.threadwright.query.ActionReads;
import dev.threadwright.query.ActionReads.Filter;
import dev.threadwright.query.StateReads;
import dev.threadwright.query.StoredAction;
import dev.threadwright.security.Role;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Owed;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;
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

/** What runs have asked handlers and workers for and is not done, across all threads. */
@Path("/actions")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Actions", description = "Work of runs that is not done; an operator may settle it.")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class ActionResource {

    private static final String THREAD_DESCRIPTION =
            "Its thread. What has been settled is listed no more: only with this is the same request answered again as it"
                    + " was the first time.";
    private static final List<String> STATUSES = List.of("outstanding", "held", "retrying", "uncertain");

    private final ActionReads actions;
    private final StateReads states;
    private final Commands commands;
    private final CommandGate gate;
    private final Clock clock = Clock.systemUTC();

    ActionResource(ActionReads actions, StateReads states, Commands commands, CommandGate gate) {
        this.actions = actions;
        this.states = states;
        this.commands = commands;
        this.gate = gate;
    }

    @GET
    @Needs(Role.READ)
    @Operation(
            operationId = "getActions",
            summary = "What is not done, the oldest first",
            description = "There may be more than asked for; go on after `next` until it is null.")
    @APIResponse(
            responseCode = "200",
            description = "The actions",
            content = @Content(schema = @Schema(implementation = ActionsPage.class)))
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    public Uni<ActionsPage> actions(
            @Parameter(description = "Of this thread.") @RestQuery("thread_id") @Nullable String threadId,
            @Parameter(description = "Of this name.") @RestQuery("name") @Nullable String name,
            @Parameter(
                            schema =
                                    @Schema(
                                            type = SchemaType.STRING,
                                            enumeration = {"outstanding", "held", "retrying", "uncertain"}))
                    @RestQuery("status")
                    @Nullable String status,
            @Parameter(
                            description = "First asked for longer ago than this, in seconds.",
                            schema = @Schema(type = SchemaType.INTEGER, minimum = "0"))
                    @RestQuery("older_than")
                    @Nullable String olderThan,
            @BeanParam PageQuery.OfFew page) {
        if (status != null && !STATUSES.contains(status)) {
            throw QueryTexts.wrong("status", "must be " + String.join(", ", STATUSES));
        }
        Long before = olderThan == null
                ? null
                : (Long)
                        (clock.millis() - QueryNumbers.read("older_than", olderThan, 0, Integer.MAX_VALUE, 0) * 1_000L);
        Filter filter = new Filter(
                threadId == null ? null : ThreadResource.key(threadId).thread(),
                QueryTexts.read("name", name),
                status,
                before);
        Paging<StoredAction, ActionReads.Place> paging = page.of(ActionsPage.CURSOR);
        return actions.page(CurrentCaller.tenant(), filter, paging.after(), paging.wanted())
                .map(found -> ActionsPage.of(paging.page(found)));
    }

    @GET
    @Path("/{action_id}")
    @Needs(Role.READ)
    @Operation(operationId = "getAction", summary = "One action that is not done, with its input")
    @APIResponse(
            responseCode = "200",
            description = "The action",
            content = @Content(schema = @Schema(implementation = ActionView.class)))
    @APIResponse(ref = "NotFound", responseCode = "404")
    public Uni<ActionView> action(@RestPath("action_id") String actionId) {
        return known(actionId)
                .flatMap(action -> states.current(thread(action))
                        .map(state -> ActionView.of(action, input(state, new ActionId(action.action)))));
    }

    @POST
    @Path("/{action_id}/retry")
    @Needs(Role.OPERATE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Audited(Act.ACTION_RETRY)
    @Operation(
            operationId = "retryAction",
            summary = "Have the next attempt begin now",
            description =
                    "The last one is given up, if somebody is at work on it still: its result would be discarded.")
    @RequestBody(content = @Content(schema = @Schema(implementation = RequestSchemas.RetryAction.class)))
    @APIResponse(ref = "Decided", responseCode = "200")
    @APIResponse(ref = "Accepted", responseCode = "202")
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    public Uni<Response> retry(
            @RestPath("action_id") String actionId,
            @Parameter(description = THREAD_DESCRIPTION) @RestQuery("thread_id") @Nullable String threadId,
            @BeanParam WaitQuery wait,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        return settle(
                actionId,
                threadId,
                wait,
                place -> commands.retryAction(place.thread(), place.run(), place.action(), key.value, body));
    }

    @POST
    @Path("/{action_id}/complete")
    @Needs(Role.OPERATE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Audited(Act.ACTION_COMPLETE)
    @Operation(
            operationId = "completeAction",
            summary = "Give the action a result by hand",
            description = "The run goes on with it, whatever its handler or worker says later.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.CompleteAction.class),
                            examples =
                                    @ExampleObject(name = "example", value = "{\"result\": {\"receipt\": \"r-1\"}}")))
    @APIResponse(ref = "Decided", responseCode = "200")
    @APIResponse(ref = "Accepted", responseCode = "202")
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    public Uni<Response> complete(
            @RestPath("action_id") String actionId,
            @Parameter(description = THREAD_DESCRIPTION) @RestQuery("thread_id") @Nullable String threadId,
            @BeanParam WaitQuery wait,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        return settle(
                actionId,
                threadId,
                wait,
                place -> commands.completeAction(place.thread(), place.run(), place.action(), key.value, body));
    }

    @POST
    @Path("/{action_id}/fail")
    @Needs(Role.OPERATE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Audited(Act.ACTION_FAIL)
    @Operation(
            operationId = "failAction",
            summary = "Fail the action for good",
            description = "Its step fails: the step's error edge follows, or the run fails.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = RequestSchemas.FailAction.class),
                            examples = @ExampleObject(name = "example", value = "{\"error\": \"The card is stolen\"}")))
    @APIResponse(ref = "Decided", responseCode = "200")
    @APIResponse(ref = "Accepted", responseCode = "202")
    @APIResponse(ref = "InvalidRequest", responseCode = "400")
    @APIResponse(ref = "NotFound", responseCode = "404")
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    public Uni<Response> fail(
            @RestPath("action_id") String actionId,
            @Parameter(description = THREAD_DESCRIPTION) @RestQuery("thread_id") @Nullable String threadId,
            @BeanParam WaitQuery wait,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        return settle(
                actionId,
                threadId,
                wait,
                place -> commands.failAction(place.thread(), place.run(), place.action(), key.value, body));
    }

    private record Place(ThreadKey thread, RunId run, ActionId action) {}

    private Uni<Response> settle(
            String actionId, @Nullable String threadId, WaitQuery wait, Function<Place, CheckedCommand> command) {
        return place(actionId, threadId).map(command).flatMap(checked -> gate.submit(checked, wait));
    }

    /** What is done is listed no more, but its thread remembers what was decided about it. */
    private Uni<Place> place(String actionId, @Nullable String threadId) {
        if (threadId == null) {
            return known(actionId)
                    .map(found -> new Place(thread(found), new RunId(found.run), new ActionId(found.action)));
        }
        RunId run = actionId.indexOf('\0') >= 0 ? null : new ActionId(actionId).run();
        if (run == null) {
            throw unknown(actionId);
        }
        return Uni.createFrom().item(new Place(ThreadResource.key(threadId), run, new ActionId(actionId)));
    }

    private Uni<StoredAction> known(String id) {
        if (id.indexOf('\0') >= 0) {
            throw unknown(id);
        }
        return actions.one(CurrentCaller.tenant(), new ActionId(id))
                .onItem()
                .ifNull()
                .failWith(() -> unknown(id));
    }

    /** Of an attempt that somebody is at work on; null between attempts. */
    private static @Nullable Json input(@Nullable ThreadState state, ActionId action) {
        if (state == null) {
            return null;
        }
        for (Owed owed : Owed.of(state)) {
            if (owed instanceof Owed.Call call && call.action().equals(action)) {
                return call.input();
            }
        }
        return null;
    }

    private static ThreadKey thread(StoredAction action) {
        return new ThreadKey(action.tenant, action.thread);
    }

    private static ProblemException unknown(String id) {
        return new ProblemException(
                Problem.of(ProblemType.ACTION_NOT_FOUND, "There is no action " + id + " that is not done"));
    }
}
