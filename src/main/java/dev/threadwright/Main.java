package dev.threadwright;

import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Starts the servers that nobody configured, then Quarkus. They come before it and go after it, because its data
 * sources and clients want them throughout; a CDI bean could do neither.
 */
@QuarkusMain
public final class Main {
    private static final List<String> BROKER_LOGS = List.of("org.apache.kafka", "kafka", "state.change.logger");

    public static void main(String... args) {
        quietBroker();
        new Launch(CommandLine.of(args)).begin();
    }

    /** The broker starts before Quarkus has set the log levels that application.properties gives. */
    private static void quietBroker() {
        for (String category : BROKER_LOGS) {
            Logger.getLogger(category).setLevel(Level.WARNING);
        }
        // A quick start has the broker ask before the controller is one; it asks again.
        Logger.getLogger("kafka.server.ControllerApis").setLevel(Level.OFF);
    }
}
