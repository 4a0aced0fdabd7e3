package dev.threadwright.actor;

import dev.threadwright.thread.Owed;
import dev.threadwright.thread.ThreadKey;

/** Runs what a decision requested; results come back to the loop's mailbox as commands. */
public interface StepStarter {

    /** Starts the call unless it is running already. Returns at once. */
    void start(StepCall call);

    /** Tells the call to stop; its result, should it still come, is discarded by the thread. */
    void cancel(StepCall call);

    /** Tells all calls of the partition to stop: another owner will start them again. */
    void cancelPartition(int partition);

    record StepCall(int partition, ThreadKey thread, Owed.Call call) {}
}
