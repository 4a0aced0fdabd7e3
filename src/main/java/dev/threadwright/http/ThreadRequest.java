package dev.threadwright.http;

import dev.threadwright.query.ThreadSearch;
import dev.threadwright.security.Role;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.SettingsChange;
import dev.threadwright.thread.ThreadSettings;
import dev.threadwright.thread.ThreadStatus;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Requests about threads, as the agent contract has them and with what is ours beside it. */
final class ThreadRequest {

    /** Threads on a page of a search. */
    static final int MAX_LIMIT = 1_000;

    static final int DEFAULT_LIMIT = 10;

    /** Values that a search may extract from each thread. */
    static final int MAX_EXTRACTS = 10;

    /** Threads in one request to prune. */
    static final int MAX_PRUNED = 1_000;

    /** Ids in one search. */
    static final int MAX_IDS = 1_000;

    private static final List<String> SETTINGS = List.of("metadata", "ttl", "policy", "workflow", "approvals");
    private static final List<String> CREATE_FIELDS = List.of(
            "thread_id", "if_exists", "supersteps", "graph_id", "metadata", "ttl", "policy", "workflow", "approvals");
    private static final List<String> FILTER_FIELDS = List.of("metadata", "values", "status", "ids");
    private static final List<String> SEARCH_FIELDS = List.of(
            "metadata", "values", "status", "ids", "limit", "offset", "sort_by", "sort_order", "select", "extract");
    private static final List<String> STATE_FIELDS = List.of("values", "checkpoint", "checkpoint_id", "as_node");
    private static final List<String> UPDATE_FIELDS = List.of("values", "command", "as_node");

    /** As an input, or as nothing's: a thread that is being made asks nothing yet. */
    private static final Set<String> EDGES = Set.of(Command.Update.START, Command.Update.END);

    private ThreadRequest() {}

    /** @param threadId null for one that the server chooses */
    record Create(
            @Nullable String threadId,
            SettingsChange settings,
            @Nullable String graph,
            boolean ifAbsent,
            Json.@Nullable Arr superSteps) {

        static Create parse(byte @Nullable [] bytes, int maxDataBytes, Consumer<Policy> policyCheck) {
            RequestFields body = RequestFields.parse(bytes, maxDataBytes, CREATE_FIELDS);
            SettingsChange settings = ThreadRequest.settings(body, policyCheck);
            String graph = body.text("graph_id");
            if (graph == null
                    && settings.metadata() != null
                    && settings.metadata().get("graph_id") instanceof Json.Text named) {
                graph = named.value();
            }
            return new Create(
                    body.text("thread_id"),
                    settings,
                    graph == null || graph.isEmpty() ? null : graph,
                    "do_nothing".equals(body.word("if_exists", List.of("raise", "do_nothing"))),
                    ThreadRequest.superSteps(body));
        }
    }

    /** What is to be set on a thread. */
    static SettingsChange update(byte @Nullable [] bytes, int maxDataBytes, Consumer<Policy> policyCheck) {
        SettingsChange change = settings(RequestFields.parse(bytes, maxDataBytes, SETTINGS), policyCheck);
        if (change.equals(SettingsChange.NONE)) {
            throw new ProblemException(
                    Problem.at("", "changes nothing: give metadata, ttl, policy, workflow or approvals"));
        }
        return change;
    }

    /** Of {@code PATCH …/state}. */
    static SettingsChange metadata(byte @Nullable [] bytes, int maxDataBytes) {
        Json.Obj metadata =
                RequestFields.parse(bytes, maxDataBytes, List.of("metadata")).object("metadata");
        return new SettingsChange(null, null, metadata == null ? Json.EMPTY_OBJECT : metadata, null, null);
    }

    private static SettingsChange settings(RequestFields body, Consumer<Policy> policyCheck) {
        Json policy = body.value("policy");
        if (body.names("approvals")) {
            // An answer to what is not asked yet.
            CurrentCaller.requireIfAsked(Role.RESOLVE);
        }
        return new SettingsChange(
                policy == null ? null : CommandBody.policy("policy", policy, policyCheck),
                body.text("workflow"),
                body.object("metadata"),
                body.object("approvals"),
                ttlMinutes(body));
    }

    private static @Nullable Long ttlMinutes(RequestFields body) {
        Json.Obj ttl = body.object("ttl");
        if (ttl == null) {
            return null;
        }
        if (ttl.get("strategy") instanceof Json.Text strategy
                && !strategy.value().equals("delete")) {
            throw body.wrong("ttl", strategy.value().equals("keep_latest") ? KEEP_LATEST : "must have strategy delete");
        }
        if (ttl.get("ttl") instanceof Json.Num number) {
            try {
                long minutes = number.value().longValueExact();
                if (minutes >= 1 && minutes <= ThreadSettings.MAX_TTL_MINUTES) {
                    return minutes;
                }
            } catch (ArithmeticException e) {
                // Said below, as for a number out of bounds.
            }
        }
        throw body.wrong("ttl", "must have ttl, a whole number of minutes from 1 to " + ThreadSettings.MAX_TTL_MINUTES);
    }

    static final String KEEP_LATEST =
            "asks to keep only the latest state, which is not supported: what was before it is"
                    + " the journal, by which every thread can be recomputed and verified; delete the thread, or compact it";

    private static Json.@Nullable Arr superSteps(RequestFields body) {
        List<RequestFields> superSteps = body.each("supersteps", List.of("updates"));
        if (superSteps == null || superSteps.isEmpty()) {
            return null;
        }
        return (Json.Arr)
                Json.array(superSteps.stream().map(ThreadRequest::updates).toList());
    }

    private static Json updates(RequestFields superStep) {
        List<RequestFields> updates = superStep.each("updates", UPDATE_FIELDS);
        if (updates == null) {
            throw superStep.wrong("updates", "is missing: it must be a list");
        }
        return Json.array(updates.stream().map(ThreadRequest::update).toList());
    }

    private static Json update(RequestFields update) {
        Map<String, Json> fields = new LinkedHashMap<>();
        fields.put("values", values(update.value("values")));
        RequestFields command = update.within("command", RunBody.COMMAND);
        if (command != null) {
            // It may go behind what would have been asked.
            CurrentCaller.requireIfAsked(Role.RESOLVE);
            putCommand(fields, command);
        }
        String step = update.text("as_node");
        if (step != null) {
            if (!EDGES.contains(step)) {
                // As if that step had run: what it asks is passed over.
                CurrentCaller.requireIfAsked(Role.RESOLVE);
            }
            fields.put("as_step", Json.of(step));
        }
        return Json.object(fields);
    }

    /** Its writes come after the values that stand beside it. */
    private static void putCommand(Map<String, Json> fields, RequestFields command) {
        if (command.names("resume")) {
            throw command.wrong("resume", "answers nothing: nobody is asked on a thread that is being made");
        }
        Json update = command.value("update");
        if (update != null) {
            Json values = Objects.requireNonNull(fields.get("values"));
            List<Json> writes = new ArrayList<>(values instanceof Json.Arr all ? all.items() : List.of(values));
            RunBody.writes(command, update).forEach(write -> writes.add(Json.object(write.channel(), write.value())));
            fields.put("values", Json.array(writes));
        }
        Json goTo = command.value("goto");
        if (goTo != null) {
            RunBody.putGoTo(fields, command, goTo);
            if (fields.containsKey("goto_input")) {
                throw command.wrong(
                        "goto", "gives a step an input, which a thread cannot begin with: name the step only");
            }
        }
    }

    private static Json values(@Nullable Json values) {
        return values == null || values instanceof Json.Null ? Json.EMPTY_OBJECT : values;
    }

    /**
     * @param values an object of channels, or a list of them
     * @param checkpoint null for the thread's head
     * @param step as whose writes; null for nobody's
     */
    record StateUpdate(
            Json values,
            @Nullable String checkpoint,
            @Nullable String step) {

        static StateUpdate parse(byte @Nullable [] bytes, int maxDataBytes) {
            RequestFields body = RequestFields.parse(bytes, maxDataBytes, STATE_FIELDS);
            Json values = ThreadRequest.values(body.value("values"));
            boolean isList =
                    values instanceof Json.Arr all && all.items().stream().allMatch(Json.Obj.class::isInstance);
            if (!isList && !(values instanceof Json.Obj)) {
                throw body.wrong("values", "must be an object of channels, or a list of them");
            }
            String id = body.attribute("checkpoint_id", body.text("checkpoint_id"));
            String step = body.attribute("as_node", body.text("as_node"));
            if (step != null) {
                // As if that step had run: what it asks is passed over.
                CurrentCaller.requireIfAsked(Role.RESOLVE);
            }
            return new StateUpdate(
                    values,
                    id == null ? body.attribute("checkpoint", CheckpointName.of(body, "checkpoint")) : id,
                    step);
        }
    }

    static ThreadSearch.Filter count(byte @Nullable [] bytes, int maxDataBytes) {
        return filter(RequestFields.parseOrEmpty(bytes, maxDataBytes, FILTER_FIELDS));
    }

    private static ThreadSearch.Filter filter(RequestFields body) {
        List<String> ids = body.texts("ids");
        if (ids != null && ids.size() > MAX_IDS) {
            throw body.wrong("ids", "may be at most " + MAX_IDS);
        }
        String status = body.word(
                "status",
                List.of(ThreadStatus.values()).stream()
                        .map(one -> one.name().toLowerCase(Locale.ROOT))
                        .toList());
        Json.Obj values = body.object("values");
        return new ThreadSearch.Filter(
                ids,
                status == null ? null : ThreadStatus.valueOf(status.toUpperCase(Locale.ROOT)),
                body.object("metadata"),
                values == null || values.fields().isEmpty() ? null : values);
    }

    /** @param extract paths by the names under which they are answered */
    record Search(
            ThreadSearch.Filter filter,
            ThreadSearch.Page page,
            @Nullable List<String> select,
            Map<String, JsonPath> extract) {

        static Search parse(byte @Nullable [] bytes, int maxDataBytes) {
            RequestFields body = RequestFields.parseOrEmpty(bytes, maxDataBytes, SEARCH_FIELDS);
            List<String> select = body.select(ThreadView.FIELDS);
            Map<String, JsonPath> extract = extract(body);
            String by = body.word(
                    "sort_by",
                    List.of(ThreadSearch.SortBy.values()).stream()
                            .map(one -> one.name().toLowerCase(Locale.ROOT))
                            .toList());
            boolean needsStates =
                    !extract.isEmpty() || select == null || select.stream().anyMatch(ThreadView.OF_STATE::contains);
            return new Search(
                    ThreadRequest.filter(body),
                    new ThreadSearch.Page(
                            by == null
                                    ? ThreadSearch.SortBy.CREATED_AT
                                    : ThreadSearch.SortBy.valueOf(by.toUpperCase(Locale.ROOT)),
                            "asc".equals(body.word("sort_order", List.of("asc", "desc"))),
                            body.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT),
                            body.number("offset", 0, Integer.MAX_VALUE - MAX_LIMIT, 0),
                            needsStates),
                    select,
                    extract);
        }

        private static Map<String, JsonPath> extract(RequestFields body) {
            Json.Obj extract = body.object("extract");
            if (extract == null) {
                return Map.of();
            }
            if (extract.fields().size() > MAX_EXTRACTS) {
                throw body.wrong("extract", "may have at most " + MAX_EXTRACTS + " paths");
            }
            Map<String, JsonPath> paths = new LinkedHashMap<>();
            extract.fields().forEach((name, path) -> {
                JsonPath parsed = path instanceof Json.Text text ? JsonPath.parse(text.value()) : null;
                if (parsed == null) {
                    throw body.wrong("extract", "must have paths such as values.messages[-1].content, not " + name);
                }
                paths.put(name, parsed);
            });
            return paths;
        }
    }

    /** The threads to delete. */
    static List<String> prune(byte @Nullable [] bytes, int maxDataBytes) {
        RequestFields body = RequestFields.parse(bytes, maxDataBytes, List.of("thread_ids", "strategy"));
        if ("keep_latest".equals(body.word("strategy", List.of("delete", "keep_latest")))) {
            throw body.wrong("strategy", KEEP_LATEST);
        }
        List<String> ids = body.texts("thread_ids");
        if (ids == null) {
            throw body.wrong("thread_ids", "is missing: it must be a list of strings");
        }
        if (ids.size() > MAX_PRUNED) {
            throw body.wrong("thread_ids", "may be at most " + MAX_PRUNED);
        }
        return ids.stream().distinct().toList();
    }
}
