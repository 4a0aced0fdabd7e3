package dev.threadwright.thread.policy;

/** The newest input wins: what is running is superseded. */
public record InterruptPolicy(boolean prependSuperseded) implements Policy {

    public static final InterruptPolicy DEFAULT = new InterruptPolicy(false);

    @Override
    public Verdict decide(Question question) {
        return Verdict.of(
                this,
                question.situation().isBusy() ? new Choice.InterruptAndStart(prependSuperseded) : new Choice.Start());
    }

    @Override
    public String words() {
        return prependSuperseded ? "interrupt(prependSuperseded)" : "interrupt";
    }
}
