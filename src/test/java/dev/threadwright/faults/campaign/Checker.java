package dev.threadwright.faults.campaign;

import dev.threadwright.faults.campaign.Findings.Kind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Holds what is published against what came before it on its thread, against the journal in the order of its partition, and
 * against what was sent. What is the same on both sides is forgotten, so it keeps little more than a number for each thread.
 */
final class Checker {

    /** One event, on a topic or in the journal. */
    record Line(String thread, long seq, String type) {
        @Override
        public String toString() {
            return thread + "/" + seq + " " + type;
        }
    }

    private static final Set<String> LIFECYCLE = Set.of(
            "run.started",
            "run.completed",
            "run.failed",
            "run.cancelled",
            "run.timed_out",
            "run.interrupted",
            "run.resumed",
            "interrupt.raised",
            "interrupt.resolved",
            "interrupt.rejected",
            "interrupt.expired",
            "interrupt.answer_rejected",
            "input.rejected",
            "input.queued",
            "input.merged",
            "input.expired");

    private static final Set<String> ENDINGS = Set.of("run.completed", "run.failed", "run.cancelled", "run.timed_out");
    private static final Set<String> SETTLEMENTS =
            Set.of("interrupt.resolved", "interrupt.rejected", "interrupt.expired");
    private static final Set<String> RESULTS = Set.of("action.succeeded", "action.failed");

    private final Inputs inputs;
    private final Findings findings;
    private final Map<String, Trail> trails = new HashMap<>();
    private final List<Lane> lanes = new ArrayList<>();
    private final LongSet outcomes = new LongSet();
    private final Map<Integer, long[]> claims = new HashMap<>();

    /** How far a thread is. */
    private static final class Trail {
        private long seq;
        private int lastInput = -1;
    }

    /** Of one partition: what one side has shown and the other has not yet. */
    private static final class Lane {
        private final ArrayDeque<Line> published = new ArrayDeque<>();
        private final ArrayDeque<Line> journaled = new ArrayDeque<>();
        private final ArrayDeque<Line> lifecycleExpected = new ArrayDeque<>();
        private final ArrayDeque<Line> lifecyclePublished = new ArrayDeque<>();

        boolean isEven() {
            return published.isEmpty()
                    && journaled.isEmpty()
                    && lifecycleExpected.isEmpty()
                    && lifecyclePublished.isEmpty();
        }
    }

    Checker(int partitions, Inputs inputs, Findings findings) {
        this.inputs = inputs;
        this.findings = findings;
        for (int partition = 0; partition < partitions; partition++) {
            lanes.add(new Lane());
        }
    }

    /** Whether there can be one event of this kind for each run, interrupt or action only. */
    static boolean isOutcome(String type) {
        return ENDINGS.contains(type) || SETTLEMENTS.contains(type) || RESULTS.contains(type);
    }

    /** Whether it says what became of an input. */
    static boolean isDecision(String type) {
        return type.equals("input.accepted") || type.equals("input.rejected");
    }

    /**
     * The next one on the events topic.
     *
     * @param cause id of the input that it comes from
     * @param subject of an outcome: which run, interrupt or action
     */
    void event(int partition, Line line, String cause, String subject) {
        Lane lane = lanes.get(partition);
        lane.published.add(line);
        if (LIFECYCLE.contains(line.type())) {
            lane.lifecycleExpected.add(line);
        }
        Trail trail = trails.computeIfAbsent(line.thread(), thread -> new Trail());
        if (line.seq() != trail.seq + 1) {
            findings.add(
                    line.seq() <= trail.seq ? Kind.DOUBLED : Kind.MISORDERED,
                    "%s is published on partition %d after %d".formatted(line, partition, trail.seq));
        }
        trail.seq = Math.max(trail.seq, line.seq());
        if (isDecision(line.type())) {
            decided(cause, line, trail);
        } else if (isOutcome(line.type())) {
            String what =
                    ENDINGS.contains(line.type()) ? "run" : SETTLEMENTS.contains(line.type()) ? "interrupt" : "action";
            if (!outcomes.add(LongSet.hash(what + " " + subject))) {
                findings.add(Kind.DOUBLED, "the " + what + " " + subject + " has a second outcome: " + line);
            }
        }
    }

    private void decided(String cause, Line line, Trail trail) {
        if (!cause.matches("i[0-9]+")) {
            return;
        }
        int input = Integer.parseInt(cause.substring(1));
        if (!inputs.decided(input, line.type().equals("input.accepted"))) {
            findings.add(Kind.DOUBLED, "the input " + cause + " is decided again: " + line);
        } else if (input <= trail.lastInput) {
            findings.add(Kind.MISORDERED, "the input " + cause + " is decided after i" + trail.lastInput + ": " + line);
        }
        trail.lastInput = Math.max(trail.lastInput, input);
    }

    /** The next one on the lifecycle topic. */
    void lifecycle(int partition, Line line) {
        lanes.get(partition).lifecyclePublished.add(line);
    }

    /** The next one in the journal. */
    void journaled(int partition, Line line) {
        lanes.get(partition).journaled.add(line);
    }

    /** Whether something was published that is yet to be found in the journal. */
    boolean wantsJournal(int partition) {
        match(partition);
        return !lanes.get(partition).published.isEmpty();
    }

    /** What is published was committed before, so the journal has it whenever it is asked. */
    void journalEnds(int partition) {
        match(partition);
        Line line = lanes.get(partition).published.poll();
        if (line != null) {
            findings.add(Kind.STALE, "published on partition " + partition + ", and not in the journal: " + line);
        }
    }

    /** Epochs and positions only grow. @return how many claims there were since it was told last */
    long claimed(int partition, long epoch, long position) {
        long[] before = claims.put(partition, new long[] {epoch, position});
        if (before == null) {
            return 0;
        }
        if (epoch < before[0] || position < before[1]) {
            findings.add(
                    Kind.STALE,
                    "partition %d has gone back from epoch %d, position %d to epoch %d, position %d"
                            .formatted(partition, before[0], before[1], epoch, position));
        }
        return Math.max(0, epoch - before[0]);
    }

    /** Whether all that one side has shown the other has shown, too. */
    boolean isEven() {
        for (int partition = 0; partition < lanes.size(); partition++) {
            match(partition);
        }
        return lanes.stream().allMatch(Lane::isEven);
    }

    private void match(int partition) {
        Lane lane = lanes.get(partition);
        match(lane.journaled, lane.published, "partition " + partition + " has published %s where its journal has %s");
        match(
                lane.lifecycleExpected,
                lane.lifecyclePublished,
                "the lifecycle of partition " + partition + " has %s where the events have %s");
    }

    private void match(ArrayDeque<Line> expected, ArrayDeque<Line> found, String difference) {
        while (!expected.isEmpty() && !found.isEmpty()) {
            Line wanted = expected.poll();
            Line line = found.poll();
            if (!wanted.equals(line)) {
                findings.add(Kind.DIFFERENT, difference.formatted(line, wanted));
            }
        }
    }
}
