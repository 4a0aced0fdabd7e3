package dev.threadwright.http;

import dev.threadwright.audit.Act;
import dev.threadwright.query.StateReads;
import dev.threadwright.query.ThreadReads;
import dev.threadwright.security.Caller;
import dev.threadwright.security.Role;
import dev.threadwright.thread.SettingsChange;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadSettings;
import dev.threadwright.thread.ThreadState;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.ExampleObject;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestHeader;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;

/** One thread: as it is, and what is done to it as a whole. */
@Path("/threads/{thread_id}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Threads", description = "What has been committed.")
@APIResponse(ref = "InvalidRequest", responseCode = "400")
@APIResponse(ref = "NotFound", responseCode = "404")
@APIResponse(ref = "Unavailable", responseCode = "503")
public class ThreadResource {

    private static final String TTL = "ttl";

    private final ThreadReads threads;
    private final StateReads states;
    private final ThreadAnswers answers;
    private final Commands commands;
    private final CommandGate gate;

    ThreadResource(ThreadReads threads, StateReads states, ThreadAnswers answers, Commands commands, CommandGate gate) {
        this.threads = threads;
        this.states = states;
        this.answers = answers;
        this.commands = commands;
        this.gate = gate;
    }

    @GET
    @Needs(Role.READ)
    @Operation(operationId = "getThread", summary = "A thread with its state and its newest runs")
    @APIResponse(
            responseCode = "200",
            description = "The thread",
            content = @Content(schema = @Schema(implementation = ThreadView.class)))
    public Uni<Map<String, Object>> thread(
            @RestPath("thread_id") String threadId,
            @Parameter(
                            description = "`ttl`: with its time to live.",
                            schema = @Schema(type = SchemaType.STRING, enumeration = "ttl"))
                    @RestQuery("include")
                    List<String> include) {
        return answers.one(key(threadId), includesTtl(include));
    }

    private static boolean includesTtl(List<String> include) {
        boolean isAny = false;
        for (String all : include) {
            for (String name : all.split(",", -1)) {
                if (!name.equals(TTL)) {
                    throw new ProblemException(
                            Problem.of(ProblemType.INVALID_REQUEST, "Query parameter include may be ttl, not " + name));
                }
                isAny = true;
            }
        }
        return isAny;
    }

    @PATCH
    @Needs(Role.WRITE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            operationId = "updateThread",
            summary = "Change what is set on a thread",
            description =
                    "What is not given stays as it is. Metadata go into those that are there: each field takes the"
                            + " place of the one of its name, with null, too.")
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = ThreadRequestSchemas.Update.class),
                            examples =
                                    @ExampleObject(
                                            name = "policy and metadata",
                                            value = "{\"policy\": {\"type\": \"queue\", \"max\": 10}, \"metadata\":"
                                                    + " {\"customer\": 4711}}")))
    @APIResponse(
            responseCode = "200",
            description = "The thread as it is now",
            content = @Content(schema = @Schema(implementation = ThreadView.class)))
    @APIResponse(responseCode = "204", description = "It is done; with `Prefer: return=minimal`")
    @APIResponse(ref = "Conflict", responseCode = "409")
    @APIResponse(ref = "TooLarge", responseCode = "413")
    @APIResponse(ref = "UnsupportedMediaType", responseCode = "415")
    @APIResponse(ref = "InvalidFields", responseCode = "422")
    @APIResponse(ref = "SetAside", responseCode = "500")
    public Uni<Response> update(
            @RestPath("thread_id") String threadId,
            @Parameter(description = "`return=minimal`: nothing is answered but that it is done.")
                    @RestHeader("Prefer")
                    @Nullable String prefer,
            @BeanParam IdempotencyKey.OfCommand key,
            byte @Nullable [] body) {
        ThreadKey thread = key(threadId);
        SettingsChange change = ThreadRequest.update(body, commands.maxDataBytes(), commands.policyCheck());
        return answers.require(thread)
                .flatMap(exists -> gate.decided(commands.updateThread(thread, key.value, change)))
                .flatMap(decided -> isMinimal(prefer)
                        ? Uni.createFrom().item(Response.noContent().build())
                        : answers.one(thread, false)
                                .map(fields -> Response.ok(fields).build()));
    }

    private static boolean isMinimal(@Nullable String prefer) {
        return prefer != null
                && List.of(prefer.split(",", -1)).stream()
                        .anyMatch(one -> one.strip().equalsIgnoreCase("return=minimal"));
    }

    @DELETE
    @Needs(Role.WRITE)
    @Audited(Act.THREAD_DELETE)
    @Operation(
            operationId = "deleteThread",
            summary = "Delete a thread",
            description =
                    "What runs is cancelled, what is asked expires, and nothing of it can be read any more. Its id"
                            + " cannot be used again.")
    @APIResponse(responseCode = "204", description = "It is deleted")
    @APIResponse(ref = "SetAside", responseCode = "500")
    public Uni<Response> delete(@RestPath("thread_id") String threadId, @BeanParam IdempotencyKey.OfCommand key) {
        return gate.decided(commands.deleteThread(key(threadId), key.value))
                .map(decided -> Response.noContent().build());
    }

    @POST
    @Path("/copy")
    @Needs(Role.WRITE)
    @Operation(
            operationId = "copyThread",
            summary = "A new thread with the state of this one, and what is set on it",
            description =
                    "Its history begins with the state at which it was copied. What runs here does not run there.")
    @APIResponse(
            responseCode = "200",
            description = "The new thread",
            content = @Content(schema = @Schema(implementation = ThreadView.class)))
    @APIResponse(ref = "LimitReached", responseCode = "429")
    @APIResponse(ref = "SetAside", responseCode = "500")
    public Uni<Map<String, Object>> copy(
            @RestPath("thread_id") String threadId, @BeanParam IdempotencyKey.OfCommand key) {
        ThreadKey source = key(threadId);
        ThreadKey copy = new ThreadKey(source.tenant(), ThreadsResource.newId(key.value));
        return states.current(source)
                .onItem()
                .ifNull()
                .failWith(() -> noThread(source))
                .flatMap(state -> gate.decided(copied(source, copy, key.value, state)))
                .flatMap(decided -> answers.one(copy, false));
    }

    private CheckedCommand copied(ThreadKey source, ThreadKey copy, @Nullable String key, ThreadState state) {
        ThreadSettings set = state.settings();
        SettingsChange settings =
                new SettingsChange(set.policy(), set.workflow(), set.metadata(), set.approvals(), set.ttlMinutes());
        return state.head() == null
                ? commands.createThread(copy, key, new ThreadRequest.Create(copy.thread(), settings, null, false, null))
                : commands.copyThread(copy, key, source, settings);
    }

    static ThreadKey key(String threadId) {
        return key(CurrentCaller.get(), threadId);
    }

    static ThreadKey key(Caller caller, String threadId) {
        ThreadKey key = new ThreadKey(caller.tenant(), threadId);
        Commands.threadId(key);
        return key;
    }

    static ProblemException noThread(ThreadKey key) {
        return new ProblemException(
                Problem.of(ProblemType.THREAD_NOT_FOUND, "Thread " + key.thread() + " does not exist"));
    }
}
