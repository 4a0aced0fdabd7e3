package dev.threadwright.ingress;

import dev.threadwright.json.JsonText;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Failure;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.SettingsChange;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.PolicyForm;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The encoding side: requests of this server as records for the commands topic, and results as records for the results
 * topic. CloudEvents in binary mode, on the partition that owns the thread. A {@link RecordDecoder} reads them back.
 */
public final class CommandRecords {

    private static final String RESULTS_SOURCE = "/threadwright/steps";
    private static final String SYSTEM = "system";

    private final String commandsTopic;
    private final UnaryOperator<String> resultsTopics;
    private final int partitions;

    /** Of a server without tenants but {@code default}. */
    public CommandRecords(String commandsTopic, String resultsTopic, int partitions) {
        this(commandsTopic, tenant -> resultsTopic, partitions);
    }

    /** @param resultsTopics each tenant's */
    public CommandRecords(String commandsTopic, UnaryOperator<String> resultsTopics, int partitions) {
        this.commandsTopic = commandsTopic;
        this.resultsTopics = resultsTopics;
        this.partitions = partitions;
    }

    /**
     * How an input wants to be treated; null for what it leaves to others.
     *
     * @param run addresses exactly this run
     * @param interrupt addresses exactly this interrupt
     * @param breakpoints that its run has besides those of its workflow
     */
    public record Wishes(
            @Nullable Policy policy,
            @Nullable String workflow,
            @Nullable RunId run,
            @Nullable String interrupt,
            Breakpoints breakpoints) {

        public static final Wishes NONE = new Wishes(null, null, null, null);

        public Wishes(
                @Nullable Policy policy, @Nullable String workflow, @Nullable RunId run, @Nullable String interrupt) {
            this(policy, workflow, run, interrupt, Breakpoints.NONE);
        }
    }

    public ProducerRecord<byte[], byte[]> userInput(
            String thread, Identity identity, String actor, Json data, Wishes wishes) {
        return command(CloudEventTypes.USER_INPUT, thread, identity, actor, data, extensions(wishes));
    }

    /** @param eventType what it says it is; null if it does not say */
    public ProducerRecord<byte[], byte[]> externalEvent(
            String thread, Identity identity, String actor, @Nullable String eventType, Json data, Wishes wishes) {
        Map<String, String> extensions = extensions(wishes);
        put(extensions, Extensions.EVENT_TYPE, eventType);
        return command(CloudEventTypes.EXTERNAL_EVENT, thread, identity, actor, data, extensions);
    }

    /** @param leg only while this is the run's open leg; null for whatever leg it is in */
    public ProducerRecord<byte[], byte[]> cancelRun(
            String thread, Identity identity, String actor, RunId run, boolean rollback, @Nullable RunId leg) {
        Map<String, Json> data = new LinkedHashMap<>();
        if (rollback) {
            data.put("rollback", Json.TRUE);
        }
        if (leg != null) {
            data.put("leg", Json.of(leg.value()));
        }
        return command(
                CloudEventTypes.RUN_CANCEL,
                thread,
                identity,
                actor,
                Json.object(data),
                Map.of(Extensions.RUN_ID, run.value()));
    }

    /** @param cutOff runs admitted after it survive; null for the time of the record */
    public ProducerRecord<byte[], byte[]> cancelAll(
            String thread, Identity identity, String actor, @Nullable Instant cutOff, boolean rollback) {
        Map<String, Json> data = new LinkedHashMap<>();
        if (rollback) {
            data.put("rollback", Json.TRUE);
        }
        if (cutOff != null) {
            data.put("cutoff", Json.of(cutOff.toString()));
        }
        return command(CloudEventTypes.RUN_CANCEL, thread, identity, actor, Json.object(data), Map.of());
    }

    /** What is null stays as it is. */
    public ProducerRecord<byte[], byte[]> updateThread(
            String thread,
            Identity identity,
            String actor,
            @Nullable Policy policy,
            @Nullable String workflow,
            Json.@Nullable Obj metadata,
            Json.@Nullable Obj approvals) {
        return updateThread(thread, identity, actor, new SettingsChange(policy, workflow, metadata, approvals, null));
    }

    public ProducerRecord<byte[], byte[]> updateThread(
            String thread, Identity identity, String actor, SettingsChange change) {
        return command(CloudEventTypes.THREAD_UPDATE, thread, identity, actor, Json.object(data(change)), Map.of());
    }

    private static Map<String, Json> data(SettingsChange change) {
        Map<String, Json> data = new LinkedHashMap<>();
        Policy policy = change.policy();
        String workflow = change.workflow();
        Json.Obj metadata = change.metadata();
        Json.Obj approvals = change.approvals();
        Long ttl = change.ttlMinutes();
        if (policy != null) {
            data.put("policy", PolicyForm.toJson(policy));
        }
        if (workflow != null) {
            data.put("workflow", Json.of(workflow));
        }
        if (metadata != null) {
            data.put("metadata", metadata);
        }
        if (approvals != null) {
            data.put("approvals", approvals);
        }
        if (ttl != null) {
            data.put("ttl", Json.of(ttl));
        }
        return data;
    }

    /**
     * @param graph the workflow of this name becomes the thread's if there is one; null for none
     * @param ifAbsent whether it is fine if the thread exists
     * @param superSteps lists of lists of objects with {@code values} and {@code as_step}; null for none
     */
    public ProducerRecord<byte[], byte[]> createThread(
            String thread,
            Identity identity,
            String actor,
            SettingsChange settings,
            @Nullable String graph,
            boolean ifAbsent,
            Json.@Nullable Arr superSteps) {
        Map<String, Json> data = data(settings);
        if (graph != null) {
            data.put("graph", Json.of(graph));
        }
        if (ifAbsent) {
            data.put("if_absent", Json.TRUE);
        }
        if (superSteps != null) {
            data.put("supersteps", superSteps);
        }
        return command(CloudEventTypes.THREAD_CREATE, thread, identity, actor, Json.object(data), Map.of());
    }

    /** @param ifSeq only if the thread is idle and this is still its last event; null for in any case */
    public ProducerRecord<byte[], byte[]> deleteThread(
            String thread, Identity identity, String actor, @Nullable Long ifSeq) {
        return command(
                CloudEventTypes.THREAD_DELETE,
                thread,
                identity,
                actor,
                Json.object(ifSeq == null ? Map.of() : Map.of("if_seq", Json.of(ifSeq))),
                Map.of());
    }

    /** @param run whose rest is to be done; null for whatever is left at the thread's head */
    public ProducerRecord<byte[], byte[]> retryRun(
            String thread, Identity identity, String actor, @Nullable RunId run) {
        return command(
                CloudEventTypes.RUN_RETRY,
                thread,
                identity,
                actor,
                Json.EMPTY_OBJECT,
                run == null ? Map.of() : Map.of(Extensions.RUN_ID, run.value()));
    }

    public ProducerRecord<byte[], byte[]> updateState(String thread, Identity identity, String actor, Json.Obj values) {
        return updateState(thread, identity, actor, values, null, null);
    }

    /**
     * @param values an object of channels, or a list of them
     * @param checkpoint whose state is changed; null for the thread's head
     * @param step as whose writes; null for nobody's
     */
    public ProducerRecord<byte[], byte[]> updateState(
            String thread,
            Identity identity,
            String actor,
            Json values,
            @Nullable String checkpoint,
            @Nullable String step) {
        Map<String, Json> data = new LinkedHashMap<>();
        data.put("values", values);
        if (checkpoint != null) {
            data.put("checkpoint", Json.of(checkpoint));
        }
        if (step != null) {
            data.put("as_step", Json.of(step));
        }
        return command(CloudEventTypes.STATE_UPDATE, thread, identity, actor, Json.object(data), Map.of());
    }

    /** @param run whether what was to be done there is to be done now */
    public ProducerRecord<byte[], byte[]> restoreState(
            String thread, Identity identity, String actor, String checkpoint, Json.Obj values, boolean run) {
        Map<String, Json> data = new LinkedHashMap<>();
        data.put("checkpoint", Json.of(checkpoint));
        data.put("values", values);
        data.put("run", Json.of(run));
        return command(CloudEventTypes.STATE_RESTORE, thread, identity, actor, Json.object(data), Map.of());
    }

    /**
     * @param checkpoint null for the source's head
     * @param run whether what was to be done there is to be done now
     */
    public ProducerRecord<byte[], byte[]> forkThread(
            String thread,
            Identity identity,
            String actor,
            String source,
            @Nullable String checkpoint,
            Json.Obj values,
            boolean run) {
        return forkThread(thread, identity, actor, source, checkpoint, values, run, SettingsChange.NONE);
    }

    /** As above. @param settings what is set on the new thread */
    public ProducerRecord<byte[], byte[]> forkThread(
            String thread,
            Identity identity,
            String actor,
            String source,
            @Nullable String checkpoint,
            Json.Obj values,
            boolean run,
            SettingsChange settings) {
        Map<String, Json> data = data(settings);
        data.put("thread", Json.of(source));
        if (checkpoint != null) {
            data.put("checkpoint", Json.of(checkpoint));
        }
        data.put("values", values);
        data.put("run", Json.of(run));
        return command(CloudEventTypes.THREAD_FORK, thread, identity, actor, Json.object(data), Map.of());
    }

    /**
     * @param run null for the one that waits
     * @param interrupt that the answer is for; null for the only one
     * @param data as {@code run.resume} has it
     */
    public ProducerRecord<byte[], byte[]> resumeRun(
            String thread,
            Identity identity,
            String actor,
            @Nullable RunId run,
            @Nullable String interrupt,
            Json.Obj data) {
        Map<String, String> extensions = new LinkedHashMap<>();
        put(extensions, Extensions.RUN_ID, run == null ? null : run.value());
        put(extensions, Extensions.INTERRUPT_ID, interrupt);
        return command(CloudEventTypes.RUN_RESUME, thread, identity, actor, data, extensions);
    }

    public ProducerRecord<byte[], byte[]> rejectInterrupt(
            String thread, Identity identity, String actor, String interrupt, @Nullable String reason) {
        return command(
                CloudEventTypes.INTERRUPT_REJECT,
                thread,
                identity,
                actor,
                Json.object(reason == null ? Map.of() : Map.of("reason", Json.of(reason))),
                Map.of(Extensions.INTERRUPT_ID, interrupt));
    }

    public ProducerRecord<byte[], byte[]> steerRun(
            String thread, Identity identity, String actor, RunId run, Json data) {
        return command(
                CloudEventTypes.RUN_STEER, thread, identity, actor, data, Map.of(Extensions.RUN_ID, run.value()));
    }

    public ProducerRecord<byte[], byte[]> pauseRun(String thread, Identity identity, String actor, RunId run) {
        return command(
                CloudEventTypes.RUN_PAUSE,
                thread,
                identity,
                actor,
                Json.EMPTY_OBJECT,
                Map.of(Extensions.RUN_ID, run.value()));
    }

    /** @param data as {@code action.settle} has it */
    public ProducerRecord<byte[], byte[]> settleAction(
            String thread, Identity identity, String actor, RunId run, ActionId action, Json data) {
        return command(
                CloudEventTypes.ACTION_SETTLE,
                thread,
                identity,
                actor,
                data,
                Map.of(Extensions.RUN_ID, run.value(), Extensions.ACTION_ID, action.value()));
    }

    public ProducerRecord<byte[], byte[]> unpauseRun(String thread, Identity identity, String actor, RunId run) {
        return command(
                CloudEventTypes.RUN_UNPAUSE,
                thread,
                identity,
                actor,
                Json.EMPTY_OBJECT,
                Map.of(Extensions.RUN_ID, run.value()));
    }

    /** @param data as {@code thread.compact} has it */
    public ProducerRecord<byte[], byte[]> compactThread(String thread, Identity identity, String actor, Json.Obj data) {
        return command(CloudEventTypes.THREAD_COMPACT, thread, identity, actor, data, Map.of());
    }

    /**
     * @param leg names what it becomes
     * @param data as {@code run.request} has it
     */
    public ProducerRecord<byte[], byte[]> requestRun(
            String thread,
            Identity identity,
            String actor,
            RunId leg,
            @Nullable Policy strategy,
            @Nullable String workflow,
            Json.Obj data) {
        return command(
                CloudEventTypes.RUN_REQUEST,
                thread,
                identity,
                actor,
                data,
                extensions(new Wishes(strategy, workflow, leg, null)));
    }

    /**
     * @param identity the same for every call by one URL
     * @param data as {@code action.callback} has it
     */
    public ProducerRecord<byte[], byte[]> callback(
            String thread, Identity identity, String actor, RunId run, ActionId action, int attempt, Json data) {
        return command(
                CloudEventTypes.ACTION_CALLBACK, thread, identity, actor, data, extensions(run, action, attempt));
    }

    /** By way of the servers' topic: no worker says that. */
    public ProducerRecord<byte[], byte[]> accepted(String thread, RunId run, ActionId action, int attempt) {
        return command(
                CloudEventTypes.ACTION_ACCEPTED,
                thread,
                new Identity(RESULTS_SOURCE, action.value() + "-" + attempt + "-accepted"),
                SYSTEM,
                Json.EMPTY_OBJECT,
                extensions(run, action, attempt));
    }

    private static Map<String, String> extensions(RunId run, ActionId action, int attempt) {
        return Map.of(
                Extensions.RUN_ID, run.value(),
                Extensions.ACTION_ID, action.value(),
                Extensions.ATTEMPT, Integer.toString(attempt));
    }

    public ProducerRecord<byte[], byte[]> succeeded(
            String thread, RunId run, ActionId action, int attempt, Json result) {
        return succeeded(new ThreadKey(ThreadKey.DEFAULT_TENANT, thread), run, action, attempt, result);
    }

    private ProducerRecord<byte[], byte[]> succeeded(
            ThreadKey thread, RunId run, ActionId action, int attempt, Json result) {
        return result(CloudEventTypes.ACTION_SUCCEEDED, thread, run, action, attempt, result);
    }

    public ProducerRecord<byte[], byte[]> failed(
            String thread, RunId run, ActionId action, int attempt, Failure failure) {
        return failed(new ThreadKey(ThreadKey.DEFAULT_TENANT, thread), run, action, attempt, failure);
    }

    private ProducerRecord<byte[], byte[]> failed(
            ThreadKey thread, RunId run, ActionId action, int attempt, Failure failure) {
        return result(CloudEventTypes.ACTION_FAILED, thread, run, action, attempt, FailureForm.toJson(failure));
    }

    /**
     * What tells the owner of a thread how an attempt ended that another server ran; null for what the owner finds out
     * by itself.
     */
    public @Nullable ProducerRecord<byte[], byte[]> ofStray(Command command) {
        return switch (command) {
            case Command.CompleteAction done ->
                succeeded(done.header().thread(), done.run(), done.action(), done.attempt(), done.result());
            case Command.FailAction failed ->
                failed(failed.header().thread(), failed.run(), failed.action(), failed.attempt(), failed.failure());
            case Command.AcceptAction accepted ->
                ofTenant(
                        accepted.header().thread().tenant(),
                        accepted(
                                accepted.header().thread().thread(),
                                accepted.run(),
                                accepted.action(),
                                accepted.attempt()));
            // A timer is still owed, and its partition's owner will see it.
            case Command.FireTimers ignored -> null;
            case Command.LoseAction ignored -> null;
            case Command.ReleaseAction ignored -> null;
            case Command.ExtendAction ignored -> null;
            case Command.SettleAction ignored -> null;
            case Command.ContinueRun ignored -> null;
            case Command.UpdateState ignored -> null;
            case Command.RestoreState ignored -> null;
            case Command.ResumeRun ignored -> null;
            case Command.RejectInterrupt ignored -> null;
            case Command.SteerRun ignored -> null;
            case Command.PauseRun ignored -> null;
            case Command.UnpauseRun ignored -> null;
            case Command.CompactThread ignored -> null;
            case Command.RaiseInterrupt ignored -> null;
            case Command.RecordResult ignored -> null;
            case Command.ForkThread ignored -> null;
            case Command.SubmitInput ignored -> null;
            case Command.CancelRun ignored -> null;
            case Command.CancelAll ignored -> null;
            case Command.UpdateThread ignored -> null;
            case Command.CreateThread ignored -> null;
            case Command.DeleteThread ignored -> null;
            case Command.RequestRun ignored -> null;
        };
    }

    private static ProducerRecord<byte[], byte[]> ofTenant(String tenant, ProducerRecord<byte[], byte[]> record) {
        ForwardHeaders.addTenant(record.headers(), tenant);
        return record;
    }

    private ProducerRecord<byte[], byte[]> command(
            String type, String thread, Identity identity, String actor, Json data, Map<String, String> extensions) {
        Headers headers = headers(type, thread, identity, extensions);
        headers.add(ForwardHeaders.ACTOR, ForwardHeaders.utf8(actor));
        return record(commandsTopic, thread, headers, data);
    }

    private ProducerRecord<byte[], byte[]> result(
            String type, ThreadKey thread, RunId run, ActionId action, int attempt, Json data) {
        Map<String, String> extensions = extensions(run, action, attempt);
        // The same result has the same id however often it is sent.
        Identity identity = new Identity(RESULTS_SOURCE, action.value() + "-" + attempt);
        String id = thread.thread();
        return record(resultsTopics.apply(thread.tenant()), id, headers(type, id, identity, extensions), data);
    }

    private ProducerRecord<byte[], byte[]> record(String topic, String thread, Headers headers, Json data) {
        byte[] key = ForwardHeaders.utf8(ThreadIds.require(thread));
        return new ProducerRecord<>(
                topic, KeyPartitions.of(key, partitions), null, key, JsonText.writeBytes(data), headers);
    }

    private static Headers headers(String type, String thread, Identity identity, Map<String, String> extensions) {
        Headers headers = new RecordHeaders();
        headers.add(EnvelopeReader.CONTENT_TYPE, ForwardHeaders.utf8("application/json"));
        add(headers, Attributes.SPEC_VERSION, Attributes.VERSION);
        add(headers, Attributes.ID, identity.id());
        add(headers, Attributes.SOURCE, identity.source());
        add(headers, Attributes.TYPE, CloudEventTypes.onWire(type));
        add(headers, Attributes.SUBJECT, thread);
        extensions.forEach((name, value) -> add(headers, name, value));
        return headers;
    }

    private static void add(Headers headers, String name, String value) {
        headers.add(EnvelopeReader.ATTRIBUTE_PREFIX + name, ForwardHeaders.utf8(value));
    }

    private static Map<String, String> extensions(Wishes wishes) {
        Map<String, String> extensions = new LinkedHashMap<>();
        Policy policy = wishes.policy();
        put(extensions, Extensions.POLICY, policy == null ? null : text(PolicyForm.toJson(policy)));
        put(extensions, Extensions.WORKFLOW, wishes.workflow());
        put(
                extensions,
                Extensions.RUN_ID,
                wishes.run() == null ? null : wishes.run().value());
        put(extensions, Extensions.INTERRUPT_ID, wishes.interrupt());
        put(extensions, Extensions.INTERRUPT_BEFORE, names(wishes.breakpoints().before()));
        put(extensions, Extensions.INTERRUPT_AFTER, names(wishes.breakpoints().after()));
        return extensions;
    }

    private static @Nullable String names(Set<String> steps) {
        return steps.isEmpty() ? null : steps.stream().sorted().collect(Collectors.joining(","));
    }

    /** A name alone needs no quotes. */
    private static String text(Json policy) {
        return policy instanceof Json.Text name ? name.value() : JsonText.write(policy);
    }

    private static void put(Map<String, String> extensions, String name, @Nullable String value) {
        if (value != null) {
            extensions.put(name, value);
        }
    }
}
