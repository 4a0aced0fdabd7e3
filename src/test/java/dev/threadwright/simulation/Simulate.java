package dev.threadwright.simulation;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Runs histories, as many as are asked for. */
public final class Simulate {
    private static Simulation current;

    private Simulate() {}

    public static void main(String[] arguments) {
        long from = Long.parseLong(arguments[0]);
        long to = Long.parseLong(arguments[1]);
        Logger root = Logger.getLogger("dev.threadwright");
        root.setUseParentHandlers(false);
        root.setLevel(Boolean.getBoolean("log") ? Level.FINE : Level.OFF);
        root.addHandler(new Handler() {
            {
                setLevel(Level.ALL);
            }

            public void publish(LogRecord r) {
                System.out.println(
                        current.elapsedMs() + " " + Thread.currentThread().getName() + " " + r.getLevel() + " "
                                + new org.jboss.logmanager.formatters.PatternFormatter("%m%e")
                                        .format(org.jboss.logmanager.ExtLogRecord.wrap(r)));
            }

            public void flush() {}

            public void close() {}
        });
        long t = System.nanoTime();
        for (long seed = from; seed < to; seed++) {
            current = new Simulation(seed);
            Simulation.Result r = current.run();
            if (to - from < 100) System.out.println(r);
        }
        System.out.println((System.nanoTime() - t) / 1e6 / (to - from) + " ms each");
    }
}
