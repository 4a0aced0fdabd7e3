package dev.threadwright.http;

import dev.threadwright.assistant.Assistant;
import dev.threadwright.assistant.Assistants;
import dev.threadwright.ending.WebhookAddresses;
import dev.threadwright.query.RequestedRun;
import dev.threadwright.query.RequestedRuns;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunIds;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.vertx.MutinyHelper;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Turns requests for runs into commands, and what is decided about these into runs. */
@ApplicationScoped
public class RunGate {

    /** What threads of runs without a thread are named in, so that a key makes one of them. */
    private static final String NO_THREAD = "";

    private final Commands commands;
    private final CommandGate gate;
    private final Assistants assistants;
    private final RequestedRuns runs;
    private final WebhookAddresses addresses;

    RunGate(
            Commands commands,
            CommandGate gate,
            Assistants assistants,
            RequestedRuns runs,
            WebhookAddresses addresses) {
        this.addresses = addresses;
        this.commands = commands;
        this.gate = gate;
        this.assistants = assistants;
        this.runs = runs;
    }

    /** A request that can be sent; the run that it becomes has this name unless it joins another. */
    record Prepared(ThreadKey thread, RunId leg, RunBody body, CheckedCommand command) {}

    /**
     * @param key of the request's Idempotency-Key header
     */
    Uni<Prepared> prepare(ThreadKey thread, RunBody body, @Nullable String key) {
        Identity identity = identity(key);
        return prepare(thread, leg(thread, identity, key), body, identity, key != null, body.create(), false);
    }

    /** On a thread of its own, which bears the run's name. */
    Uni<Prepared> prepareAlone(String tenant, RunBody body, @Nullable String key) {
        Identity identity = identity(key);
        RunId leg = leg(new ThreadKey(tenant, NO_THREAD), identity, key);
        ThreadKey thread = new ThreadKey(tenant, leg.value());
        return prepare(thread, leg, body, identity, key != null, true, !body.keep());
    }

    private Uni<Prepared> prepare(
            ThreadKey thread,
            RunId leg,
            RunBody body,
            Identity identity,
            boolean byCaller,
            boolean create,
            boolean isForgotten) {
        // What follows may be on a thread that knows nothing of the request.
        String actor = Commands.actor();
        TraceContext trace = RequestTrace.current();
        return checked(body.webhook())
                .flatMap(checked -> assistants.resolve(thread.tenant(), body.assistant()))
                .map(assistant -> {
                    if (assistant == null) {
                        throw AssistantResource.noAssistant(body.assistant());
                    }
                    Map<String, Json> data = new LinkedHashMap<>();
                    Json.Obj kwargs = configured(assistant, body.kwargs());
                    data.put("request", request(assistant, body, kwargs, isForgotten));
                    data.putAll(body.command().fields());
                    Integer limit = RunConfig.recursionLimit(kwargs.get("config"));
                    if (limit != null) {
                        data.put(RunConfig.RECURSION_LIMIT, Json.of(limit));
                    }
                    if (create) {
                        data.put("create", Json.TRUE);
                    }
                    return new Prepared(
                            thread,
                            leg,
                            body,
                            commands.requestRun(
                                    thread,
                                    identity,
                                    byCaller,
                                    leg,
                                    Strategies.policy(body.strategy()),
                                    assistant.graph(),
                                    Json.object(data),
                                    actor,
                                    trace));
                });
    }

    /** Its host is looked up, which blocks. */
    private Uni<Void> checked(@Nullable String webhook) {
        if (webhook == null) {
            return Uni.createFrom().voidItem();
        }
        Executor context = MutinyHelper.executor(Vertx.currentContext());
        return Uni.createFrom()
                .item(() -> Optional.ofNullable(addresses.check(webhook)))
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
                .emitOn(context)
                .invoke(problem -> problem.ifPresent(words -> {
                    throw RequestFields.at("/webhook", "is refused: " + words);
                }))
                .replaceWithVoid();
    }

    private static Json.Obj request(Assistant assistant, RunBody body, Json.Obj kwargs, boolean isForgotten) {
        Map<String, Json> request = new LinkedHashMap<>();
        request.put("assistant_id", Json.of(assistant.id()));
        request.put("graph_id", Json.of(assistant.graph()));
        request.put("metadata", body.metadata());
        request.put("multitask_strategy", Json.of(body.strategy() == null ? Strategies.DEFAULT : body.strategy()));
        request.put("kwargs", kwargs);
        Map<String, Json> ending = new LinkedHashMap<>();
        String webhook = body.webhook();
        if (webhook != null) {
            ending.put("webhook", Json.of(webhook));
        }
        if (isForgotten) {
            ending.put("delete", Json.TRUE);
        }
        if (!ending.isEmpty()) {
            request.put("ending", Json.object(ending));
        }
        return Json.object(request);
    }

    /** What the assistant is configured with stands below what the request says. */
    private static Json.Obj configured(Assistant assistant, Json.Obj kwargs) {
        Map<String, Json> all = new LinkedHashMap<>(kwargs.fields());
        Map<String, Json> config = new LinkedHashMap<>(assistant.config().fields());
        if (all.get("config") instanceof Json.Obj own) {
            config.putAll(own.fields());
        }
        if (!config.isEmpty()) {
            all.put("config", Json.object(config));
        }
        if (!assistant.context().equals(Json.EMPTY_OBJECT)) {
            all.putIfAbsent("context", assistant.context());
        }
        return Json.object(all);
    }

    /** Fails with a {@link ProblemException} if it was refused. */
    Uni<RequestedRun> send(Prepared prepared) {
        return decided(prepared)
                .flatMap(outcome -> outcome instanceof Outcome.Merged merged
                        ? joined(prepared, merged)
                        : runs.find(prepared.thread(), prepared.leg())
                                .onItem()
                                .ifNull()
                                .failWith(() -> lost(prepared)));
    }

    /** All that were asked for together count together: all are admitted, or none. */
    Uni<List<Prepared>> admitted(String tenant, List<Prepared> prepared) {
        return gate.admitted(tenant, prepared.stream().map(Prepared::command).toList())
                .map(commands -> {
                    List<Prepared> admitted = new ArrayList<>();
                    for (int i = 0; i < commands.size(); i++) {
                        Prepared one = prepared.get(i);
                        admitted.add(new Prepared(one.thread(), one.leg(), one.body(), commands.get(i)));
                    }
                    return admitted;
                });
    }

    /** As {@link #send}, for who only wants to follow the run: what is new needs no reading. */
    Uni<RunName> sendOnly(Prepared prepared) {
        return decided(prepared)
                .flatMap(outcome -> outcome instanceof Outcome.Merged merged
                        ? joined(prepared, merged).map(RunName::of)
                        : Uni.createFrom().item(new RunName(prepared.thread(), prepared.leg())));
    }

    private Uni<Outcome> decided(Prepared prepared) {
        return gate.decide(prepared.command()).onFailure(ProblemException.class).transform(RunGate::asTheContractSays);
    }

    private Uni<RequestedRun> joined(Prepared prepared, Outcome.Merged merged) {
        return runs.lastLeg(prepared.thread(), merged.run()).onItem().ifNull().failWith(() -> lost(prepared));
    }

    /** Others may be quicker than the answer. */
    private static ProblemException lost(Prepared prepared) {
        return new ProblemException(Problem.of(
                ProblemType.RUN_NOT_FOUND,
                "Run " + prepared.leg() + " of thread " + prepared.thread().thread()
                        + " was made, and has been rolled back or deleted since"));
    }

    /** Clients know a thread that is busy as a request that cannot be followed, and not as a conflict. */
    private static Throwable asTheContractSays(Throwable failure) {
        if (failure instanceof ProblemException refused && refused.problem().type() == ProblemType.BUSY) {
            Problem problem = refused.problem();
            return new ProblemException(
                    new Problem(problem.type(), 422, problem.detail(), problem.errors(), problem.more()));
        }
        return failure;
    }

    /** Ends the leg if it is open when that is decided. */
    Uni<Outcome> cancel(RequestedRun run, boolean rollback) {
        RunId whole = run.run();
        return whole == null || !run.isOpen()
                ? Uni.createFrom().item(new Outcome.Unchanged("It has ended"))
                : gate.decide(commands.cancelLeg(run.thread(), whole, run.leg(), rollback));
    }

    /** Ends it as its client has gone; what has ended, or is not there any more, stays as it is. */
    Uni<Outcome> cancel(RunName name) {
        return runs.find(name.thread(), name.leg())
                .flatMap(run ->
                        run == null ? Uni.createFrom().item(new Outcome.Unchanged("It is gone")) : cancel(run, false));
    }

    private static Identity identity(@Nullable String key) {
        return new Identity(
                Commands.DEFAULT_SOURCE, key == null ? UUID.randomUUID().toString() : key);
    }

    /** The same for the same key, whenever that comes. */
    private static RunId leg(ThreadKey thread, Identity identity, @Nullable String key) {
        return RunIds.of(thread, identity, key == null ? System.currentTimeMillis() : 0);
    }
}
