package dev.threadwright.actor;

import dev.threadwright.thread.Command;

/** Where a step's result goes whose partition has left this loop: to whoever owns it now. */
@FunctionalInterface
public interface Strays {

    void forward(Command result);
}
