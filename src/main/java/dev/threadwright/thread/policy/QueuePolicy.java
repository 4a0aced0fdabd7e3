package dev.threadwright.thread.policy;

import dev.threadwright.thread.Event.Behind;
import dev.threadwright.thread.Event.Rejection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * First come, first served, one at a time.
 *
 * @param max how many may wait; at least 1
 * @param ttlMs milliseconds after which a waiting input is given up, at most {@link #MAX_TTL_MS}; null for never
 * @param behind what it waits for
 */
public record QueuePolicy(int max, @Nullable Long ttlMs, Behind behind) implements Policy {

    /** Ten years: the longest that an input may wait, so that adding it to a time cannot overflow. */
    public static final long MAX_TTL_MS = 3_653L * 24 * 60 * 60 * 1_000;

    public static final QueuePolicy DEFAULT = new QueuePolicy(100, null, Behind.UNFINISHED);

    /** For those who take a thread that only asks somebody for one that has nothing to do. */
    public static final QueuePolicy BEHIND_OPEN = new QueuePolicy(DEFAULT.max, null, Behind.OPEN);

    public QueuePolicy {
        if (max < 1) {
            throw new IllegalArgumentException("queue: max must be at least 1, not " + max);
        }
        if (ttlMs != null && (ttlMs < 1 || ttlMs > MAX_TTL_MS)) {
            throw new IllegalArgumentException("queue: ttlMs must be from 1 to " + MAX_TTL_MS + ", not " + ttlMs);
        }
    }

    @Override
    public Verdict decide(Question question) {
        return Verdict.of(this, choice(question.situation()));
    }

    private Choice choice(Situation situation) {
        if (!situation.isBusy()) {
            return new Choice.Start();
        }
        if (behind == Behind.ACTIVE && situation.active() == 0 && situation.queued() == 0) {
            // Only waiting runs are in the way, and this policy does not wait for those.
            return new Choice.InterruptAndStart(false);
        }
        return situation.queued() < max
                ? new Choice.Enqueue(max, ttlMs, behind)
                : new Choice.Refuse(Rejection.QUEUE_FULL, "Queue is full");
    }

    @Override
    public String words() {
        return "queue(max=" + max + (ttlMs == null ? "" : ", ttlMs=" + ttlMs)
                + (behind == Behind.UNFINISHED
                        ? ""
                        : ", behind=" + behind.name().toLowerCase(Locale.ROOT)) + ")";
    }
}
