package dev.threadwright.thread.policy;

import dev.threadwright.thread.Event.Rejection;

/** Runs beside each other, up to a number. */
public record ParallelPolicy(int max) implements Policy {

    public static final ParallelPolicy DEFAULT = new ParallelPolicy(4);

    public ParallelPolicy {
        if (max < 1) {
            throw new IllegalArgumentException("parallel: max must be at least 1, not " + max);
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
        return situation.unfinished() < max
                ? new Choice.StartBeside()
                : new Choice.Refuse(Rejection.MAX_PARALLEL_RUNS, "Maximum parallel runs (" + max + ") reached");
    }

    @Override
    public String words() {
        return "parallel(max=" + max + ")";
    }
}
