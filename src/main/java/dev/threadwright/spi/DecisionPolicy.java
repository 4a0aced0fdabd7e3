package dev.threadwright.spi;

import dev.threadwright.thread.Input;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.Situation;

/**
 * Decides by code what an input does to the work that is running. A CDI bean with {@code @Named} or
 * {@code @Identifier}; a policy {@code {"type":"custom","name":"..."}} refers to it by that name.
 *
 * <ul>
 *   <li>It must depend on its arguments alone: after a failed commit the same input is decided again.
 *   <li>It must not block: all threads of the partition wait for it. It is called by several threads.
 *   <li>If it throws, the input is rejected with "Policy failed", and the message is recorded.
 * </ul>
 */
@FunctionalInterface
public interface DecisionPolicy {

    /** The policy that decides this input; not a custom one. */
    Policy choose(Input input, Situation situation);
}
