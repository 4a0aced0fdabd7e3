package dev.threadwright.http;

import dev.threadwright.assistant.Assistants;
import dev.threadwright.catalog.CatalogUnavailableException;
import dev.threadwright.contract.ProtocolEvent;
import dev.threadwright.query.HistoryReads;
import dev.threadwright.query.HistoryReads.History;
import dev.threadwright.query.LegReads;
import dev.threadwright.query.RequestedRun;
import dev.threadwright.query.StateReads;
import dev.threadwright.query.UnavailableException;
import dev.threadwright.security.Role;
import dev.threadwright.tables.TablesUnavailableException;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Does what commands of the newer protocol say, whichever way they come. Called on a Vert.x context. */
@ApplicationScoped
public class ProtocolCommands {

    static final String SUBSCRIBE = "subscription.subscribe";
    static final String UNSUBSCRIBE = "subscription.unsubscribe";

    /** Those of the protocol that this server does not do, or not in every place. */
    private static final Set<String> KNOWN = Set.of(
            SUBSCRIBE,
            UNSUBSCRIBE,
            "subscription.reconnect",
            "input.inject",
            "state.listCheckpoints",
            "state.fork",
            "agent.getTree");

    private static final List<String> START = plus(RunBody.FIELDS, List.of("multitaskStrategy"));
    private static final List<String> ANSWER = List.of("namespace", "interrupt_id", "response");
    private static final List<String> RESPOND =
            plus(ANSWER, List.of("responses", "update", "goto", "config", "metadata", "strict_resume"));

    private static final Logger LOG = Logger.getLogger(ProtocolCommands.class);

    private final RunGate gate;
    private final StateReads states;
    private final HistoryReads history;
    private final LegReads legs;
    private final Assistants assistants;
    private final AuditTrail trail;

    ProtocolCommands(
            RunGate gate,
            StateReads states,
            HistoryReads history,
            LegReads legs,
            Assistants assistants,
            AuditTrail trail) {
        this.trail = trail;
        this.gate = gate;
        this.states = states;
        this.history = history;
        this.legs = legs;
        this.assistants = assistants;
    }

    /** Never fails: whatever goes wrong is in the answer. */
    Uni<Json.Obj> answer(ThreadKey thread, ProtocolCommand command) {
        return Uni.createFrom()
                .deferred(() -> switch (command.method()) {
                    case "run.start" -> {
                        CurrentCaller.require(Role.WRITE);
                        yield start(thread, command);
                    }
                    case "input.respond" -> {
                        CurrentCaller.require(Role.RESOLVE);
                        yield respond(thread, command);
                    }
                    case "state.get" -> state(thread, command);
                    default -> throw unknown(command.method());
                })
                .onFailure()
                .invoke(failure -> noteDenied(command, failure))
                .onFailure()
                .recoverWithItem(failure -> failed(command, failure));
    }

    private void noteDenied(ProtocolCommand command, Throwable failure) {
        Role missing =
                failure instanceof ProblemException refused ? refused.problem().missingRole() : null;
        if (missing != null) {
            trail.denied(CurrentCaller.orNull(), missing, "command " + command.method());
        }
    }

    private static ProtocolException unknown(String method) {
        return KNOWN.contains(method)
                ? new ProtocolException(ProtocolError.NOT_SUPPORTED, method + " is not supported here")
                : new ProtocolException(ProtocolError.UNKNOWN_COMMAND, "There is no command \"" + method + "\"");
    }

    static Json.Obj failed(ProtocolCommand command, Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return switch (failure) {
            case ProtocolException refused -> command.error(refused.error(), message);
            case ProblemException refused -> command.error(refused.problem());
            case UnavailableException away -> unavailable(command, away);
            case TablesUnavailableException away -> unavailable(command, away);
            case CatalogUnavailableException away -> unavailable(command, away);
            default -> {
                LOG.errorf(failure, "Command %s failed", command.method());
                yield command.error(ProtocolError.UNKNOWN_ERROR, "The server failed on this command; its log says why");
            }
        };
    }

    private static Json.Obj unavailable(ProtocolCommand command, RuntimeException away) {
        LOG.debugf(away, "Reading for %s failed", command.method());
        return command.error(
                ProtocolError.UNKNOWN_ERROR, "The database cannot be reached just now; send the command again");
    }

    /** Makes the thread, if there is none. */
    private Uni<Json.Obj> start(ThreadKey thread, ProtocolCommand command) {
        RequestFields given = command.fields(START);
        Map<String, Json> fields = new LinkedHashMap<>(command.params().fields());
        Json camelCase = fields.remove("multitaskStrategy");
        if (camelCase != null) {
            fields.putIfAbsent("multitask_strategy", camelCase);
        }
        putCheckpoint(fields, given);
        fields.put("if_not_exists", Json.of("create"));
        RunBody body = RunBody.read(RequestFields.of(Json.object(fields), RunBody.FIELDS));
        return states.current(thread)
                .flatMap(before -> send(thread, body)
                        .map(run -> command.success(
                                Json.object(Map.of("run_id", Json.of(run.leg().value()))), appliedThrough(before))));
    }

    /** From where the run begins is said in its config. */
    private static void putCheckpoint(Map<String, Json> fields, RequestFields given) {
        Json.Obj config = given.object("config");
        if (config == null || !(config.get("configurable") instanceof Json.Obj configurable)) {
            return;
        }
        Map<String, Json> checkpoint = new LinkedHashMap<>();
        for (String name : List.of("checkpoint_id", "checkpoint_ns")) {
            Json value = configurable.get(name);
            if (value != null) {
                checkpoint.put(name, value);
            }
        }
        if (checkpoint.containsKey("checkpoint_id")) {
            fields.putIfAbsent("checkpoint", Json.object(checkpoint));
        }
    }

    private Uni<RequestedRun> send(ThreadKey thread, RunBody body) {
        return gate.prepare(thread, body, null).flatMap(gate::send);
    }

    private static long appliedThrough(@Nullable ThreadState before) {
        return ProtocolEvent.lastSeq(before == null ? 0 : before.seq());
    }

    private Uni<Json.Obj> respond(ThreadKey thread, ProtocolCommand command) {
        RequestFields given = command.fields(RESPOND);
        Map<String, Json> answers = answers(given);
        Map<String, Json> resume = new LinkedHashMap<>();
        resume.put("resume", Json.object(answers));
        Map<String, Json> fields = new LinkedHashMap<>();
        for (String name : List.of("update", "goto")) {
            put(resume, name, given.value(name));
        }
        for (String name : List.of("config", "metadata", "strict_resume")) {
            put(fields, name, given.value(name));
        }
        fields.put("command", Json.object(resume));
        return states.current(thread)
                .flatMap(before -> assistant(thread, asking(thread, before, answers.keySet()))
                        .flatMap(assistant -> {
                            fields.put("assistant_id", Json.of(assistant));
                            return send(thread, RunBody.read(RequestFields.of(Json.object(fields), RunBody.FIELDS)));
                        })
                        .map(run -> command.success(Json.EMPTY_OBJECT, appliedThrough(before))));
    }

    private static void put(Map<String, Json> fields, String name, @Nullable Json value) {
        if (value != null) {
            fields.put(name, value);
        }
    }

    /** By the ids of what they answer. */
    private static Map<String, Json> answers(RequestFields given) {
        Map<String, Json> answers = new LinkedHashMap<>();
        Json several = given.value("responses");
        if (several == null) {
            answer(given, answers);
        } else if (ANSWER.stream().anyMatch(given::names)) {
            throw given.wrong("responses", "is given beside another response: give one of them");
        } else if (several instanceof Json.Arr all && !all.items().isEmpty()) {
            for (Json one : all.items()) {
                if (!(one instanceof Json.Obj object)) {
                    throw given.wrong("responses", "must be made of objects");
                }
                answer(RequestFields.of(object, ANSWER), answers);
            }
        } else {
            throw given.wrong("responses", "must be a list of at least one response");
        }
        return answers;
    }

    private static void answer(RequestFields given, Map<String, Json> answers) {
        given.texts("namespace");
        String id = given.requiredText("interrupt_id");
        if (!given.names("response")) {
            throw given.wrong("response", "is missing");
        }
        Json response = given.value("response");
        if (answers.put(id, response == null ? Json.NULL : response) != null) {
            throw given.wrong("interrupt_id", "is answered twice: " + id);
        }
    }

    /** The run that asks; all that is answered has to be asked. */
    private static StartedRun asking(ThreadKey thread, @Nullable ThreadState state, Set<String> interrupts) {
        List<StartedRun> asking = new ArrayList<>();
        for (String interrupt : interrupts) {
            StartedRun run =
                    state == null || !InterruptId.isOne(interrupt) ? null : state.asking(new InterruptId(interrupt));
            if (run == null) {
                throw new ProtocolException(
                        ProtocolError.NO_SUCH_INTERRUPT,
                        "Thread " + thread.thread() + " does not ask " + interrupt + ", or not any more");
            }
            asking.add(run);
        }
        return asking.getFirst();
    }

    /** The one that the run was asked for with; its workflow if that is unknown, or gone meanwhile. */
    private Uni<String> assistant(ThreadKey thread, StartedRun run) {
        String workflow = run.workflow().name();
        return legs.find(thread.tenant(), thread.thread(), run.leg().id())
                .flatMap(place -> place != null
                                && place.request() instanceof Json.Obj request
                                && request.get("assistant_id") instanceof Json.Text id
                        ? assistants
                                .resolve(thread.tenant(), id.value())
                                .map(assistant -> assistant == null ? workflow : assistant.id())
                        : Uni.createFrom().item(workflow));
    }

    private Uni<Json.Obj> state(ThreadKey thread, ProtocolCommand command) {
        RequestFields given = command.fields(List.of("namespace", "keys"));
        List<String> namespace = given.texts("namespace");
        List<String> keys = given.texts("keys");
        if (namespace != null && !namespace.isEmpty()) {
            throw new ProtocolException(
                    ProtocolError.NO_SUCH_NAMESPACE,
                    "States of subgraphs are not kept; there is the thread's own, of the namespace []");
        }
        return history.newest(thread, null, checkpoint -> true, 1).map(found -> {
            if (found == null) {
                throw ThreadResource.noThread(thread);
            }
            return command.success(
                    state(thread, found, keys),
                    ProtocolEvent.lastSeq(found.now().seq()));
        });
    }

    private static Json.Obj state(ThreadKey thread, History found, @Nullable List<String> keys) {
        Json.Obj state = StateResource.newest(thread, found);
        Map<String, Json> values = new LinkedHashMap<>();
        if (state.get("values") instanceof Json.Obj all) {
            values.putAll(all.fields());
        }
        if (keys != null) {
            values.keySet().retainAll(keys);
        }
        Map<String, Json> result = new LinkedHashMap<>();
        result.put("values", Json.object(values));
        if (state.get("checkpoint") instanceof Json.Obj checkpoint
                && checkpoint.get("checkpoint_id") instanceof Json.Text id) {
            result.put("checkpoint", Json.object(Map.of("id", id)));
        }
        return Json.object(result);
    }

    private static List<String> plus(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return List.copyOf(all);
    }
}
