package dev.threadwright.http;

import dev.threadwright.audit.Act;
import dev.threadwright.callback.Callback;
import dev.threadwright.callback.TokenRedaction;
import dev.threadwright.ingress.CommandRecords;
import dev.threadwright.ingress.CommandRecords.Wishes;
import dev.threadwright.ingress.Decoded;
import dev.threadwright.ingress.ForwardHeaders;
import dev.threadwright.ingress.RecordDecoder;
import dev.threadwright.ingress.ThreadIds;
import dev.threadwright.ingress.TopicRole;
import dev.threadwright.ingress.TraceHeaders;
import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.security.Caller;
import dev.threadwright.security.Role;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Fingerprint;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.SettingsChange;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Json;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;

/**
 * From requests to commands. What is produced has been decoded first, by the decoder that the loop will use: nothing that
 * came over HTTP becomes a dead letter because it could not be understood.
 */
public final class Commands {

    static final String DEFAULT_SOURCE = "/http";

    /** Who asked, where nobody has to say who they are, and where nobody did ask. */
    static final String ACTOR = "http";

    /** On whose behalf threads are deleted that have outlived their time. */
    private static final String LIFETIME_ACTOR = "lifetime";

    private static final String CALLBACK_SOURCE = "/threadwright/callbacks";

    /** Whoever had the address. */
    private static final String CALLBACK_ACTOR = "callback";

    private static final int CALLBACK_HASH_BYTES = 8;

    private static final String USER_INPUT = "user.input";
    private static final String EXTERNAL_EVENT = "external.event";

    private static final List<String> INPUT_FIELDS = List.of(
            "data",
            "type",
            "event_type",
            "policy",
            "workflow",
            "run_id",
            "interrupt_id",
            "interrupt_before",
            "interrupt_after",
            "source",
            "id");
    private static final List<String> CANCEL_FIELDS = List.of("run_id", "rollback", "source", "id");

    private static final List<String> RETRY_FIELDS = List.of("run_id", "source", "id");
    private static final List<String> VALUES_FIELDS = List.of("values", "source", "id");
    private static final List<String> RESTORE_FIELDS = List.of("checkpoint_id", "values", "run", "source", "id");
    private static final List<String> FORK_FIELDS =
            List.of("thread_id", "checkpoint_id", "values", "run", "source", "id");

    /** Those of a resume that its command's data has under the same names. */
    private static final List<String> RESUME_DATA = List.of(
            "answer", "update", "replace", "goto", "goto_input", "continue", "interrupt_before", "interrupt_after");

    private static final List<String> RESUME_PARTS = List.of("answer", "update", "replace", "goto");
    private static final List<String> RESUME_FIELDS = Stream.concat(
                    Stream.of("run_id", "interrupt_id", "source", "id"), RESUME_DATA.stream())
            .toList();
    private static final List<String> RESOLVE_FIELDS = List.of("answer", "source", "id");
    private static final List<String> REJECT_FIELDS = List.of("reason", "source", "id");
    private static final List<String> STEER_FIELDS = List.of("run_id", "data", "source", "id");
    private static final List<String> RETRY_ACTION_FIELDS = List.of("source", "id");
    private static final List<String> COMPLETE_ACTION_FIELDS = List.of("result", "source", "id");
    private static final List<String> FAIL_ACTION_FIELDS = List.of("error", "source", "id");
    private static final List<String> PAUSE_FIELDS = List.of("run_id", "source", "id");
    private static final List<String> COMPACT_DATA = List.of("reason", "keep");
    private static final List<String> COMPACT_FIELDS = List.of("reason", "keep", "source", "id");

    /** What the decoder says of a field of the data, where the body has that field, too. */
    private static final Pattern DATA_PLACE = Pattern.compile(
            "The data's field ("
                    + String.join(
                            "|",
                            Stream.concat(RESUME_DATA.stream(), COMPACT_DATA.stream())
                                    .toList())
                    + ") (.*)",
            Pattern.DOTALL);

    /** What the decoder says of a source; only a body can have given one that is wrong. */
    private static final Pattern SOURCE = Pattern.compile("CloudEvents attribute source (.*)", Pattern.DOTALL);

    private final CommandRecords records;
    private final RecordDecoder decoder;
    private final Consumer<Policy> policyCheck;
    private final int partitions;
    private final int maxDataBytes;

    /** @param policyCheck throws an IllegalArgumentException for a policy whose conditions do not compile */
    public Commands(
            CommandRecords records,
            RecordDecoder decoder,
            Consumer<Policy> policyCheck,
            int partitions,
            int maxDataBytes) {
        this.records = records;
        this.decoder = decoder;
        this.policyCheck = policyCheck;
        this.partitions = partitions;
        this.maxDataBytes = maxDataBytes;
    }

    /** @param key of the request's Idempotency-Key header */
    CheckedCommand input(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parse(bytes, maxDataBytes, INPUT_FIELDS);
        Json data = body.data("data");
        Policy policy = body.policy("policy", policyCheck);
        String run = body.attribute("run_id");
        String interrupt = interrupt(body);
        if (interrupt != null) {
            CurrentCaller.requireIfAsked(Role.RESOLVE);
        }
        Wishes wishes = new Wishes(
                policy,
                body.attribute("workflow"),
                run == null ? null : new RunId(run),
                interrupt,
                new Breakpoints(body.names("interrupt_before"), body.names("interrupt_after")));
        Named named = named(body, key);
        boolean isEvent = isEvent(body);
        String id = threadId(thread);
        return checked(
                thread,
                named,
                isEvent
                        ? records.externalEvent(id, named.identity, actor(), body.attribute("event_type"), data, wishes)
                        : records.userInput(id, named.identity, actor(), data, wishes));
    }

    /** Without a body, all runs are cancelled that were admitted until now. */
    CheckedCommand cancel(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parseOrEmpty(bytes, maxDataBytes, CANCEL_FIELDS);
        String run = body.attribute("run_id");
        boolean rollback = body.flag("rollback");
        Named named = named(body, key);
        String id = threadId(thread);
        return checked(
                thread,
                named,
                run == null
                        ? records.cancelAll(id, named.identity, actor(), null, rollback)
                        : records.cancelRun(id, named.identity, actor(), new RunId(run), rollback, null));
    }

    /** Without a body, whatever is left to do at the thread's head. */
    CheckedCommand retry(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parseOrEmpty(bytes, maxDataBytes, RETRY_FIELDS);
        String run = body.attribute("run_id");
        Named named = named(body, key);
        return checked(
                thread,
                named,
                records.retryRun(threadId(thread), named.identity, actor(), run == null ? null : new RunId(run)));
    }

    CheckedCommand updateState(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parse(bytes, maxDataBytes, VALUES_FIELDS);
        Named named = named(body, key);
        return checked(thread, named, records.updateState(threadId(thread), named.identity, actor(), values(body)));
    }

    CheckedCommand restore(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parse(bytes, maxDataBytes, RESTORE_FIELDS);
        String checkpoint = required(body, "checkpoint_id");
        boolean run = body.flag("run");
        Json.Obj values = values(body);
        Named named = named(body, key);
        return checked(
                thread,
                named,
                records.restoreState(threadId(thread), named.identity, actor(), checkpoint, values, run));
    }

    CheckedCommand fork(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parse(bytes, maxDataBytes, FORK_FIELDS);
        String source = required(body, "thread_id");
        String checkpoint = body.attribute("checkpoint_id");
        boolean run = body.flag("run");
        Json.Obj values = values(body);
        Named named = named(body, key);
        return checked(
                thread,
                named,
                records.forkThread(threadId(thread), named.identity, actor(), source, checkpoint, values, run));
    }

    ResumeRequest resume(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parse(bytes, maxDataBytes, RESUME_FIELDS);
        String run = body.attribute("run_id");
        String interrupt = interrupt(body);
        Json.Obj data = body.only(RESUME_DATA);
        if (!body.flag("continue") && Collections.disjoint(data.fields().keySet(), RESUME_PARTS)) {
            throw new ProblemException(
                    Problem.at("", "does nothing: give answer, update, replace, goto or \"continue\": true"));
        }
        Named named = named(body, key);
        String id = threadId(thread);
        String actor = actor();
        RunId runId = run == null ? null : new RunId(run);
        return new ResumeRequest(
                thread,
                runId,
                interrupt,
                data.get("answer"),
                bound -> checked(thread, named, records.resumeRun(id, named.identity, actor, runId, bound, data)));
    }

    CheckedCommand resolve(ThreadKey thread, InterruptId interrupt, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parse(bytes, maxDataBytes, RESOLVE_FIELDS);
        Json.Obj data = body.only(List.of("answer"));
        if (data.fields().isEmpty()) {
            throw body.wrong("answer", "is missing: any JSON value that the interrupt's schema takes");
        }
        Named named = named(body, key);
        return checked(
                thread,
                named,
                records.resumeRun(threadId(thread), named.identity, actor(), null, interrupt.value(), data));
    }

    CheckedCommand reject(ThreadKey thread, InterruptId interrupt, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parseOrEmpty(bytes, maxDataBytes, REJECT_FIELDS);
        String reason = body.text("reason");
        Named named = named(body, key);
        return checked(
                thread,
                named,
                records.rejectInterrupt(threadId(thread), named.identity, actor(), interrupt.value(), reason));
    }

    CheckedCommand retryAction(
            ThreadKey thread, RunId run, ActionId action, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parseOrEmpty(bytes, maxDataBytes, RETRY_ACTION_FIELDS);
        return settle(thread, run, action, named(body, key), Json.object("retry", Json.TRUE));
    }

    CheckedCommand completeAction(
            ThreadKey thread, RunId run, ActionId action, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parse(bytes, maxDataBytes, COMPLETE_ACTION_FIELDS);
        Json result = body.json("result");
        if (result == null) {
            throw body.wrong("result", "is missing: any JSON value, null too");
        }
        return settle(thread, run, action, named(body, key), Json.object("result", result));
    }

    CheckedCommand failAction(
            ThreadKey thread, RunId run, ActionId action, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parse(bytes, maxDataBytes, FAIL_ACTION_FIELDS);
        Json error = Json.of(required(body, "error"));
        return settle(thread, run, action, named(body, key), Json.object("error", error));
    }

    /** @param bytes any JSON, or nothing: what an answer's body would have been */
    CheckedCommand callback(Callback callback, String token, byte @Nullable [] bytes) {
        Json body = bytes == null || bytes.length == 0 ? Json.NULL : callbackBody(bytes, token);
        return callback(callback, token, Json.object("result", Json.object("body", body)));
    }

    /** @param bytes {@code {"error", "kind", "retry_after_ms"}} */
    CheckedCommand callbackFailure(Callback callback, String token, byte @Nullable [] bytes) {
        if (bytes == null || bytes.length == 0) {
            throw new ProblemException(Problem.at("", "is missing: send a JSON object with error"));
        }
        return callback(callback, token, Json.object("failure", callbackBody(bytes, token)));
    }

    private Json callbackBody(byte[] bytes, String token) {
        if (bytes.length > maxDataBytes) {
            throw tooLarge(bytes.length);
        }
        try {
            return TokenRedaction.of(JsonText.parse(bytes), token);
        } catch (InvalidJsonException e) {
            throw new ProblemException(Problem.at("", "cannot be read: " + e.getMessage()));
        }
    }

    /** One identity for all that is told by one address. It is kept, so it must not tell the token; and nobody can guess it. */
    private CheckedCommand callback(Callback callback, String token, Json data) {
        String id = callback.action() + "-" + callback.attempt() + "-"
                + HexFormat.of().formatHex(Fingerprint.of(token), 0, CALLBACK_HASH_BYTES);
        Named named = new Named(new Identity(CALLBACK_SOURCE, id), true);
        return checked(
                callback.thread(),
                named,
                records.callback(
                        threadId(callback.thread()),
                        named.identity,
                        CALLBACK_ACTOR,
                        callback.run(),
                        callback.action(),
                        callback.attempt(),
                        data));
    }

    private CheckedCommand settle(ThreadKey thread, RunId run, ActionId action, Named named, Json data) {
        return checked(
                thread, named, records.settleAction(threadId(thread), named.identity, actor(), run, action, data));
    }

    CheckedCommand steer(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parse(bytes, maxDataBytes, STEER_FIELDS);
        RunId run = new RunId(required(body, "run_id"));
        Json data = body.data("data");
        Named named = named(body, key);
        return checked(thread, named, records.steerRun(threadId(thread), named.identity, actor(), run, data));
    }

    CheckedCommand pause(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parse(bytes, maxDataBytes, PAUSE_FIELDS);
        RunId run = new RunId(required(body, "run_id"));
        Named named = named(body, key);
        return checked(thread, named, records.pauseRun(threadId(thread), named.identity, actor(), run));
    }

    CheckedCommand unpause(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parse(bytes, maxDataBytes, PAUSE_FIELDS);
        RunId run = new RunId(required(body, "run_id"));
        Named named = named(body, key);
        return checked(thread, named, records.unpauseRun(threadId(thread), named.identity, actor(), run));
    }

    CheckedCommand compact(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parseOrEmpty(bytes, maxDataBytes, COMPACT_FIELDS);
        Json.Obj data = body.only(COMPACT_DATA);
        Named named = named(body, key);
        return checked(thread, named, records.compactThread(threadId(thread), named.identity, actor(), data));
    }

    /** @param id that the thread is to have */
    CheckedCommand createThread(ThreadKey id, @Nullable String key, ThreadRequest.Create create) {
        Named named = named(key);
        return checked(
                id,
                named,
                records.createThread(
                        threadId(id),
                        named.identity,
                        actor(),
                        create.settings(),
                        create.graph(),
                        create.ifAbsent(),
                        create.superSteps()));
    }

    CheckedCommand updateThread(ThreadKey thread, @Nullable String key, SettingsChange change) {
        Named named = named(key);
        return checked(thread, named, records.updateThread(threadId(thread), named.identity, actor(), change));
    }

    CheckedCommand deleteThread(ThreadKey thread, @Nullable String key) {
        Named named = named(key);
        return checked(thread, named, records.deleteThread(threadId(thread), named.identity, actor(), null));
    }

    /** If it is idle, and this is its last event. The same for the same event, however often it is asked. */
    CheckedCommand expireThread(ThreadKey thread, long ifSeq) {
        Named named = new Named(new Identity(Act.LIFETIME_SOURCE, "idle-since-" + ifSeq), true);
        return checked(thread, named, records.deleteThread(threadId(thread), named.identity, LIFETIME_ACTOR, ifSeq));
    }

    /** It was made for one run, which is over. */
    CheckedCommand forgetThread(ThreadKey thread) {
        Named named =
                new Named(new Identity(Act.LIFETIME_SOURCE, UUID.randomUUID().toString()), false);
        return checked(thread, named, records.deleteThread(threadId(thread), named.identity, LIFETIME_ACTOR, null));
    }

    /** @param copy that the thread becomes; {@code source} has a state */
    CheckedCommand copyThread(ThreadKey copy, @Nullable String key, ThreadKey source, SettingsChange settings) {
        Named named = named(key);
        return checked(
                copy,
                named,
                records.forkThread(
                        threadId(copy),
                        named.identity,
                        actor(),
                        threadId(source),
                        null,
                        Json.EMPTY_OBJECT,
                        false,
                        settings));
    }

    CheckedCommand updateState(ThreadKey thread, @Nullable String key, ThreadRequest.StateUpdate update) {
        Named named = named(key);
        return checked(
                thread,
                named,
                records.updateState(
                        threadId(thread),
                        named.identity,
                        actor(),
                        update.values(),
                        update.checkpoint(),
                        update.step()));
    }

    private static Named named(@Nullable String key) {
        return key == null
                ? new Named(new Identity(DEFAULT_SOURCE, UUID.randomUUID().toString()), false)
                : new Named(new Identity(DEFAULT_SOURCE, key), true);
    }

    Consumer<Policy> policyCheck() {
        return policyCheck;
    }

    int maxDataBytes() {
        return maxDataBytes;
    }

    /** Of a leg, if it is open when that is decided. */
    CheckedCommand cancelLeg(ThreadKey thread, RunId run, RunId leg, boolean rollback) {
        Named named = new Named(new Identity(DEFAULT_SOURCE, UUID.randomUUID().toString()), false);
        return checked(thread, named, records.cancelRun(threadId(thread), named.identity, actor(), run, rollback, leg));
    }

    /**
     * @param identity of the request
     * @param byCaller whether the caller gave it, so that it may come again
     * @param data as {@code run.request} has it
     * @param actor who asks for it
     * @param trace that the request belongs to; null for none
     */
    CheckedCommand requestRun(
            ThreadKey thread,
            Identity identity,
            boolean byCaller,
            RunId leg,
            @Nullable Policy strategy,
            String workflow,
            Json.Obj data,
            String actor,
            @Nullable TraceContext trace) {
        return checked(
                thread,
                new Named(identity, byCaller),
                records.requestRun(threadId(thread), identity, actor, leg, strategy, workflow, data),
                trace);
    }

    /** Who asks for what is being asked for here. */
    static String actor() {
        Caller caller = CurrentCaller.orNull();
        return caller == null ? ACTOR : caller.name();
    }

    private static @Nullable String interrupt(CommandBody body) {
        String interrupt = body.text("interrupt_id");
        if (interrupt != null && !InterruptId.isOne(interrupt)) {
            throw body.wrong("interrupt_id", "must be 32 lower-case hexadecimal digits");
        }
        return interrupt;
    }

    private static String required(CommandBody body, String field) {
        String value = body.attribute(field);
        if (value == null) {
            throw body.wrong(field, "is missing");
        }
        return value;
    }

    private static Json.Obj values(CommandBody body) {
        Json.Obj values = body.object("values");
        return values == null ? Json.EMPTY_OBJECT : values;
    }

    /** @throws ProblemException if no thread can have this id */
    static String threadId(ThreadKey thread) {
        try {
            return ThreadIds.require(thread.thread());
        } catch (IllegalArgumentException e) {
            throw new ProblemException(Problem.of(ProblemType.INVALID_REQUEST, String.valueOf(e.getMessage())));
        }
    }

    /** @param byCaller whether the caller gave the id, so that it may come again */
    private record Named(Identity identity, boolean byCaller) {}

    private static Named named(CommandBody body, @Nullable String key) {
        String source = Optional.ofNullable(body.attribute("source")).orElse(DEFAULT_SOURCE);
        String id = body.attribute("id");
        if (key != null && id != null && !key.equals(id)) {
            throw body.wrong("id", "and the Idempotency-Key header differ: give one of them");
        }
        String given = id == null ? key : id;
        return given == null
                ? new Named(new Identity(source, UUID.randomUUID().toString()), false)
                : new Named(new Identity(source, given), true);
    }

    private static boolean isEvent(CommandBody body) {
        String type = body.text("type");
        return switch (type) {
            case null -> withoutEventType(body);
            case USER_INPUT -> withoutEventType(body);
            case EXTERNAL_EVENT -> true;
            default -> throw body.wrong("type", "must be " + USER_INPUT + " or " + EXTERNAL_EVENT);
        };
    }

    private static boolean withoutEventType(CommandBody body) {
        if (body.attribute("event_type") != null) {
            throw body.wrong("event_type", "goes with \"type\": \"" + EXTERNAL_EVENT + "\"");
        }
        return false;
    }

    private CheckedCommand checked(ThreadKey thread, Named named, ProducerRecord<byte[], byte[]> record) {
        return checked(thread, named, record, RequestTrace.current());
    }

    private CheckedCommand checked(
            ThreadKey thread, Named named, ProducerRecord<byte[], byte[]> record, @Nullable TraceContext trace) {
        ForwardHeaders.addTenant(record.headers(), thread.tenant());
        if (trace != null) {
            TraceHeaders.add(record.headers(), trace);
        }
        if (record.value().length > maxDataBytes) {
            throw tooLarge(record.value().length);
        }
        return switch (decoder.decode(asConsumed(record), TopicRole.COMMANDS, partitions)) {
            case Decoded.ForThread decoded ->
                CheckedCommand.of(
                        record,
                        thread,
                        named.identity,
                        decoded.command().header().contentHash(),
                        named.byCaller,
                        decoded.command() instanceof Command.SubmitInput
                                || decoded.command() instanceof Command.RequestRun);
            case Decoded.Dead dead -> throw new ProblemException(problem(dead.reason()));
            // Of a callback: others come with a tenant of this server.
            case Decoded.NotHere ignored ->
                throw new ProblemException(Problem.of(
                        ProblemType.UNDECIDED,
                        "It is of a tenant that this server does not have; others may, so try again"));
            case Decoded.Misrouted misrouted ->
                throw new IllegalStateException(
                        "Encoded for partition " + record.partition() + ", which " + misrouted.partition() + " owns");
        };
    }

    private ProblemException tooLarge(int bytes) {
        return new ProblemException(Problem.of(
                ProblemType.TOO_LARGE, "The data is too large: " + bytes + " bytes, at most " + maxDataBytes));
    }

    private static Problem problem(String reason) {
        Matcher place = DATA_PLACE.matcher(reason);
        if (place.matches()) {
            return Problem.at("/" + place.group(1), place.group(2));
        }
        Matcher source = SOURCE.matcher(reason);
        return source.matches()
                ? Problem.at("/source", source.group(1))
                : Problem.of(ProblemType.INVALID_REQUEST, reason);
    }

    /** The time is the broker's to give; it is not part of what makes two commands the same. */
    static ConsumerRecord<byte[], byte[]> asConsumed(ProducerRecord<byte[], byte[]> record) {
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                0,
                0,
                TimestampType.LOG_APPEND_TIME,
                record.key() == null ? ConsumerRecord.NULL_SIZE : record.key().length,
                record.value() == null ? ConsumerRecord.NULL_SIZE : record.value().length,
                record.key(),
                record.value(),
                record.headers(),
                Optional.empty());
    }
}
