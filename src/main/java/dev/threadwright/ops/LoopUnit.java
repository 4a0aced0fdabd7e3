package dev.threadwright.ops;

import dev.threadwright.actor.Loop;
import dev.threadwright.actor.Ownership;
import dev.threadwright.ingress.Consumers;
import dev.threadwright.journal.Journal;
import dev.threadwright.relay.Relay;
import dev.threadwright.step.InProcessSteps;

/** One loop with all that belongs to it, from consumers to relay. */
record LoopUnit(
        String name,
        Journal journal,
        Journal claimJournal,
        Loop loop,
        Relay relay,
        Ownership ownership,
        Consumers consumers,
        InProcessSteps steps)
        implements AutoCloseable {

    void start() {
        relay.start();
        loop.start();
        consumers.start(ownership);
    }

    /** Gives the partitions back in order first; then there is nothing left to do for the others. */
    @Override
    public void close() {
        consumers.close();
        ownership.close();
        loop.close();
        relay.close();
        journal.close();
        claimJournal.close();
    }
}
