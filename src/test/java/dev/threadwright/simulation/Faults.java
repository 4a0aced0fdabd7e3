package dev.threadwright.simulation;

import dev.threadwright.simulation.Timeline.Process;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** What goes wrong, and how often: drawn anew for each history, so that some are mostly of one kind. */
final class Faults {

    /** What was injected, for the report. */
    enum Kind {
        KILLED_AT_AN_EFFECT,
        STOPPED,
        CLOCK_JUMP,
        REBALANCE,
        COMMIT_REFUSED,
        COMMIT_UNKNOWN_NOT_STORED,
        COMMIT_UNKNOWN_STORED,
        JOURNAL_READ,
        JOURNAL_AWAY,
        LOG_CALL_BEFORE,
        LOG_CALL_AFTER,
        LOG_AWAY,
        LONG_DELAY,
        INPUT_TWICE,
        INPUT_MISROUTED,
        RESULT_TWICE,
        RESULT_NEVER,
        DEFECT
    }

    private final Timeline timeline;
    private final RandomGenerator random;
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private final Map<Kind, Double> odds = new EnumMap<>(Kind.class);
    private Consumer<Process> killer = process -> {};
    private long journalAwayUntilMs;
    private long logAwayUntilMs;

    Faults(Timeline timeline, RandomGenerator random) {
        this.timeline = timeline;
        this.random = random;
    }

    void killsBy(Consumer<Process> how) {
        killer = how;
    }

    void odds(Kind kind, double chance) {
        odds.put(kind, chance);
    }

    /** From now on, all goes well. */
    void end() {
        odds.clear();
        journalAwayUntilMs = 0;
        logAwayUntilMs = 0;
    }

    Map<Kind, Long> counts() {
        return counts;
    }

    void count(Kind kind) {
        counts.merge(kind, 1L, Long::sum);
        timeline.note(kind.ordinal());
    }

    boolean happens(Kind kind) {
        boolean now = random.nextDouble() < odds.getOrDefault(kind, 0.0);
        if (now) {
            count(kind);
        }
        return now;
    }

    void journalAway(long ms) {
        journalAwayUntilMs = timeline.nowMs() + ms;
        count(Kind.JOURNAL_AWAY);
    }

    void logAway(long ms) {
        logAwayUntilMs = timeline.nowMs() + ms;
        count(Kind.LOG_AWAY);
    }

    boolean isJournalAway() {
        return timeline.nowMs() < journalAwayUntilMs;
    }

    boolean isLogAway() {
        return timeline.nowMs() < logAwayUntilMs;
    }

    /** Between two effects: time passes, and the process may not live to see the second. */
    void pass(Process process) throws InterruptedException {
        if (happens(Kind.KILLED_AT_AN_EFFECT)) {
            killer.accept(process);
        }
        if (process.isDead()) {
            while (true) {
                Thread.interrupted();
                LockSupport.park();
            }
        }
        SimulatedThreads.sleep(process, happens(Kind.LONG_DELAY) ? random.nextInt(50, 4_000) : random.nextInt(4));
    }
}
