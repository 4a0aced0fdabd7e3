package dev.threadwright.thread;

/** What a thread is doing, as those see it who talk to it. */
public enum ThreadStatus {
    IDLE,

    /** A run is queued, at work, waiting for an event or held by an operator. */
    BUSY,

    /** Every run of it waits for somebody's answer, or at a breakpoint. */
    INTERRUPTED,

    /** Nothing runs, and what ran last failed. */
    ERROR
}
