package dev.threadwright.faults.campaign;

import dev.threadwright.faults.ServerProcess;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One of the servers, with what stands between it and the others. */
final class Node implements AutoCloseable {
    private final String name;
    private final Map<String, String> configuration;
    private final Proxy postgres;
    private final Proxy kafka;
    private final @Nullable Clock clock;
    private volatile @Nullable ServerProcess process;

    Node(String name, Map<String, String> configuration, Proxy postgres, Proxy kafka, @Nullable Clock clock) {
        this.name = name;
        this.configuration = new HashMap<>(configuration);
        this.postgres = postgres;
        this.kafka = kafka;
        this.clock = clock;
    }

    String name() {
        return name;
    }

    Proxy proxy(Target target) {
        return switch (target) {
            case POSTGRES -> postgres;
            case KAFKA -> kafka;
        };
    }

    void start() {
        process = ServerProcess.start(name, configuration, clock == null ? Map.of() : clock.environment());
    }

    /** What is wrong with it, in its own words; empty if nothing is. */
    String trouble() {
        ServerProcess running = process;
        if (running == null || !running.isAlive()) {
            return name + " does not run";
        }
        String readiness = running.readiness();
        return readiness.startsWith("200") ? "" : name + ": " + readiness.replaceAll("\\s+", " ");
    }

    String url() {
        return running().url();
    }

    boolean isAlive() {
        ServerProcess running = process;
        return running != null && running.isAlive();
    }

    void kill() {
        try {
            running().kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void terminate() throws InterruptedException {
        running().terminate();
    }

    void freeze() {
        running().freeze();
    }

    void thaw() {
        if (isAlive()) {
            running().thaw();
        }
    }

    void setClock(long offsetMs) throws IOException {
        if (clock == null) {
            throw new IllegalStateException("There is no clock to set");
        }
        clock.set(offsetMs);
    }

    private ServerProcess running() {
        ServerProcess running = process;
        if (running == null) {
            throw new IllegalStateException(name + " was never started");
        }
        return running;
    }

    @Override
    public void close() throws InterruptedException {
        ServerProcess running = process;
        if (running != null) {
            running.close();
        }
        postgres.close();
        kafka.close();
    }
}
