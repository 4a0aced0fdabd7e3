package dev.threadwright.workflow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One version of a workflow: a graph of steps over the channels that it declares.
 *
 * @param steps at least one
 * @param start where a run begins
 * @param input what an input writes; null for the values of the keys that name channels
 * @param recursionLimit super-steps from a start or resume of a run to its next stop
 * @param breakpoints of every run
 * @param compaction the step that makes a thread's state smaller; null if messages are just left out
 * @param timeoutMs how long a run may be at work, waiting aside; null for as long as it takes
 */
public record Workflow(
        WorkflowRef ref,
        Map<String, Channel> channels,
        Map<String, Step> steps,
        List<Route> start,
        @Nullable InputMapping input,
        int recursionLimit,
        Breakpoints breakpoints,
        @Nullable String compaction,
        @Nullable Long timeoutMs) {

    public static final int DEFAULT_RECURSION_LIMIT = 25;
    public static final int MAX_RECURSION_LIMIT = 1_000;

    /** Must be a function of its argument alone. */
    @FunctionalInterface
    public interface InputMapping {
        /** @throws StepFailure if the input's data does not hold what the workflow needs */
        List<Write> writes(Json data);
    }

    /** Ten years. */
    public static final long MAX_TIMEOUT_MS = 3_653L * 24 * 60 * 60 * 1_000;

    /** @throws IllegalArgumentException naming all that is wrong with the graph */
    public Workflow {
        if (timeoutMs != null && (timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS)) {
            throw new IllegalArgumentException(
                    "Workflow " + ref + ": a time-out is 1 to " + MAX_TIMEOUT_MS + " ms, not " + timeoutMs);
        }
        channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
        steps = Collections.unmodifiableMap(new LinkedHashMap<>(steps));
        start = List.copyOf(start);
        List<GraphCheck.Problem> problems =
                GraphCheck.problems(channels, steps, start, recursionLimit, breakpoints, compaction);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("Workflow " + ref + ": "
                    + String.join(
                            "; ",
                            problems.stream().map(GraphCheck.Problem::toString).toList()));
        }
    }

    public Workflow(
            WorkflowRef ref,
            Map<String, Channel> channels,
            Map<String, Step> steps,
            List<Route> start,
            @Nullable InputMapping input,
            int recursionLimit) {
        this(ref, channels, steps, start, input, recursionLimit, Breakpoints.NONE, null, null);
    }

    /** These steps, and all that a run which is at them may still come to. */
    public Set<Step> reachableFrom(Collection<String> names) {
        Set<Step> reached = new LinkedHashSet<>();
        Deque<String> open = new ArrayDeque<>(names);
        while (!open.isEmpty()) {
            Step step = steps.get(open.removeFirst());
            if (step == null || !reached.add(step)) {
                continue;
            }
            open.addAll(follow(step));
        }
        return reached;
    }

    public static boolean isRecursionLimit(int superSteps) {
        return superSteps >= 1 && superSteps <= MAX_RECURSION_LIMIT;
    }

    /** Null, or that it has no such steps to stop at. */
    public @Nullable String unknown(Breakpoints stops) {
        List<String> names = Stream.concat(stops.before().stream(), stops.after().stream())
                .filter(name -> !name.equals(Breakpoints.ALL) && !steps.containsKey(name))
                .distinct()
                .sorted()
                .toList();
        return names.isEmpty() ? null : "Workflow " + ref + " has no step \"" + String.join("\", \"", names) + "\"";
    }

    /** The steps that may come right after this one. */
    public Set<String> follow(Step step) {
        Set<String> names = new LinkedHashSet<>();
        if (step.choosesNext()) {
            names.addAll(steps.keySet());
        }
        step.routes().forEach(route -> names.addAll(route.targets()));
        String onError = step.onError();
        if (onError != null) {
            names.add(onError);
        }
        return names;
    }

    /** How an input enters the state. */
    public List<Change> changesOf(Json data, Supplier<String> ids) {
        if (input != null) {
            return changesOf(input.writes(data), ids);
        }
        if (!(data instanceof Json.Obj object)) {
            return List.of();
        }
        List<Change> changes = new ArrayList<>();
        for (Entry<String, Json> field : object.fields().entrySet()) {
            Channel channel = channels.get(field.getKey());
            if (channel != null) {
                changes.add(change(field.getKey(), channel, field.getValue(), ids));
            }
        }
        return List.copyOf(changes);
    }

    /**
     * @param writes of one task
     * @param ids names for what is written without one: unique on the thread
     * @throws StepFailure if a write names a channel that this workflow does not declare, or one that keeps the last
     *     write has two: which one is the last would be chance
     */
    public List<Change> changesOf(List<Write> writes, Supplier<String> ids) {
        List<Change> changes = new ArrayList<>(writes.size());
        Set<String> written = new HashSet<>();
        for (Write write : writes) {
            Channel channel = channels.get(write.channel());
            if (channel == null) {
                throw new StepFailure("Workflow " + ref + " has no channel \"" + write.channel() + "\"");
            }
            if (!written.add(write.channel()) && isSingle(channel)) {
                throw writtenTwice(write.channel());
            }
            changes.add(change(write.channel(), channel, write.value(), ids));
        }
        return List.copyOf(changes);
    }

    /** The declared initial values of the channels that are not there yet. */
    public List<Change> initial(Channels there, Supplier<String> ids) {
        List<Change> changes = new ArrayList<>();
        channels.forEach((name, channel) -> {
            Json initial = channel.initial();
            if (initial != null && !there.contains(name)) {
                changes.add(change(name, channel, initial, ids));
            }
        });
        return changes;
    }

    /** Changes with the results of custom reducers beside them, each on what the ones before it left. */
    public List<Change> settled(Channels channels, List<Change> changes) {
        if (changes.stream().noneMatch(change -> change.reducer() instanceof Reducer.Custom)) {
            return changes;
        }
        List<Change> settled = new ArrayList<>(changes.size());
        Channels now = channels;
        for (Change change : changes) {
            Change next = settled(now, change);
            now = now.apply(List.of(next));
            settled.add(next);
        }
        return List.copyOf(settled);
    }

    private Change settled(Channels now, Change change) {
        Channel channel = channels.get(change.channel());
        return channel == null || channel.custom() == null
                ? change
                : new Change(
                        change.channel(),
                        change.reducer(),
                        change.value(),
                        channel.reduce(change.channel(), now.get(change.channel()), change.value()));
    }

    /** Null, or why this workflow cannot run on channels that others have written. */
    public @Nullable String conflictWith(Channels there) {
        for (Entry<String, Channel> channel : channels.entrySet()) {
            Reducer before = there.reducer(channel.getKey());
            if (before != null && !before.equals(channel.getValue().reducer())) {
                return "Workflow " + ref + " declares channel \"" + channel.getKey() + "\" as "
                        + channel.getValue().reducer().form() + ", and this thread has it as " + before.form();
            }
        }
        return null;
    }

    public Step step(String name) {
        Step step = steps.get(name);
        if (step == null) {
            throw new StepFailure("Workflow " + ref + " has no step \"" + name + "\"");
        }
        return step;
    }

    boolean isSingle(String channel) {
        Channel declared = channels.get(channel);
        return declared != null && isSingle(declared);
    }

    StepFailure writtenTwice(String channel) {
        return new StepFailure(
                "Channel \"" + channel + "\" of workflow " + ref + " was written twice in one super-step");
    }

    private static boolean isSingle(Channel channel) {
        return channel.reducer() == Reducer.LAST_WRITE_WINS && !channel.manyWrites();
    }

    private static Change change(String name, Channel channel, Json value, Supplier<String> ids) {
        try {
            return new Change(name, channel.reducer(), channel.reducer().prepared(value, ids));
        } catch (StepFailure e) {
            throw new StepFailure(
                    "Channel \"" + name + "\" (" + channel.reducer().form() + "): " + e.getMessage());
        }
    }
}
