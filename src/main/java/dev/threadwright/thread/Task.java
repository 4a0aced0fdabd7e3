package dev.threadwright.thread;

import dev.threadwright.workflow.Change;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a step.
 *
 * @param item what a fan-out or a failure gave it; JSON null otherwise
 */
public record Task(String step, Json item, State state) {

    /** Where a task is. */
    public sealed interface State {}

    /** To be executed next. */
    public record Due(Replay replay) implements State {
        public Due() {
            this(Replay.NONE);
        }
    }

    /** Joins several steps, of which these have not led to it yet. */
    public record Joining(Set<String> missing) implements State {
        public Joining {
            missing = Set.copyOf(missing);
        }
    }

    /**
     * Its action has left the decision.
     *
     * @param idempotent whether it may be started again when the process that ran it died
     * @param timeoutMs of this attempt
     * @param sinceMs when this attempt was committed; milliseconds since 1970
     * @param entered the attempt that the task was entered with; those after it are retries
     * @param replay what the handler finds done
     * @param awaited from whom its result comes
     */
    public record Calling(
            ActionId action,
            String handler,
            Json input,
            int attempt,
            boolean idempotent,
            long timeoutMs,
            long sinceMs,
            int entered,
            Replay replay,
            Awaited awaited)
            implements State {
        public Calling(
                ActionId action,
                String handler,
                Json input,
                int attempt,
                boolean idempotent,
                long timeoutMs,
                long sinceMs) {
            this(action, handler, input, attempt, idempotent, timeoutMs, sinceMs, 1, Replay.NONE, Awaited.HANDLER);
        }

        long deadlineMs() {
            return timeoutMs > Long.MAX_VALUE - sinceMs ? Long.MAX_VALUE : sinceMs + timeoutMs;
        }

        /** Whoever has taken the last attempt on does not know of this one: it begins where that began. */
        Calling next(long atMs) {
            Awaited first = awaited == Awaited.CALLBACK ? Awaited.HANDLER : awaited;
            return new Calling(
                    action, handler, input, attempt + 1, idempotent, timeoutMs, atMs, entered, replay, first);
        }

        /** Its time goes on: it is that of the whole attempt. */
        Calling accepted() {
            return new Calling(
                    action, handler, input, attempt, idempotent, timeoutMs, sinceMs, entered, replay, Awaited.CALLBACK);
        }

        Calling with(Replay next) {
            return new Calling(action, handler, input, attempt, idempotent, timeoutMs, sinceMs, entered, next, awaited);
        }

        /** An attempt that was held begins. */
        Calling begun(long atMs, boolean probe) {
            return new Calling(
                    action,
                    handler,
                    input,
                    attempt,
                    idempotent,
                    timeoutMs,
                    atMs,
                    probe ? entered + 1 : entered,
                    replay,
                    awaited);
        }

        /** Its time begins anew. */
        Calling extended(long atMs) {
            return new Calling(action, handler, input, attempt, idempotent, timeoutMs, atMs, entered, replay, awaited);
        }
    }

    /** Its attempt has not begun: it waits for its turn. */
    public record Held(Calling call) implements State {}

    /** Its last attempt failed; the next follows at that time (milliseconds since 1970). */
    public record Backoff(Calling failed, long untilMs) implements State {}

    /** Nobody knows whether its action took effect, and it must not be done twice: somebody has to say. */
    public record Uncertain(Calling call, String reason) implements State {}

    /** Waits for the answer to a question. */
    public record Asking(Interrupt interrupt, Replay replay) implements State {}

    /**
     * Waits for an event.
     *
     * @param types as {@link Event.WaitStarted} has them
     * @param untilMs when it gives up; milliseconds since 1970, null for never
     */
    public record Awaiting(List<String> types, @Nullable Long untilMs) implements State {
        public Awaiting {
            types = List.copyOf(types);
        }
    }

    /** Lets time pass, until then (milliseconds since 1970). */
    public record Sleeping(long untilMs) implements State {}

    /**
     * Runs another graph.
     *
     * @param trigger what that one was started with
     * @param changes all that it has written, if the graph above takes them over; see {@code Step.Subgraph}
     */
    public record Nested(Frame frame, Json trigger, Channels channels, List<Change> changes) implements State {
        public Nested {
            changes = List.copyOf(changes);
        }
    }

    /**
     * Has ended; its writes wait for the rest of the super-step.
     *
     * @param goTo the steps that it chose to follow; null for its routes
     * @param error what those are told of its failure; null for success
     */
    public record Ended(
            List<Change> changes,
            @Nullable List<String> goTo,
            @Nullable Json error) implements State {
        /** It wrote nothing, and its step's routes say what follows. */
        static final Ended EMPTY = new Ended(List.of(), null, null);

        public Ended {
            changes = List.copyOf(changes);
            goTo = goTo == null ? null : List.copyOf(goTo);
        }
    }

    static final State DUE = new Due();

    private static State due(Replay replay) {
        return replay.isFresh() ? DUE : new Due(replay);
    }

    Task as(State next) {
        return new Task(step, item, next);
    }

    /** As at the start of its super-step; what has ended stays so, nothing in flight does. See {@link Frame#again}. */
    Task again() {
        return switch (state) {
            case Ended ignored -> this;
            case Joining ignored -> this;
            case Due ignored -> this;
            case Nested nested ->
                as(new Nested(nested.frame().again(), nested.trigger(), nested.channels(), nested.changes()));
            case Calling call -> as(due(call.replay()));
            case Backoff backoff -> as(due(backoff.failed().replay()));
            case Held held -> as(due(held.call().replay()));
            case Uncertain uncertain -> as(due(uncertain.call().replay()));
            case Asking asking -> as(due(asking.replay()));
            case Awaiting ignored -> as(DUE);
            case Sleeping ignored -> as(DUE);
        };
    }

    /** What a run is that holds nothing but this task; null if it asks for nothing more. */
    @Nullable RunStatus status() {
        return switch (state) {
            case Due ignored -> RunStatus.ACTIVE;
            case Calling ignored -> RunStatus.ACTIVE;
            case Backoff ignored -> RunStatus.ACTIVE;
            case Held ignored -> RunStatus.ACTIVE;
            case Uncertain ignored -> RunStatus.PAUSED;
            case Asking ignored -> RunStatus.WAITING_USER;
            case Awaiting ignored -> RunStatus.WAITING_EVENT;
            case Sleeping ignored -> RunStatus.WAITING_EVENT;
            case Nested nested -> nested.frame().status();
            case Joining ignored -> null;
            case Ended ignored -> null;
        };
    }
}
