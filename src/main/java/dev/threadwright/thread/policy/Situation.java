package dev.threadwright.thread.policy;

import java.util.ArrayList;
import java.util.List;

/** How many runs of the thread are in each state that is not terminal. */
public record Situation(int active, int waitingUser, int waitingEvent, int paused, int queued) {

    public static final Situation IDLE = new Situation(0, 0, 0, 0, 0);

    /** Started runs that have not ended, waiting ones included. */
    public int unfinished() {
        return active + waitingUser + waitingEvent + paused;
    }

    /** Whether anything runs, or is to run: what waits for its time alone is in the way like what waits for its turn. */
    public boolean isBusy() {
        return unfinished() > 0 || queued > 0;
    }

    /** For the record: {@code idle}, or {@code 1 active, 2 queued}. */
    public String words() {
        List<String> parts = new ArrayList<>();
        add(parts, active, "active");
        add(parts, waitingUser, "waiting for a user");
        add(parts, waitingEvent, "waiting for an event");
        add(parts, paused, "paused");
        add(parts, queued, "queued");
        return parts.isEmpty() ? "idle" : String.join(", ", parts);
    }

    private static void add(List<String> parts, int count, String word) {
        if (count > 0) {
            parts.add(count + " " + word);
        }
    }
}
