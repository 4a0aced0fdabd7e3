package dev.threadwright.thread.policy;

/** The newest input wins, and what the main run did to the state is undone. */
public record RollbackPolicy() implements Policy {

    @Override
    public Verdict decide(Question question) {
        return Verdict.of(this, question.situation().isBusy() ? new Choice.RollBackAndStart() : new Choice.Start());
    }

    @Override
    public String words() {
        return "rollback";
    }
}
