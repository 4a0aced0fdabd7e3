package dev.threadwright.http;

import dev.threadwright.thread.policy.InterruptPolicy;
import dev.threadwright.thread.policy.MergePolicy;
import dev.threadwright.thread.policy.ParallelPolicy;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.thread.policy.RejectPolicy;
import dev.threadwright.thread.policy.RollbackPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What becomes of what a thread is busy with, as those name it who ask for runs. */
final class Strategies {

    /** Of one that nobody chose. */
    static final String DEFAULT = "enqueue";

    static final List<String> NAMES = List.of("reject", DEFAULT, "interrupt", "rollback", "merge", "parallel");

    private Strategies() {}

    /** Null for what the thread itself has; it must be one of the names. */
    static @Nullable Policy policy(@Nullable String name) {
        return switch (name) {
            case null -> null;
            case "reject" -> new RejectPolicy();
            case DEFAULT -> QueuePolicy.BEHIND_OPEN;
            case "interrupt" -> InterruptPolicy.DEFAULT;
            case "rollback" -> new RollbackPolicy();
            case "merge" -> new MergePolicy();
            case "parallel" -> ParallelPolicy.DEFAULT;
            default -> throw new IllegalArgumentException("No strategy: " + name);
        };
    }
}
