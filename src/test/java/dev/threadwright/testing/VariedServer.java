package dev.threadwright.testing;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * A server that has what few tests want: limits, a circuit that opens soon, logs in a file, spans, and recurring work that recurs often. One
 * for all of them, because each start of a server takes longer than their tests; none of the settings changes what the others' tests see.
 */
public final class VariedServer implements QuarkusTestProfile {

    public static final String LIMITED = "limited-card";
    public static final Path LOG = Path.of("target", "json-logs", "threadwright.log");

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
        return Set.of(RecordedFirings.class);
    }

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.ofEntries(
                Map.entry("threadwright.actions.limits." + LIMITED + ".concurrency", "1"),
                Map.entry("threadwright.actions.limits.\"http/api.example.com\".rate", "5"),
                Map.entry("threadwright.actions.limits.chat/default.concurrency", "8"),
                Map.entry("threadwright.actions.circuit.window", "2"),
                Map.entry("threadwright.actions.circuit.minimum", "2"),
                Map.entry("threadwright.actions.circuit.probes", "1"),
                Map.entry("threadwright.actions.circuit.pause", "300ms"),
                Map.entry("quarkus.log.file.enabled", "true"),
                Map.entry("quarkus.log.file.json.enabled", "true"),
                Map.entry("quarkus.log.file.path", LOG.toString()),
                Map.entry("threadwright.webhooks.allow-private", "true"),
                Map.entry("quarkus.otel.sdk.disabled", "false"),
                Map.entry("quarkus.otel.traces.exporter", "none"),
                Map.entry("threadwright.crons.tick", "50ms"),
                Map.entry("threadwright.store.sweep", "50ms"),
                Map.entry("threadwright.dead-letters.sweep", "50ms"));
    }
}
