package dev.threadwright.thread.policy;

import dev.threadwright.thread.Input;

/** What a policy is asked with. The judges are given along because conditions and custom policies are not the core's. */
public record Question(Input input, Situation situation, Judges judges) {}
