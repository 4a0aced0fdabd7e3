package dev.threadwright.ops;

import dev.threadwright.actor.Measurements;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;

/** Who measures the engine. */
@Singleton
class MeasurementWiring {

    @Produces
    @Singleton
    static Measurements measurements(ThreadwrightConfig config, MeterRegistry meters) {
        return new EngineMeters(meters, roles(config.topics()), System::currentTimeMillis);
    }

    /** What the inbound topics are for, by what they are called here. */
    static Map<String, String> roles(ThreadwrightConfig.Topics topics) {
        return Map.of(topics.input(), "input", topics.commands(), "commands", topics.results(), "results");
    }
}
