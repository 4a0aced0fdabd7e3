package dev.threadwright.thread.policy;

/** What is active takes the input in at its next super-step; where nothing is active there is nothing to merge into. */
public record MergePolicy() implements Policy {

    @Override
    public Verdict decide(Question question) {
        return Verdict.of(this, choice(question.situation()));
    }

    private static Choice choice(Situation situation) {
        if (situation.active() > 0) {
            return new Choice.Merge();
        }
        return situation.isBusy() ? new Choice.StartBeside() : new Choice.Start();
    }

    @Override
    public String words() {
        return "merge";
    }
}
