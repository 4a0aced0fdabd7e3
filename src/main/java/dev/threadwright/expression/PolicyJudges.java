package dev.threadwright.expression;

import dev.threadwright.spi.DecisionPolicy;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.policy.Judges;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.Situation;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Conditions are CEL, custom policies are what was deployed under their names. */
public final class PolicyJudges implements Judges {

    private final CelConditions conditions;
    private final Function<String, @Nullable DecisionPolicy> deployed;

    /** @param deployed the custom policy of a name; null if there is none */
    public PolicyJudges(CelConditions conditions, Function<String, @Nullable DecisionPolicy> deployed) {
        this.conditions = conditions;
        this.deployed = deployed;
    }

    @Override
    public boolean holds(String condition, Input input, Situation situation) {
        return conditions.holds(condition, input, situation);
    }

    @Override
    public Policy choose(String name, Input input, Situation situation) {
        DecisionPolicy policy = deployed.apply(name);
        if (policy == null) {
            throw new IllegalArgumentException(
                    "there is no DecisionPolicy bean with @Named or @Identifier \"" + name + '"');
        }
        // An implementation is foreign code, which no null check of ours has seen.
        @Nullable Policy chosen = policy.choose(input, situation);
        if (chosen == null) {
            throw new IllegalStateException("it chose null; it must choose a policy");
        }
        return chosen;
    }
}
