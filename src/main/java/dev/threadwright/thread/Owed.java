package dev.threadwright.thread;

import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.WorkflowRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Work that a state owes to the outside. It follows from the state alone, so a crash forgets none of it; what a batch
 * has to start or to stop is the difference between the states before and after it.
 */
public sealed interface Owed {

    /** Unique on the thread, and the same for as long as it is owed. */
    String ref();

    /**
     * An action whose handler must run, or be running, or that a worker must have been asked for, or whose callback may
     * come; the thread wants {@link Command.FireTimers} at its deadline.
     *
     * @param workflow whose step it is
     * @param state what the step reads
     * @param deadlineMs of this attempt; milliseconds since 1970
     * @param replay what the handler finds done
     * @param awaited from whom its result comes
     */
    record Call(
            RunId run,
            ActionId action,
            int attempt,
            WorkflowRef workflow,
            String step,
            String handler,
            Json input,
            Channels state,
            boolean idempotent,
            long deadlineMs,
            Replay replay,
            Awaited awaited)
            implements Owed {
        @Override
        public String ref() {
            return ref(action, attempt);
        }

        public static String ref(ActionId action, int attempt) {
            return action.value() + "#" + attempt;
        }
    }

    /**
     * An attempt that wants {@link Command.ReleaseAction} when its turn comes.
     *
     * @param target what it is to reach; see {@link Target}
     */
    record Turn(RunId run, ActionId action, int attempt, String target) implements Owed {
        @Override
        public String ref() {
            return "turn-" + Call.ref(action, attempt);
        }
    }

    /** The thread wants {@link Command.FireTimers} at this time (milliseconds since 1970). */
    record Timer(String ref, long dueAtMs) implements Owed {}

    static List<Owed> of(ThreadState state) {
        if (state.isIdle()) {
            return List.of();
        }
        List<Owed> owed = new ArrayList<>();
        for (StartedRun run : state.started()) {
            collect(run, null, run.frame(), state.channelsOf(run), owed);
            Long overAtMs = run.overAtMs(state.updatedAtMs());
            if (overAtMs != null) {
                owed.add(timer(run.id().value(), overAtMs));
            }
        }
        for (QueuedRun run : state.queue()) {
            Long expiresAtMs = run.expiresAtMs();
            if (expiresAtMs != null) {
                owed.add(timer(run.id().value(), expiresAtMs));
            }
            Long notBeforeMs = run.notBeforeMs();
            // What is in its way starts it by ending, or before it in the queue by its own turn.
            if (notBeforeMs != null && run == state.nextOfQueue(notBeforeMs) && state.hasRoomFor(run)) {
                owed.add(timer(run.id() + "-start", notBeforeMs));
            }
        }
        for (KeptInput kept : state.kept()) {
            owed.add(timer("kept-" + IdentityHash.of(kept.input().identity()), kept.expiresAtMs()));
        }
        return List.copyOf(owed);
    }

    private static void collect(
            StartedRun run, @Nullable TaskId parent, Frame frame, Channels channels, List<Owed> owed) {
        for (int i = 0; i < frame.tasks().size(); i++) {
            Task task = frame.tasks().get(i);
            TaskId id = TaskId.of(parent, frame.superStep(), i);
            switch (task.state()) {
                case Task.Calling call ->
                    owed.add(new Call(
                            run.id(),
                            call.action(),
                            call.attempt(),
                            frame.workflow(),
                            task.step(),
                            call.handler(),
                            call.input(),
                            channels,
                            call.idempotent(),
                            call.deadlineMs(),
                            call.replay(),
                            call.awaited()));
                case Task.Held held -> {
                    // Nothing new starts while an operator holds the run.
                    if (!run.control().paused()) {
                        Task.Calling call = held.call();
                        owed.add(new Turn(
                                run.id(), call.action(), call.attempt(), Target.of(call.handler(), call.input())));
                    }
                }
                case Task.Backoff backoff -> {
                    // Nothing new starts while an operator holds the run.
                    if (!run.control().paused()) {
                        owed.add(timer(run.id() + "-" + id, backoff.untilMs()));
                    }
                }
                case Task.Asking asking ->
                    addTimer(owed, run, id, asking.interrupt().expiresAtMs());
                case Task.Awaiting awaiting -> addTimer(owed, run, id, awaiting.untilMs());
                case Task.Sleeping sleeping -> owed.add(timer(run.id() + "-" + id, sleeping.untilMs()));
                case Task.Nested nested -> collect(run, id, nested.frame(), nested.channels(), owed);
                case Task.Uncertain ignored -> {}
                case Task.Due ignored -> {}
                case Task.Joining ignored -> {}
                case Task.Ended ignored -> {}
            }
        }
    }

    private static void addTimer(List<Owed> owed, StartedRun run, TaskId task, @Nullable Long dueAtMs) {
        if (dueAtMs != null) {
            owed.add(timer(run.id() + "-" + task, dueAtMs));
        }
    }

    private static Timer timer(String what, long dueAtMs) {
        return new Timer(what + "@" + dueAtMs, dueAtMs);
    }
}
