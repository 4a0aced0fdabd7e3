package dev.threadwright.thread.policy;

import dev.threadwright.thread.Event.Rejection;

/** One at a time, and no waiting. */
public record RejectPolicy() implements Policy {

    @Override
    public Verdict decide(Question question) {
        return Verdict.of(
                this,
                question.situation().isBusy()
                        ? new Choice.Refuse(Rejection.BUSY, "Thread is busy")
                        : new Choice.Start());
    }

    @Override
    public String words() {
        return "reject";
    }
}
