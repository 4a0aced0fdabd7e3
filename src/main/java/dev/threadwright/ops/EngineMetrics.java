package dev.threadwright.ops;

import dev.threadwright.actor.LoopLoad;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.function.ToDoubleFunction;

/** What the loops of this server hold, each summed up over them: how near they are to their limits. */
@ApplicationScoped
public class EngineMetrics {

    private final EngineStartup startup;
    private final MeterRegistry meters;

    EngineMetrics(EngineStartup startup, MeterRegistry meters) {
        this.startup = startup;
        this.meters = meters;
    }

    void onStart(@Observes StartupEvent event) {
        load("threadwright.mailbox.works", "Works that wait to be decided", LoopLoad::mailboxWorks);
        load("threadwright.mailbox.bytes", "Bytes of works that wait to be decided", LoopLoad::mailboxBytes);
        load("threadwright.commit.works", "Works of commits under way", LoopLoad::committingWorks);
        load("threadwright.actors", "Threads kept in memory", LoopLoad::actors);
        load("threadwright.actors.bytes", "Estimated bytes of the threads kept in memory", LoopLoad::actorBytes);
        load(
                "threadwright.threads.set.aside",
                "Threads of this server that are not decided on until they are released",
                LoopLoad::setAside);
        gauge(
                "threadwright.backlog.publications",
                "Publications that are committed and not on Kafka yet",
                unit -> unit.relay().backlog().publications());
        gauge(
                "threadwright.backlog.bytes",
                "Bytes of the publications of the backlog",
                unit -> unit.relay().backlog().bytes());
        gauge(
                "threadwright.steps.running",
                "Calls of handlers under way",
                unit -> unit.steps().running());
        gauge(
                "threadwright.consuming.paused",
                "Loops that consume nothing, because too much waits",
                unit -> unit.loop().isSaturated() ? 1 : 0);
        gauge(
                "threadwright.partitions.owned",
                "Partitions that this server works on",
                unit -> unit.ownership().held().size());
        gauge(
                "threadwright.partitions.stopped",
                "Partitions that wait for a person",
                unit -> unit.ownership().stopped().size());
    }

    private void load(String name, String description, ToDoubleFunction<LoopLoad> of) {
        gauge(name, description, unit -> of.applyAsDouble(unit.loop().load()));
    }

    private void gauge(String name, String description, ToDoubleFunction<LoopUnit> of) {
        Gauge.builder(name, startup, engine -> sum(engine, of))
                .description(description)
                .strongReference(true)
                .register(meters);
    }

    private static double sum(EngineStartup startup, ToDoubleFunction<LoopUnit> of) {
        Engine engine = startup.engine();
        return engine == null ? 0 : engine.units().stream().mapToDouble(of).sum();
    }
}
