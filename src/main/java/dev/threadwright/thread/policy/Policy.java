package dev.threadwright.thread.policy;

/**
 * The configured rule for an input that nothing waits for. It is asked with the situation of the thread and answers
 * with a {@link Choice}; an idle thread starts the run under every policy but rules and custom ones that say otherwise.
 *
 * <p>To add one: a record here, its form in {@link PolicyForm}, its rows in the policy table test, its row in the
 * reference.
 */
public sealed interface Policy
        permits InterruptPolicy,
                ParallelPolicy,
                MergePolicy,
                RejectPolicy,
                QueuePolicy,
                RollbackPolicy,
                RulesPolicy,
                CustomPolicy {

    Verdict decide(Question question);

    /** As it is written on records of decisions: {@code queue(max=100)}. */
    String words();
}
