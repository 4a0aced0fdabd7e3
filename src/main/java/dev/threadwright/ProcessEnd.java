package dev.threadwright;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What is left to do when this process ends, in whichever way but by being killed: by itself, or by a signal, and be it in the
 * middle of a start. What was left last is done first, one after the other.
 */
final class ProcessEnd {
    private final Deque<Runnable> left = new ArrayDeque<>();
    private boolean begun;
    private volatile boolean inOrder;

    private ProcessEnd() {}

    /** All shutdown hooks run at once, so that there is to be one of these. */
    static ProcessEnd ofThisProcess() {
        ProcessEnd end = new ProcessEnd();
        Runtime.getRuntime().addShutdownHook(new Thread(end::come, "process-end"));
        return end;
    }

    /** Before that begins which the step ends. Does not return when the process ends already. */
    void leave(Runnable step) {
        synchronized (this) {
            if (!begun) {
                left.push(step);
                return;
            }
        }
        exit(1);
    }

    /** Says what went wrong, unless it did so because the process ends; and ends it. */
    void fail(String message, int status) {
        if (!hasBegun()) {
            System.err.println("threadwright: " + message);
        }
        exit(status);
    }

    /** Of a process that ends already the status is that which it ends with, and this waits for it. */
    void exit(int status) {
        System.exit(status);
    }

    synchronized boolean hasBegun() {
        return begun;
    }

    /** Who was told to end, and did so in order, has not failed: else the status would be that of the signal. */
    void isInOrder() {
        inOrder = true;
    }

    private void come() {
        synchronized (this) {
            begun = true;
        }
        while (!left.isEmpty()) {
            try {
                left.pop().run();
            } catch (RuntimeException e) {
                System.err.println("threadwright: " + e.getMessage());
            }
        }
        if (inOrder) {
            System.out.flush();
            Runtime.getRuntime().halt(0);
        }
    }
}
