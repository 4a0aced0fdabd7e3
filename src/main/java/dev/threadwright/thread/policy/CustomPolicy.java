package dev.threadwright.thread.policy;

import dev.threadwright.thread.Event.Rejection;
import java.util.List;

/** Asks code that the server's owner deployed under a name. */
public record CustomPolicy(String name) implements Policy {

    public CustomPolicy {
        if (name.isBlank()) {
            throw new IllegalArgumentException("custom: the name is blank");
        }
    }

    @Override
    public Verdict decide(Question question) {
        try {
            Policy chosen = question.judges().choose(name, question.input(), question.situation());
            if (chosen instanceof CustomPolicy) {
                throw new IllegalStateException("it chose " + chosen.words() + ", another custom policy");
            }
            Verdict verdict = chosen.decide(question);
            return new Verdict(
                    verdict.choice(), words() + ": " + verdict.policy(), verdict.rule(), verdict.failedConditions());
        } catch (RuntimeException e) {
            return new Verdict(
                    new Choice.Refuse(Rejection.POLICY_FAILED, "Policy failed"),
                    words(),
                    null,
                    List.of(words() + ": " + e.getMessage()));
        }
    }

    @Override
    public String words() {
        return "custom(" + name + ")";
    }
}
