package dev.threadwright.actor;

import dev.threadwright.journal.OutboxRow;

/** Understands again what was parked while its thread was set aside. */
@FunctionalInterface
public interface Parked {

    /** What its record asks for now. */
    Work work(OutboxRow letter);
}
