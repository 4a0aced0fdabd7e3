package dev.threadwright.thread;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** A run's name, a UUID in its canonical form. */
public record RunId(String value) {

    /** The run that takes in what this run left unconsumed: derived, so that deciding again names it the same. */
    RunId followUp() {
        return new RunId(UUID.nameUUIDFromBytes((value + "/follow-up").getBytes(StandardCharsets.UTF_8))
                .toString());
    }

    /** The leg with this number, if nobody has named it. */
    RunId leg(int number) {
        return new RunId(UUID.nameUUIDFromBytes((value + "/leg-" + number).getBytes(StandardCharsets.UTF_8))
                .toString());
    }

    @Override
    public String toString() {
        return value;
    }
}
