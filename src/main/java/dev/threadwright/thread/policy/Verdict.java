package dev.threadwright.thread.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A choice and how it came about.
 *
 * @param policy the words of the policy that chose
 * @param rule the condition that matched; null if no rule did
 * @param failedConditions conditions that could not be evaluated, each with its error
 */
public record Verdict(
        Choice choice, String policy, @Nullable String rule, List<String> failedConditions) {

    static Verdict of(Policy policy, Choice choice) {
        return new Verdict(choice, policy.words(), null, List.of());
    }
}
