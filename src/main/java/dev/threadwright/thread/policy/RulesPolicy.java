package dev.threadwright.thread.policy;

import java.util.ArrayList;
import java.util.List;

/** The first rule whose condition holds decides; if none does, {@code otherwise}. */
public record RulesPolicy(List<Rule> rules, Policy otherwise) implements Policy {

    /** How many rules one policy may have. */
    public static final int MAX_RULES = 50;

    /** @param condition an expression on the input and the situation */
    public record Rule(String condition, Policy then) {
        public Rule {
            requirePlain(then);
        }
    }

    public RulesPolicy {
        rules = List.copyOf(rules);
        if (rules.size() > MAX_RULES) {
            throw new IllegalArgumentException("rules: at most " + MAX_RULES + " rules, not " + rules.size());
        }
        requirePlain(otherwise);
    }

    @Override
    public Verdict decide(Question question) {
        List<String> failed = new ArrayList<>();
        for (Rule rule : rules) {
            if (holds(rule, question, failed)) {
                Verdict verdict = rule.then().decide(question);
                return new Verdict(verdict.choice(), verdict.policy(), rule.condition(), List.copyOf(failed));
            }
        }
        Verdict verdict = otherwise.decide(question);
        return new Verdict(verdict.choice(), verdict.policy(), "otherwise", List.copyOf(failed));
    }

    /** A condition that fails does not match, and is recorded: an input must never be lost to a bad rule. */
    private static boolean holds(Rule rule, Question question, List<String> failed) {
        try {
            return question.judges().holds(rule.condition(), question.input(), question.situation());
        } catch (RuntimeException e) {
            failed.add(rule.condition() + ": " + e.getMessage());
            return false;
        }
    }

    private static void requirePlain(Policy policy) {
        if (policy instanceof RulesPolicy || policy instanceof CustomPolicy) {
            throw new IllegalArgumentException("rules: a rule leads to a plain policy, not to " + policy.words());
        }
    }

    @Override
    public String words() {
        return "rules";
    }
}
