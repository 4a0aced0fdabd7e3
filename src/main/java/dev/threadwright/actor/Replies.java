package dev.threadwright.actor;

import dev.threadwright.journal.Batch;

/** Tells callers who wait on this instance what was committed. Must return at once and never throw. */
@FunctionalInterface
public interface Replies {

    void committed(Batch batch);
}
