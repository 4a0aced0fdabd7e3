package dev.threadwright.actor;

import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Owed;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.thread.TraceContext;
import org.jspecify.annotations.Nullable;

/** Runs what a decision requested; results come back to the loop's mailbox as commands. */
public interface StepStarter {

    /** Starts the call unless it is running already. Returns at once. */
    void start(StepCall call);

    /** Whether the call runs in this process. */
    boolean isRunning(StepCall call);

    /** Tells the call to stop; its result, should it still come, is discarded by the thread. */
    void cancel(StepCall call);

    /** What a call did once is journaled; it may go on. */
    void recorded(ThreadKey thread, ActionId action, int attempt, String name);

    /**
     * Tells the calls of the partition to stop that another owner will start again. Those that must not be done twice go
     * on, and send their results when they are done.
     */
    void cancelPartition(int partition);

    /** @param trace of its run; null for none */
    record StepCall(
            int partition,
            ThreadKey thread,
            Owed.Call call,
            @Nullable TraceContext trace) {

        /** Of no trace. */
        public StepCall(int partition, ThreadKey thread, Owed.Call call) {
            this(partition, thread, call, null);
        }

        /** @param state of the thread, that owes the call */
        static StepCall of(int partition, ThreadState state, Owed.Call call) {
            return new StepCall(partition, state.key(), call, state.traceOf(call.run()));
        }
    }
}
