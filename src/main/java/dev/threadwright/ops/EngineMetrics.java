package dev.threadwright.ops;

import dev.threadwright.actor.LoopLoad;
import dev.threadwright.relay.Relay;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What the loops of this server hold, each summed up over them: how near they are to their limits. */
@ApplicationScoped
public class EngineMetrics {

    private final ThreadwrightConfig config;
    private final EngineStartup startup;
    private final MeterRegistry meters;

    EngineMetrics(ThreadwrightConfig config, EngineStartup startup, MeterRegistry meters) {
        this.config = config;
        this.startup = startup;
        this.meters = meters;
    }

    void onStart(@Observes StartupEvent event) {
        Gauge.builder("threadwright.engine.running", startup, engine -> engine.engine() == null ? 0 : 1)
                .description("Whether Postgres and Kafka were reached since the start, and the loops run")
                .strongReference(true)
                .register(meters);
        most(
                "threadwright.mailbox.fill",
                "How full the fullest loop's mailbox is, in works or bytes; consuming pauses at 1",
                "ratio",
                unit -> mailboxFill(unit.loop().load()));
        most(
                "threadwright.backlog.fill",
                "How full the fullest relay's backlog is, in publications or bytes; consuming pauses at 1",
                "ratio",
                unit -> backlogFill(unit.relay().backlog()));
        most(
                "threadwright.backlog.age",
                "For how long the oldest publication is committed and not on Kafka",
                "seconds",
                unit -> unit.relay().backlogAgeNanos() / 1e9);
        gauge(
                "threadwright.kafka.troubles",
                "Consumers and relays that Kafka keeps from working",
                unit -> (unit.consumers().trouble() == null ? 0 : 1)
                        + (unit.relay().trouble() == null ? 0 : 1));
        gauge(
                "threadwright.partitions.claiming",
                "Partitions that are assigned to this server and not worked on yet",
                unit -> unit.ownership().pending().size());
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

    private void most(String name, String description, String unit, ToDoubleFunction<LoopUnit> of) {
        Gauge.builder(
                        name,
                        startup,
                        engine -> units(engine).mapToDouble(of).max().orElse(0))
                .description(description)
                .baseUnit(unit)
                .strongReference(true)
                .register(meters);
    }

    private double mailboxFill(LoopLoad load) {
        return Math.max(
                (double) load.mailboxWorks() / config.limits().mailboxCount(),
                (double) load.mailboxBytes() / config.limits().mailboxBytes());
    }

    private static double backlogFill(Relay.Backlog backlog) {
        return Math.max(
                (double) backlog.publications() / Relay.MAX_BACKLOG,
                (double) backlog.bytes() / Relay.MAX_BACKLOG_BYTES);
    }

    private static double sum(EngineStartup startup, ToDoubleFunction<LoopUnit> of) {
        return units(startup).mapToDouble(of).sum();
    }

    private static Stream<LoopUnit> units(EngineStartup startup) {
        Engine engine = startup.engine();
        return engine == null ? Stream.empty() : engine.units().stream();
    }
}
