package dev.threadwright.limit;

import dev.threadwright.actor.Turns.Turn;
import java.util.LinkedHashMap;
import java.util.Map;

/** Attempts that wait for the same target, first come first. */
final class Lane {

    private final Key key;
    private final Map<Turnstile.AttemptKey, Turn> waiting = new LinkedHashMap<>();

    /** @param target see {@link dev.threadwright.thread.Target} */
    record Key(String tenant, String target) {}

    Lane(Key key) {
        this.key = key;
    }

    Key key() {
        return key;
    }

    Map<Turnstile.AttemptKey, Turn> waiting() {
        return waiting;
    }
}
