package dev.threadwright.http;

import dev.threadwright.ingress.CommandRecords;
import dev.threadwright.ingress.CommandRecords.Wishes;
import dev.threadwright.ingress.Decoded;
import dev.threadwright.ingress.RecordDecoder;
import dev.threadwright.ingress.ThreadIds;
import dev.threadwright.ingress.TopicRole;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.workflow.Json;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
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

    /** Who asked, where nobody has to say who they are. */
    static final String ACTOR = "http";

    private static final String USER_INPUT = "user.input";
    private static final String EXTERNAL_EVENT = "external.event";

    private static final List<String> INPUT_FIELDS =
            List.of("data", "type", "event_type", "policy", "workflow", "run_id", "interrupt_id", "source", "id");
    private static final List<String> UPDATE_FIELDS = List.of("policy", "workflow", "metadata", "source", "id");
    private static final List<String> CANCEL_FIELDS = List.of("run_id", "rollback", "source", "id");

    private static final List<String> RETRY_FIELDS = List.of("run_id", "source", "id");
    private static final List<String> VALUES_FIELDS = List.of("values", "source", "id");
    private static final List<String> RESTORE_FIELDS = List.of("checkpoint_id", "values", "run", "source", "id");
    private static final List<String> FORK_FIELDS =
            List.of("thread_id", "checkpoint_id", "values", "run", "source", "id");

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
        String run = body.text("run_id");
        String interrupt = body.text("interrupt_id");
        Wishes wishes = new Wishes(policy, body.text("workflow"), run == null ? null : new RunId(run), interrupt);
        Named named = named(body, key);
        boolean isEvent = isEvent(body);
        String id = threadId(thread);
        return checked(
                thread,
                named,
                isEvent
                        ? records.externalEvent(id, named.identity, ACTOR, body.text("event_type"), data, wishes)
                        : records.userInput(id, named.identity, ACTOR, data, wishes));
    }

    CheckedCommand update(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parse(bytes, maxDataBytes, UPDATE_FIELDS);
        Policy policy = body.policy("policy", policyCheck);
        String workflow = body.text("workflow");
        Json.Obj metadata = body.object("metadata");
        if (policy == null && workflow == null && metadata == null) {
            throw new ProblemException(Problem.at("", "changes nothing: give policy, workflow or metadata"));
        }
        Named named = named(body, key);
        return checked(
                thread,
                named,
                records.updateThread(threadId(thread), named.identity, ACTOR, policy, workflow, metadata));
    }

    /** Without a body, all runs are cancelled that were admitted until now. */
    CheckedCommand cancel(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = bytes == null || bytes.length == 0
                ? CommandBody.empty()
                : CommandBody.parse(bytes, maxDataBytes, CANCEL_FIELDS);
        String run = body.text("run_id");
        boolean rollback = body.flag("rollback");
        Named named = named(body, key);
        String id = threadId(thread);
        return checked(
                thread,
                named,
                run == null
                        ? records.cancelAll(id, named.identity, ACTOR, null, rollback)
                        : records.cancelRun(id, named.identity, ACTOR, new RunId(run), rollback));
    }

    /** Without a body, whatever is left to do at the thread's head. */
    CheckedCommand retry(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = bytes == null || bytes.length == 0
                ? CommandBody.empty()
                : CommandBody.parse(bytes, maxDataBytes, RETRY_FIELDS);
        String run = body.text("run_id");
        Named named = named(body, key);
        return checked(
                thread,
                named,
                records.retryRun(threadId(thread), named.identity, ACTOR, run == null ? null : new RunId(run)));
    }

    CheckedCommand updateState(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parse(bytes, maxDataBytes, VALUES_FIELDS);
        Named named = named(body, key);
        return checked(thread, named, records.updateState(threadId(thread), named.identity, ACTOR, values(body)));
    }

    CheckedCommand restore(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parse(bytes, maxDataBytes, RESTORE_FIELDS);
        String checkpoint = required(body, "checkpoint_id");
        boolean run = body.flag("run");
        Json.Obj values = values(body);
        Named named = named(body, key);
        return checked(
                thread, named, records.restoreState(threadId(thread), named.identity, ACTOR, checkpoint, values, run));
    }

    CheckedCommand fork(ThreadKey thread, @Nullable String key, byte @Nullable [] bytes) {
        CommandBody body = CommandBody.parse(bytes, maxDataBytes, FORK_FIELDS);
        String source = required(body, "thread_id");
        String checkpoint = body.text("checkpoint_id");
        boolean run = body.flag("run");
        Json.Obj values = values(body);
        Named named = named(body, key);
        return checked(
                thread,
                named,
                records.forkThread(threadId(thread), named.identity, ACTOR, source, checkpoint, values, run));
    }

    private static String required(CommandBody body, String field) {
        String value = body.text(field);
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
        String source = Optional.ofNullable(body.text("source")).orElse(DEFAULT_SOURCE);
        String id = body.text("id");
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
        if (body.text("event_type") != null) {
            throw body.wrong("event_type", "goes with \"type\": \"" + EXTERNAL_EVENT + "\"");
        }
        return false;
    }

    private CheckedCommand checked(ThreadKey thread, Named named, ProducerRecord<byte[], byte[]> record) {
        if (record.value().length > maxDataBytes) {
            throw new ProblemException(Problem.of(
                    ProblemType.TOO_LARGE,
                    "The data is too large: " + record.value().length + " bytes, at most " + maxDataBytes));
        }
        return switch (decoder.decode(asConsumed(record), TopicRole.COMMANDS, partitions)) {
            case Decoded.ForThread decoded ->
                CheckedCommand.of(
                        record,
                        thread,
                        named.identity,
                        decoded.command().header().contentHash(),
                        named.byCaller);
            case Decoded.Dead dead ->
                throw new ProblemException(Problem.of(ProblemType.INVALID_REQUEST, dead.reason()));
            case Decoded.Misrouted misrouted ->
                throw new IllegalStateException(
                        "Encoded for partition " + record.partition() + ", which " + misrouted.partition() + " owns");
        };
    }

    /** The time is the broker's to give; it is not part of what makes two commands the same. */
    private static ConsumerRecord<byte[], byte[]> asConsumed(ProducerRecord<byte[], byte[]> record) {
        return new ConsumerRecord<>(
                record.topic(),
                record.partition(),
                0,
                0,
                TimestampType.LOG_APPEND_TIME,
                record.key().length,
                record.value().length,
                record.key(),
                record.value(),
                record.headers(),
                Optional.empty());
    }
}
