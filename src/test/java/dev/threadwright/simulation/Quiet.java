package dev.threadwright.simulation;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** No logs while a simulation runs: whoever writes them has threads and locks of their own. */
final class Quiet {

    private static final Logger ENGINE = Logger.getLogger("dev.threadwright");
    private static @Nullable Level level;

    private Quiet() {}

    static void begin() {
        level = ENGINE.getLevel();
        ENGINE.setLevel(Level.OFF);
    }

    static void end() {
        ENGINE.setLevel(level);
    }
}
