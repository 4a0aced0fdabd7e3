package dev.threadwright.thread.policy;

import dev.threadwright.thread.Input;

/** Evaluates what policies refer to by text or by name. Answers depend on the arguments alone. */
public interface Judges {

    /** @throws RuntimeException with a message for people if the condition cannot be evaluated on this input */
    boolean holds(String condition, Input input, Situation situation);

    /**
     * The policy that the custom policy of this name wants for this input.
     *
     * @throws RuntimeException with a message for people if there is none of this name, or it fails
     */
    Policy choose(String name, Input input, Situation situation);
}
