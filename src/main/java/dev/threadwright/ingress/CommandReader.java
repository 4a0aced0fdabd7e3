package dev.threadwright.ingress;

import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Failure;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunIds;
import dev.threadwright.thread.SettingsChange;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadSettings;
import dev.threadwright.thread.ThreadStatus;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.PolicyForm;
import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Workflow;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads what an event asks for: by its type, from its data and extensions. What it does not know it refuses. */
final class CommandReader {

    private static final Set<String> CANCEL_FIELDS = Set.of("rollback", "cutoff", "leg");
    private static final Set<String> RESTORE_FIELDS = Set.of("checkpoint", "values", "run");
    private static final Set<String> UPDATE_FIELDS = Set.of("policy", "workflow", "metadata", "approvals", "ttl");
    private static final Set<String> FORK_FIELDS = and(UPDATE_FIELDS, "thread", "checkpoint", "values", "run");
    private static final Set<String> CREATE_FIELDS = and(UPDATE_FIELDS, "graph", "if_absent", "supersteps");
    private static final Set<String> STATE_FIELDS = Set.of("values", "checkpoint", "as_step");
    private static final Set<String> STEP_FIELDS = Set.of("values", "as_step", "goto");
    private static final Set<String> RESUME_FIELDS = Set.of(
            "answer", "update", "replace", "goto", "goto_input", "continue", "interrupt_before", "interrupt_after");
    private static final Set<String> COMPACT_FIELDS = Set.of("reason", "keep");

    static final String COMPACTION_REASON = "Manual context compaction";

    /** How many messages a compaction leaves, if neither the command nor the workflow says. */
    static final int DEFAULT_KEEP = 20;

    static final int MAX_KEEP = 10_000;
    static final int MAX_REASON_LENGTH = 1_000;

    /** With which a thread may begin. */
    static final int MAX_SUPERSTEPS = 1_000;

    private static final Set<String> REQUEST_FIELDS = Set.of(
            "request",
            "create",
            "only_if",
            "input",
            "answer",
            "update",
            "goto",
            "goto_input",
            "checkpoint",
            "interrupt_before",
            "interrupt_after",
            "recursion_limit",
            "after_ms");
    private static final Set<String> REQUEST_EXTENSIONS =
            Set.of(Extensions.POLICY, Extensions.WORKFLOW, Extensions.RUN_ID);

    private static final Set<String> SETTLE_EXTENSIONS = Set.of(Extensions.RUN_ID, Extensions.ACTION_ID);
    private static final Set<String> CALLBACK_EXTENSIONS =
            Set.of(Extensions.RUN_ID, Extensions.ACTION_ID, Extensions.ATTEMPT);
    private static final Set<String> CALLBACK_FIELDS = Set.of("result", "failure");
    private static final Set<String> SETTLE_FIELDS = Set.of("retry", "result", "error");

    private static final Set<String> INPUT_EXTENSIONS = Set.of(
            Extensions.POLICY,
            Extensions.WORKFLOW,
            Extensions.RUN_ID,
            Extensions.INTERRUPT_ID,
            Extensions.INTERRUPT_BEFORE,
            Extensions.INTERRUPT_AFTER);
    private static final Set<String> EVENT_EXTENSIONS = Set.of(
            Extensions.POLICY,
            Extensions.WORKFLOW,
            Extensions.RUN_ID,
            Extensions.INTERRUPT_ID,
            Extensions.INTERRUPT_BEFORE,
            Extensions.INTERRUPT_AFTER,
            Extensions.EVENT_TYPE);

    /** What comes by way of the servers' own topic was sent over HTTP. */
    private static final String HTTP = "http";

    private final Consumer<Policy> policyCheck;

    CommandReader(Consumer<Policy> policyCheck) {
        this.policyCheck = policyCheck;
    }

    Command read(Envelope envelope, ThreadKey thread, Origin origin) throws InvalidRecordException {
        return switch (envelope.type()) {
            case CloudEventTypes.USER_INPUT -> {
                requireOnly(envelope, INPUT_EXTENSIONS);
                yield input(envelope, thread, origin, Input.Type.USER_INPUT);
            }
            case CloudEventTypes.EXTERNAL_EVENT -> {
                requireOnly(envelope, EVENT_EXTENSIONS);
                yield input(envelope, thread, origin, Input.Type.EXTERNAL_EVENT);
            }
            case CloudEventTypes.RUN_CANCEL -> {
                requireOnly(envelope, Set.of(Extensions.RUN_ID));
                yield cancel(envelope, header(envelope, thread, origin, null));
            }
            case CloudEventTypes.THREAD_UPDATE -> {
                requireOnly(envelope, Set.of());
                yield update(envelope, header(envelope, thread, origin, null));
            }
            case CloudEventTypes.RUN_RETRY -> {
                requireOnly(envelope, Set.of(Extensions.RUN_ID));
                fields(envelope, Set.of());
                String run = envelope.extension(Extensions.RUN_ID);
                yield new Command.ContinueRun(
                        header(envelope, thread, origin, null),
                        run == null ? null : new RunId(run),
                        newRun(envelope, thread, origin));
            }
            case CloudEventTypes.STATE_UPDATE -> {
                requireOnly(envelope, Set.of());
                Json.Obj data = fields(envelope, STATE_FIELDS);
                Json checkpoint = data.get("checkpoint");
                yield new Command.UpdateState(
                        header(envelope, thread, origin, null),
                        List.of(stateUpdate(data)),
                        checkpoint == null ? null : text("checkpoint", checkpoint));
            }
            case CloudEventTypes.STATE_RESTORE -> {
                requireOnly(envelope, Set.of());
                Json.Obj data = fields(envelope, RESTORE_FIELDS);
                yield new Command.RestoreState(
                        header(envelope, thread, origin, null),
                        text("checkpoint", required(data, "checkpoint")),
                        values(data),
                        flag(data, "run") ? newRun(envelope, thread, origin) : null);
            }
            case CloudEventTypes.THREAD_FORK -> {
                requireOnly(envelope, Set.of());
                yield fork(envelope, thread, origin);
            }
            case CloudEventTypes.RUN_RESUME -> {
                requireOnly(envelope, Set.of(Extensions.RUN_ID, Extensions.INTERRUPT_ID));
                yield resume(envelope, header(envelope, thread, origin, null));
            }
            case CloudEventTypes.RUN_STEER -> {
                requireOnly(envelope, Set.of(Extensions.RUN_ID));
                yield new Command.SteerRun(
                        header(envelope, thread, origin, null),
                        run(envelope),
                        new Input(envelope.identity(), Input.Type.USER_INPUT, null, envelope.data(), envelope.trace()));
            }
            case CloudEventTypes.RUN_PAUSE -> {
                requireOnly(envelope, Set.of(Extensions.RUN_ID));
                fields(envelope, Set.of());
                yield new Command.PauseRun(header(envelope, thread, origin, null), run(envelope));
            }
            case CloudEventTypes.RUN_UNPAUSE -> {
                requireOnly(envelope, Set.of(Extensions.RUN_ID));
                fields(envelope, Set.of());
                yield new Command.UnpauseRun(header(envelope, thread, origin, null), run(envelope));
            }
            case CloudEventTypes.INTERRUPT_REJECT -> {
                requireOnly(envelope, Set.of(Extensions.INTERRUPT_ID));
                Json.Obj data = fields(envelope, Set.of("reason"));
                envelope.required(Extensions.INTERRUPT_ID);
                InterruptId interrupt = interrupt(envelope);
                if (interrupt == null) {
                    throw new IllegalStateException("It was required");
                }
                yield new Command.RejectInterrupt(
                        header(envelope, thread, origin, null),
                        interrupt,
                        data.get("reason") == null ? null : reason(data, ""));
            }
            case CloudEventTypes.THREAD_COMPACT -> {
                requireOnly(envelope, Set.of());
                Json.Obj data = fields(envelope, COMPACT_FIELDS);
                yield new Command.CompactThread(
                        header(envelope, thread, origin, null),
                        newRun(envelope, thread, origin),
                        reason(data, COMPACTION_REASON),
                        keep(data));
            }
            case CloudEventTypes.THREAD_CREATE -> {
                requireOnly(envelope, Set.of());
                yield create(envelope, header(envelope, thread, origin, null));
            }
            case CloudEventTypes.THREAD_DELETE -> {
                requireOnly(envelope, Set.of());
                Json ifSeq = fields(envelope, Set.of("if_seq")).get("if_seq");
                yield new Command.DeleteThread(
                        header(envelope, thread, origin, null),
                        ifSeq == null ? null : number("if_seq", ifSeq, 1, Long.MAX_VALUE));
            }
            case CloudEventTypes.RUN_REQUEST -> {
                requireOnly(envelope, REQUEST_EXTENSIONS);
                yield request(envelope, thread, origin);
            }
            case CloudEventTypes.ACTION_SUCCEEDED ->
                new Command.CompleteAction(
                        resultHeader(envelope, thread, origin),
                        run(envelope),
                        action(envelope),
                        attempt(envelope),
                        envelope.data());
            case CloudEventTypes.ACTION_FAILED ->
                new Command.FailAction(
                        resultHeader(envelope, thread, origin),
                        run(envelope),
                        action(envelope),
                        attempt(envelope),
                        failure(envelope));
            case CloudEventTypes.ACTION_HEARTBEAT ->
                new Command.ExtendAction(
                        resultHeader(envelope, thread, origin), run(envelope), action(envelope), attempt(envelope));
            case CloudEventTypes.ACTION_ACCEPTED -> {
                requireOnly(envelope, CALLBACK_EXTENSIONS);
                fields(envelope, Set.of());
                yield new Command.AcceptAction(
                        resultHeader(envelope, thread, origin), run(envelope), action(envelope), attempt(envelope));
            }
            case CloudEventTypes.ACTION_CALLBACK -> {
                requireOnly(envelope, CALLBACK_EXTENSIONS);
                yield callback(envelope, header(envelope, thread, origin, null));
            }
            case CloudEventTypes.ACTION_SETTLE -> {
                requireOnly(envelope, SETTLE_EXTENSIONS);
                yield new Command.SettleAction(
                        header(envelope, thread, origin, null), run(envelope), action(envelope), settlement(envelope));
            }
            default -> throw new IllegalStateException("A type without a reader: " + envelope.type());
        };
    }

    private Command input(Envelope envelope, ThreadKey thread, Origin origin, Input.Type type)
            throws InvalidRecordException {
        Policy policy = policy(envelope.extension(Extensions.POLICY));
        String run = envelope.extension(Extensions.RUN_ID);
        return new Command.SubmitInput(
                header(envelope, thread, origin, policy),
                new Input(
                        envelope.identity(),
                        type,
                        envelope.extension(Extensions.EVENT_TYPE),
                        envelope.data(),
                        envelope.trace()),
                newRun(envelope, thread, origin),
                policy,
                envelope.extension(Extensions.WORKFLOW),
                run == null ? null : new RunId(run),
                interrupt(envelope),
                Bounds.at(new Breakpoints(
                        names(envelope, Extensions.INTERRUPT_BEFORE), names(envelope, Extensions.INTERRUPT_AFTER))));
    }

    private static @Nullable InterruptId interrupt(Envelope envelope) throws InvalidRecordException {
        String id = envelope.extension(Extensions.INTERRUPT_ID);
        if (id != null && !InterruptId.isOne(id)) {
            throw new InvalidRecordException(Attributes.what(Extensions.INTERRUPT_ID)
                    + " must be 32 lower-case hexadecimal digits, not " + AttributeText.quoted(id));
        }
        return id == null ? null : new InterruptId(id);
    }

    private static Set<String> names(Envelope envelope, String extension) throws InvalidRecordException {
        String text = envelope.extension(extension);
        if (text == null) {
            return Set.of();
        }
        Set<String> names = new LinkedHashSet<>();
        for (String name : text.split(",", -1)) {
            if (name.isBlank()) {
                throw new InvalidRecordException(Attributes.what(extension)
                        + " must be names of steps with commas between them, not " + AttributeText.quoted(text));
            }
            names.add(name.strip());
        }
        return names;
    }

    private static Command resume(Envelope envelope, Command.Header header) throws InvalidRecordException {
        Json.Obj data = fields(envelope, RESUME_FIELDS);
        String run = envelope.extension(Extensions.RUN_ID);
        InterruptId interrupt = interrupt(envelope);
        Json answer = data.get("answer");
        Json goTo = data.get("goto");
        Json item = data.get("goto_input");
        boolean carryOn = flag(data, "continue");
        List<Command.Edit> updates = new ArrayList<>();
        addEdits(updates, data, "update", false);
        addEdits(updates, data, "replace", true);
        if (answer == null && goTo == null && updates.isEmpty() && !carryOn) {
            throw new InvalidRecordException("The data of " + CloudEventTypes.onWire(envelope.type())
                    + " must have answer, update, replace, goto or continue");
        }
        if (interrupt != null && answer == null) {
            throw wrong("answer", "is missing: " + Extensions.INTERRUPT_ID + " names the interrupt that it is for");
        }
        if (item != null && goTo == null) {
            throw wrong("goto_input", "goes with goto");
        }
        return new Command.ResumeRun(
                header,
                run == null ? null : new RunId(run),
                interrupt,
                answer,
                updates,
                goTo == null ? null : List.copyOf(names("goto", goTo)),
                item == null ? Json.NULL : item,
                carryOn ? Event.Pass.ONE : Event.Pass.NONE,
                Bounds.at(new Breakpoints(names(data, "interrupt_before"), names(data, "interrupt_after"))));
    }

    private Command request(Envelope envelope, ThreadKey thread, Origin origin) throws InvalidRecordException {
        Json.Obj data = fields(envelope, REQUEST_FIELDS);
        Policy strategy = policy(envelope.extension(Extensions.POLICY));
        Json input = data.get("input");
        Json goTo = data.get("goto");
        Json item = data.get("goto_input");
        Json checkpoint = data.get("checkpoint");
        if (!(required(data, "request") instanceof Json.Obj request)) {
            throw wrong("request", "must be an object");
        }
        if (item != null && goTo == null) {
            throw wrong("goto_input", "goes with goto");
        }
        return new Command.RequestRun(
                header(envelope, thread, origin, strategy),
                run(envelope),
                request,
                flag(data, "create"),
                statuses(data),
                strategy,
                envelope.extension(Extensions.WORKFLOW),
                input == null || input instanceof Json.Null
                        ? null
                        : new Input(envelope.identity(), Input.Type.USER_INPUT, null, input, envelope.trace()),
                data.get("answer"),
                pairs(data),
                goTo == null ? null : List.copyOf(names("goto", goTo)),
                item == null ? Json.NULL : item,
                checkpoint == null ? null : text("checkpoint", checkpoint),
                new Bounds(
                        new Breakpoints(names(data, "interrupt_before"), names(data, "interrupt_after")),
                        recursionLimit(data)),
                afterMs(data));
    }

    private static Set<ThreadStatus> statuses(Json.Obj data) throws InvalidRecordException {
        Set<ThreadStatus> statuses = EnumSet.noneOf(ThreadStatus.class);
        for (String name : names(data, "only_if")) {
            statuses.add(status(name));
        }
        return statuses;
    }

    private static ThreadStatus status(String name) throws InvalidRecordException {
        for (ThreadStatus status : ThreadStatus.values()) {
            if (status.name().toLowerCase(Locale.ROOT).equals(name)) {
                return status;
            }
        }
        throw wrong("only_if", "must name statuses of threads (idle, busy, interrupted, error)");
    }

    /** In the order in which they are given; a channel may come twice. */
    private static List<Command.Edit> pairs(Json.Obj data) throws InvalidRecordException {
        Json update = data.get("update");
        List<Command.Edit> edits = new ArrayList<>();
        if (update == null) {
            return edits;
        }
        if (!(update instanceof Json.Arr pairs)) {
            throw wrong("update", "must be a list of [channel, value]");
        }
        for (Json pair : pairs.items()) {
            if (!(pair instanceof Json.Arr two)
                    || two.items().size() != 2
                    || !(two.items().getFirst() instanceof Json.Text channel)) {
                throw wrong("update", "must be a list of [channel, value]");
            }
            edits.add(new Command.Edit(channel.value(), two.items().getLast(), false));
        }
        return edits;
    }

    private static @Nullable Integer recursionLimit(Json.Obj data) throws InvalidRecordException {
        Json limit = data.get("recursion_limit");
        return limit == null ? null : (int) number("recursion_limit", limit, 1, Workflow.MAX_RECURSION_LIMIT);
    }

    private static long afterMs(Json.Obj data) throws InvalidRecordException {
        Json after = data.get("after_ms");
        if (after == null) {
            return 0;
        }
        if (after instanceof Json.Num number) {
            try {
                long ms = number.value().longValueExact();
                if (ms >= 0 && ms <= Command.RequestRun.MAX_AFTER_MS) {
                    return ms;
                }
            } catch (ArithmeticException e) {
                // Said below, as for a number out of bounds.
            }
        }
        throw wrong("after_ms", "must be a whole number from 0 to " + Command.RequestRun.MAX_AFTER_MS);
    }

    private static void addEdits(List<Command.Edit> to, Json.Obj data, String field, boolean replace)
            throws InvalidRecordException {
        Json edits = data.get(field);
        if (edits == null) {
            return;
        }
        if (!(edits instanceof Json.Obj channels) || channels.fields().isEmpty()) {
            throw wrong(field, "must be an object of channels, and not empty");
        }
        channels.fields().forEach((channel, value) -> to.add(new Command.Edit(channel, value, replace)));
    }

    private static Set<String> names(Json.Obj data, String field) throws InvalidRecordException {
        Json names = data.get(field);
        return names == null ? Set.of() : names(field, names);
    }

    private static Set<String> names(String field, Json json) throws InvalidRecordException {
        Set<String> names = new LinkedHashSet<>();
        List<Json> items = json instanceof Json.Arr all ? all.items() : List.of(json);
        for (Json item : items) {
            if (!(item instanceof Json.Text name) || name.value().isEmpty()) {
                throw wrong(field, "must be the name of a step, or a list of them");
            }
            names.add(name.value());
        }
        if (names.isEmpty()) {
            throw wrong(field, "names no step");
        }
        return names;
    }

    private static String reason(Json.Obj data, String otherwise) throws InvalidRecordException {
        return switch (data.get("reason")) {
            case null -> otherwise;
            case Json.Text text when text.value().length() <= MAX_REASON_LENGTH -> text.value();
            default -> throw wrong("reason", "must be a string of at most " + MAX_REASON_LENGTH + " characters");
        };
    }

    private static int keep(Json.Obj data) throws InvalidRecordException {
        Json keep = data.get("keep");
        if (keep == null) {
            return DEFAULT_KEEP;
        }
        if (keep instanceof Json.Num number) {
            try {
                int messages = number.value().intValueExact();
                if (messages >= 0 && messages <= MAX_KEEP) {
                    return messages;
                }
            } catch (ArithmeticException e) {
                // Said below, as for a number out of bounds.
            }
        }
        throw wrong("keep", "must be a whole number from 0 to " + MAX_KEEP);
    }

    private static Command cancel(Envelope envelope, Command.Header header) throws InvalidRecordException {
        Json.Obj data = fields(envelope, CANCEL_FIELDS);
        boolean rollback = flag(data, "rollback");
        String run = envelope.extension(Extensions.RUN_ID);
        Json cutOff = data.get("cutoff");
        Json leg = data.get("leg");
        if (run == null) {
            if (leg != null) {
                throw wrong("leg", "goes with " + Extensions.RUN_ID);
            }
            return new Command.CancelAll(header, cutOff == null ? header.timeMs() : time(cutOff), rollback);
        }
        if (cutOff != null) {
            throw wrong("cutoff", "goes with cancelling all runs, not with " + Extensions.RUN_ID);
        }
        return new Command.CancelRun(
                header, new RunId(run), rollback, leg == null ? null : new RunId(text("leg", leg)));
    }

    private Command fork(Envelope envelope, ThreadKey thread, Origin origin) throws InvalidRecordException {
        Json.Obj data = fields(envelope, FORK_FIELDS);
        Json checkpoint = data.get("checkpoint");
        return new Command.ForkThread(
                header(envelope, thread, origin, null),
                text("thread", required(data, "thread")),
                checkpoint == null ? null : text("checkpoint", checkpoint),
                values(data),
                flag(data, "run") ? newRun(envelope, thread, origin) : null,
                settings(data));
    }

    private Command create(Envelope envelope, Command.Header header) throws InvalidRecordException {
        Json.Obj data = fields(envelope, CREATE_FIELDS);
        Json graph = data.get("graph");
        List<List<Command.Update>> superSteps = new ArrayList<>();
        for (Json superStep : list(data, "supersteps")) {
            List<Command.Update> updates = new ArrayList<>();
            for (Json update : superStep instanceof Json.Arr all ? all.items() : List.<Json>of()) {
                if (!(update instanceof Json.Obj fields)
                        || !STEP_FIELDS.containsAll(fields.fields().keySet())) {
                    throw wrong("supersteps", "must be lists of objects with values, as_step and goto");
                }
                updates.add(stateUpdate(fields));
            }
            if (updates.isEmpty()) {
                throw wrong("supersteps", "must be lists that are not empty");
            }
            superSteps.add(updates);
        }
        if (superSteps.size() > MAX_SUPERSTEPS) {
            throw wrong("supersteps", "has more than " + MAX_SUPERSTEPS);
        }
        return new Command.CreateThread(
                header,
                settings(data),
                graph == null ? null : text("graph", graph),
                flag(data, "if_absent"),
                superSteps);
    }

    private static List<Json> list(Json.Obj data, String field) throws InvalidRecordException {
        return switch (data.get(field)) {
            case null -> List.of();
            case Json.Arr all -> all.items();
            default -> throw wrong(field, "must be a list");
        };
    }

    private static Command.Update stateUpdate(Json.Obj data) throws InvalidRecordException {
        List<Command.Edit> edits = new ArrayList<>();
        Json values = required(data, "values");
        for (Json one : values instanceof Json.Arr all ? all.items() : List.of(values)) {
            if (!(one instanceof Json.Obj object)) {
                throw wrong("values", "must be an object of channels, or a list of them");
            }
            edits.addAll(Command.Update.edits(object));
        }
        Json step = data.get("as_step");
        Json goTo = data.get("goto");
        return new Command.Update(
                edits,
                step == null ? null : text("as_step", step),
                goTo == null ? null : List.copyOf(names("goto", goTo)));
    }

    private static RunId newRun(Envelope envelope, ThreadKey thread, Origin origin) {
        return RunIds.of(thread, envelope.identity(), origin.timeMs());
    }

    private static Json required(Json.Obj data, String field) throws InvalidRecordException {
        Json value = data.get(field);
        if (value == null) {
            throw wrong(field, "is missing");
        }
        return value;
    }

    private static Json.Obj values(Json.Obj data) throws InvalidRecordException {
        return switch (data.get("values")) {
            case null -> Json.EMPTY_OBJECT;
            case Json.Obj object -> object;
            default -> throw wrong("values", "must be an object of channels");
        };
    }

    private static boolean flag(Json.Obj data, String field) throws InvalidRecordException {
        return switch (data.get(field)) {
            case null -> false;
            case Json.Bool flag -> flag.value();
            default -> throw wrong(field, "must be true or false");
        };
    }

    private Command update(Envelope envelope, Command.Header header) throws InvalidRecordException {
        return new Command.UpdateThread(header, settings(fields(envelope, UPDATE_FIELDS)));
    }

    private SettingsChange settings(Json.Obj data) throws InvalidRecordException {
        Json policy = data.get("policy");
        Json metadata = data.get("metadata");
        if (metadata != null && !(metadata instanceof Json.Obj)) {
            throw wrong("metadata", "must be an object");
        }
        if (metadata != null && hasNul(metadata)) {
            throw wrong("metadata", "holds the character U+0000, which cannot be searched for");
        }
        Json ttl = data.get("ttl");
        Json approvals = data.get("approvals");
        if (approvals != null && !(approvals instanceof Json.Obj)) {
            throw wrong("approvals", "must be an object: the answer for each kind of interrupt");
        }
        Json workflow = data.get("workflow");
        return new SettingsChange(
                policy == null ? null : policy(policy),
                workflow == null ? null : text("workflow", workflow),
                (Json.Obj) metadata,
                (Json.Obj) approvals,
                ttl == null ? null : number("ttl", ttl, 1, ThreadSettings.MAX_TTL_MINUTES));
    }

    /** Metadata are stored a second time, as jsonb, which has no such character. */
    private static boolean hasNul(Json json) {
        return switch (json) {
            case Json.Text text -> text.value().indexOf('\0') >= 0;
            case Json.Arr arr -> arr.items().stream().anyMatch(CommandReader::hasNul);
            case Json.Obj obj ->
                obj.fields().entrySet().stream()
                        .anyMatch(field -> field.getKey().indexOf('\0') >= 0 || hasNul(field.getValue()));
            case Json.Null ignored -> false;
            case Json.Bool ignored -> false;
            case Json.Num ignored -> false;
        };
    }

    private static long number(String field, Json json, long least, long most) throws InvalidRecordException {
        if (json instanceof Json.Num number) {
            try {
                long value = number.value().longValueExact();
                if (value >= least && value <= most) {
                    return value;
                }
            } catch (ArithmeticException e) {
                // Said below, as for a number out of bounds.
            }
        }
        throw wrong(field, "must be a whole number from " + least + " to " + most);
    }

    private static Set<String> and(Set<String> fields, String... more) {
        Set<String> all = new LinkedHashSet<>(fields);
        all.addAll(List.of(more));
        return Set.copyOf(all);
    }

    private static Command.Header header(Envelope envelope, ThreadKey thread, Origin origin, @Nullable Policy policy) {
        return new Command.Header(
                thread,
                origin.timeMs(),
                envelope.identity(),
                ContentHash.of(envelope, policy),
                envelope.type(),
                origin.actor(),
                origin.role() == TopicRole.COMMANDS ? HTTP : Origin.KAFKA,
                envelope.trace());
    }

    /** Without identity: a result is fenced by run, action and attempt, so remembering its id would buy nothing. */
    private static Command.Header resultHeader(Envelope envelope, ThreadKey thread, Origin origin) {
        return new Command.Header(thread, origin.timeMs(), null, "", envelope.type(), origin.actor());
    }

    private static RunId run(Envelope envelope) throws InvalidRecordException {
        return new RunId(envelope.required(Extensions.RUN_ID));
    }

    private static ActionId action(Envelope envelope) throws InvalidRecordException {
        return new ActionId(envelope.required(Extensions.ACTION_ID));
    }

    private static int attempt(Envelope envelope) throws InvalidRecordException {
        String text = envelope.required(Extensions.ATTEMPT);
        try {
            int attempt = Integer.parseInt(text);
            if (attempt >= 1) {
                return attempt;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number that is too small.
        }
        throw new InvalidRecordException(Attributes.what(Extensions.ATTEMPT) + " must be a whole number from 1 up, not "
                + AttributeText.quoted(text));
    }

    /** Exactly one of them. */
    private static Command.Settlement settlement(Envelope envelope) throws InvalidRecordException {
        Json.Obj data = fields(envelope, SETTLE_FIELDS);
        if (data.fields().size() == 1) {
            Json result = data.get("result");
            Json error = data.get("error");
            if (result != null) {
                return new Command.Settlement.Succeed(result);
            }
            if (error != null) {
                return new Command.Settlement.Fail(text("error", error));
            }
            if (flag(data, "retry")) {
                return new Command.Settlement.Retry();
            }
        }
        throw new InvalidRecordException("The data must be {\"retry\": true}, {\"result\": what it came to} or"
                + " {\"error\": \"what went wrong\"}");
    }

    /** With an identity, as it is answered: the same again is told what became of the first. */
    private static Command callback(Envelope envelope, Command.Header header) throws InvalidRecordException {
        Json.Obj data = fields(envelope, CALLBACK_FIELDS);
        Json failure = data.get("failure");
        if (data.fields().size() != 1) {
            throw new InvalidRecordException("The data must have either result or failure");
        }
        return failure == null
                ? new Command.CompleteAction(
                        header, run(envelope), action(envelope), attempt(envelope), required(data, "result"))
                : new Command.FailAction(header, run(envelope), action(envelope), attempt(envelope), failure(failure));
    }

    private static Failure failure(Envelope envelope) throws InvalidRecordException {
        return failure(envelope.data());
    }

    private static Failure failure(Json data) throws InvalidRecordException {
        try {
            return FailureForm.parse(data);
        } catch (IllegalArgumentException e) {
            throw new InvalidRecordException(String.valueOf(e.getMessage()));
        }
    }

    private @Nullable Policy policy(@Nullable String text) throws InvalidRecordException {
        if (text == null) {
            return null;
        }
        try {
            // A name needs no quotes; nothing else that is not JSON gets past the parser.
            boolean name = Character.isLetter(text.charAt(0));
            return policy(name ? Json.of(text) : JsonText.parse(text));
        } catch (InvalidJsonException e) {
            throw new InvalidRecordException(
                    Attributes.what(Extensions.POLICY) + " must be a policy's name or JSON: " + e.getMessage());
        }
    }

    private Policy policy(Json json) throws InvalidRecordException {
        try {
            Policy policy = PolicyForm.parse(json);
            policyCheck.accept(policy);
            return policy;
        } catch (IllegalArgumentException e) {
            throw new InvalidRecordException("The policy is not valid: " + e.getMessage());
        }
    }

    /** What is ours but means nothing here was meant to mean something. */
    private static void requireOnly(Envelope envelope, Set<String> allowed) throws InvalidRecordException {
        for (String name : envelope.extensions().keySet()) {
            if (!allowed.contains(name)) {
                throw new InvalidRecordException(Attributes.what(name) + " does not apply to "
                        + CloudEventTypes.onWire(envelope.type()) + "; leave it out");
            }
        }
    }

    private static Json.Obj fields(Envelope envelope, Set<String> allowed) throws InvalidRecordException {
        if (!(envelope.data() instanceof Json.Obj data)) {
            throw new InvalidRecordException("The data of " + CloudEventTypes.onWire(envelope.type())
                    + " must be an object, {} if there is nothing to say");
        }
        for (String name : data.fields().keySet()) {
            if (!allowed.contains(name)) {
                throw new InvalidRecordException(
                        "The data's field " + AttributeText.quoted(name) + " is unknown; it may have "
                                + String.join(", ", allowed.stream().sorted().toList()));
            }
        }
        return data;
    }

    private static String text(String field, Json json) throws InvalidRecordException {
        if (json instanceof Json.Text text) {
            return AttributeText.check("The data's field " + field, text.value(), Attributes.MAX_LENGTH);
        }
        throw wrong(field, "must be a string");
    }

    private static long time(Json json) throws InvalidRecordException {
        String text = text("cutoff", json);
        try {
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw wrong("cutoff", "must be an RFC 3339 time, not " + AttributeText.quoted(text));
        }
    }

    private static InvalidRecordException wrong(String field, String message) {
        return new InvalidRecordException("The data's field " + field + " " + message);
    }
}
