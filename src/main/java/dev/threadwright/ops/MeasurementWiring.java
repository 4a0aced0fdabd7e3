package dev.threadwright.ops;

import dev.threadwright.actor.Measurements;
import dev.threadwright.ingress.ReceivedTrace;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Who measures the engine. */
@Singleton
class MeasurementWiring {

    private static final String NAME = "dev.threadwright";

    /** Null where there are no traces: then nothing is done for any. */
    private final @Nullable EngineSpans spans;

    MeasurementWiring(@ConfigProperty(name = "quarkus.otel.sdk.disabled") boolean isDisabled, OpenTelemetry telemetry) {
        spans = isDisabled ? null : new EngineSpans(telemetry.getTracer(NAME), System::currentTimeMillis);
    }

    @Produces
    @Singleton
    Measurements measurements(ThreadwrightConfig config, MeterRegistry meters) {
        EngineMeters counted = new EngineMeters(meters, roles(config), System::currentTimeMillis);
        return new SafeMeasurements(spans == null ? List.of(counted) : List.of(counted, spans));
    }

    @Produces
    @Singleton
    ReceivedTrace receivedTrace() {
        return spans == null ? ReceivedTrace.AS_SENT : safe(spans);
    }

    /** A record is not refused because nobody can trace it. */
    static ReceivedTrace safe(ReceivedTrace traces) {
        SafeMeasurements measurements = new SafeMeasurements(List.of());
        return (record, type, sent) -> {
            try {
                return traces.of(record, type, sent);
            } catch (RuntimeException e) {
                measurements.failed(e);
                return sent;
            }
        };
    }

    /** What the inbound topics of all tenants are for, by what they are called here. */
    static Map<String, String> roles(ThreadwrightConfig config) {
        Map<String, String> roles = new HashMap<>();
        TenantTopics.of(config).inbound().forEach((topic, role) -> roles.put(topic, role.word()));
        return roles;
    }
}
