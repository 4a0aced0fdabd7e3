package dev.threadwright.expression;

import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.RulesPolicy;
import java.util.List;

/**
 * Refuses a policy whose conditions do not compile where it comes in, so that its sender is told rather than every input
 * that it would have decided.
 */
public final class PolicyCheck {

    private final CelConditions conditions;

    public PolicyCheck(CelConditions conditions) {
        this.conditions = conditions;
    }

    /** @throws IllegalArgumentException with the place of the first condition that is none, and what is wrong with it */
    public void validate(Policy policy) {
        if (policy instanceof RulesPolicy rules) {
            List<RulesPolicy.Rule> list = rules.rules();
            for (int i = 0; i < list.size(); i++) {
                try {
                    conditions.validate(list.get(i).condition());
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException("policy.rules[" + i + "].when: " + e.getMessage(), e);
                }
            }
        }
    }
}
