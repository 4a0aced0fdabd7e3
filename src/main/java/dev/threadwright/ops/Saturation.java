package dev.threadwright.ops;

import dev.threadwright.actor.LoopLoad;
import dev.threadwright.relay.Relay;
import org.jspecify.annotations.Nullable;

/** Why a loop consumes nothing for now, in words. */
final class Saturation {

    private Saturation() {}

    /** Null if it consumes. */
    static @Nullable String of(LoopUnit unit) {
        return unit.loop().isSaturated()
                ? words(unit.loop().load(), unit.relay().backlog(), unit.relay().isSaturated())
                : null;
    }

    static String words(LoopLoad load, Relay.Backlog backlog, boolean isRelay) {
        return isRelay
                ? "consuming pauses until Kafka takes what is committed: " + backlog.publications()
                        + " publications wait, with " + backlog.bytes() + " bytes"
                : "consuming pauses until Postgres has taken what waits to be decided: " + load.mailboxWorks()
                        + " works with " + load.mailboxBytes() + " bytes";
    }
}
