package dev.threadwright.workflow;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One node of a workflow.
 *
 * @param routes where it leads, all of them followed; empty is the end
 * @param onError the step that follows its failure; null fails the run
 * @param joins it runs once all of these have led to it since it last ran; empty for as soon as any does
 * @param label of the checkpoint after it; null for the step's name
 * @param choosesNext whether it may lead elsewhere than its routes do
 */
public record Step(
        String name,
        Kind kind,
        List<Route> routes,
        @Nullable String onError,
        Set<String> joins,
        @Nullable String label,
        boolean choosesNext) {

    public Step {
        routes = List.copyOf(routes);
        joins = Set.copyOf(joins);
    }

    /** A step of which nothing is known but that its function may choose what follows. */
    public Step(
            String name,
            Kind kind,
            List<Route> routes,
            @Nullable String onError,
            Set<String> joins,
            @Nullable String label) {
        this(name, kind, routes, onError, joins, label, !(kind instanceof Sleep) && !(kind instanceof Subgraph));
    }

    /** What a step does. */
    public sealed interface Kind {}

    /**
     * The action that it is; null if it is none, or one that is not allowed.
     *
     * @throws StepFailure if that cannot be told
     */
    public @Nullable Action action(View view) {
        return switch (kind) {
            case Action action -> action;
            case Tool tool -> tool.allowed().get(tool.name(view));
            case Pure ignored -> null;
            case Interrupt ignored -> null;
            case Wait ignored -> null;
            case Sleep ignored -> null;
            case Subgraph ignored -> null;
        };
    }

    /** Without effects: it runs inside the batch, so it costs no commit of its own. */
    public record Pure(Function function) implements Kind {}

    /**
     * Work that leaves the decision: it is journaled as requested before a handler of that name starts it.
     *
     * @param config handed to the handler as it is
     * @param timeoutMs of one attempt, or until the next sign of life of who is at work on it; at least 1
     * @param idempotent whether it may be started again when the process that ran it died; else an operator decides
     * @param remote whether a worker elsewhere does it, who is asked by a record and answers with one
     */
    public record Action(
            String handler,
            Request request,
            Json.Obj config,
            Result result,
            long timeoutMs,
            Retries retries,
            boolean idempotent,
            boolean remote)
            implements Kind {
        /** The handler that asks chat models; what it streams are pieces of messages, and it is no tool. */
        public static final String CHAT = "chat";

        /** The handler that sends requests. */
        public static final String HTTP = "http";

        /** By a handler of this server. */
        public Action(
                String handler,
                Request request,
                Json.Obj config,
                Result result,
                long timeoutMs,
                Retries retries,
                boolean idempotent) {
            this(handler, request, config, result, timeoutMs, retries, idempotent, false);
        }

        public Action {
            if (timeoutMs < 1) {
                throw new IllegalArgumentException("A time-out is at least 1 ms, not " + timeoutMs);
            }
        }
    }

    /**
     * What a chat model asked for: the one of these actions that it named. Whatever it may have been talked into, it gets no
     * other.
     *
     * @param call {@code {"id", "name", "args"}}, as the model wrote it
     * @param allowed by the names that models have for them
     * @param failed what becomes of the words that say why there is no result, for want of an {@code onError}: models are
     *     told, and go on
     */
    public record Tool(Request call, Map<String, Action> allowed, Result failed) implements Kind {
        public Tool {
            allowed = Map.copyOf(allowed);
        }

        /** @throws StepFailure if nothing was asked for */
        public String name(View view) {
            if (call.input(view) instanceof Json.Obj asked && asked.get("name") instanceof Json.Text name) {
                return name.value();
            }
            throw new StepFailure("There is no tool call with a name");
        }
    }

    /** Asks somebody, and goes on with the answer; {@code result} is what becomes of that. */
    public record Interrupt(Question question, Result result) implements Kind {}

    /**
     * Waits for an event from outside: the first that one of the cases takes, in their order.
     *
     * @param timeout after which the step fails; null for never
     */
    public record Wait(List<Case> cases, @Nullable Duration timeout) implements Kind {
        public Wait {
            cases = List.copyOf(cases);
            if (cases.isEmpty()) {
                throw new IllegalArgumentException("A wait has at least one case");
            }
        }
    }

    /**
     * One of the events that a step waits for.
     *
     * @param type whatever its case; {@link #ANY_TYPE} or null takes all
     * @param when what else has to hold; null for nothing
     * @param result of {@code {"type": ..., "data": ...}}
     */
    public record Case(@Nullable String type, @Nullable EventCondition when, Result result) {

        public static final String ANY_TYPE = "*";

        /** By the type alone. */
        public boolean takes(@Nullable String eventType) {
            return takes(type, eventType);
        }

        public static boolean takes(@Nullable String type, @Nullable String eventType) {
            return type == null || type.equals(ANY_TYPE) || type.equalsIgnoreCase(eventType);
        }
    }

    /** Lets time pass. Durable: what is left of it goes on after a restart. */
    public record Sleep(Duration duration) implements Kind {}

    /**
     * Another workflow, with channels of its own.
     *
     * @param input what it is started with; null for what this workflow was started with, and the values of the channels
     *     that both declare
     * @param output what its end writes here; null for its writes to the channels that both declare
     */
    public record Subgraph(
            WorkflowRef workflow,
            @Nullable Request input,
            @Nullable Result output) implements Kind {}

    /**
     * What a step reads.
     *
     * @param state the channels at the start of the super-step
     * @param trigger the data of the input that started the run, or what a subgraph was given
     * @param consumed the data of the further inputs that the run has taken in, in order
     * @param item what the fan-out that led here gave this task, or {@code {"step", "error"}} of the failure that did
     */
    public record View(Channels state, Json trigger, List<Json> consumed, Json item) {

        public View(Channels state, Json trigger, List<Json> consumed) {
            this(state, trigger, consumed, Json.NULL);
        }
    }

    /** @param goTo the steps that follow, instead of those that the routes lead to; null to follow the routes */
    public record Outcome(List<Write> writes, @Nullable List<String> goTo) {
        public Outcome {
            writes = List.copyOf(writes);
            goTo = goTo == null ? null : List.copyOf(goTo);
        }

        public static Outcome of(List<Write> writes) {
            return new Outcome(writes, null);
        }
    }

    /** Must be a function of its argument alone: it is evaluated again whenever a batch is decided again. */
    @FunctionalInterface
    public interface Function {
        /** @throws StepFailure if the step cannot produce its writes from this view */
        Outcome apply(View view);
    }

    /** Builds what an action or a subgraph is given; pure for the same reason. */
    @FunctionalInterface
    public interface Request {
        /** @throws StepFailure if the view does not hold what is needed */
        Json input(View view);
    }

    /** What the result of an action, or the final values of a subgraph, come to; pure for the same reason. */
    @FunctionalInterface
    public interface Result {
        /** @throws StepFailure if the result is not what the workflow expects */
        Outcome of(View view, Json result);
    }

    /** What a step asks; pure for the same reason. */
    @FunctionalInterface
    public interface Question {
        /** @throws StepFailure if the view does not hold what is needed */
        Prompt prompt(View view);
    }

    /** Whether an event is the one that a step waits for; pure for the same reason. */
    @FunctionalInterface
    public interface EventCondition {
        /**
         * @param event {@code {"type": ..., "data": ...}}
         * @throws StepFailure if it cannot be told; the event does not match then
         */
        boolean holds(View view, Json event);
    }

    /** How long a step lets pass, in milliseconds; pure for the same reason. */
    @FunctionalInterface
    public interface Duration {
        /** @throws StepFailure if the view does not hold it */
        long ms(View view);
    }

    /**
     * Attempts after the first at what failed for a passing reason: after {@code min(cap, base x 2^n)}, and some of it at
     * random.
     */
    public record Retries(int max, long baseMs, long capMs) {

        public static final int MAX = 1_000;

        /** One day. */
        public static final long MAX_CAP_MS = 86_400_000;

        public static final Retries DEFAULT = new Retries(3, 200, 5_000);
        public static final Retries NONE = new Retries(0, 1, 1);

        public Retries {
            if (max < 0 || max > MAX || baseMs < 1 || capMs < baseMs || capMs > MAX_CAP_MS) {
                throw new IllegalArgumentException("Retries are 0 to " + MAX + ", after 1 ms to " + MAX_CAP_MS
                        + " ms, not " + max + " after " + baseMs + " to " + capMs + " ms");
            }
        }

        /** @param retry 0 for the first */
        public long backoffMs(int retry) {
            // Beyond 27 doublings every base is above every cap, and before that none overflows.
            return retry > 27 ? capMs : Math.min(capMs, baseMs << retry);
        }
    }
}
