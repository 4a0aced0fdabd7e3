package dev.threadwright.ops;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the loops run and work on every partition that is assigned to them. */
@Readiness
@ApplicationScoped
public class EngineHealth implements HealthCheck {

    private final EngineStartup startup;

    EngineHealth(EngineStartup startup) {
        this.startup = startup;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named("engine");
        if (startup.isEnding()) {
            return response.down().withData("phase", "ending").build();
        }
        Engine engine = startup.engine();
        if (engine == null) {
            return response.down()
                    .withData("phase", String.valueOf(startup.waitingFor()))
                    .build();
        }
        boolean up = true;
        Set<Integer> owned = new TreeSet<>();
        Set<Integer> pending = new TreeSet<>();
        int setAside = 0;
        for (LoopUnit unit : engine.units()) {
            owned.addAll(unit.ownership().held());
            pending.addAll(unit.ownership().pending());
            if (!unit.consumers().hasJoined()) {
                up &= trouble(response, unit.name(), "joining the consumer group");
            }
            up &= trouble(response, unit.name() + ".publishing", unit.relay().trouble());
            up &= trouble(response, unit.name() + ".consuming", unit.consumers().trouble());
            up &= trouble(response, unit.name() + ".deciding", unit.loop().trouble());
            up &= trouble(response, unit.name() + ".timers", unit.ownership().trouble());
            for (Map.Entry<Integer, String> stopped : unit.ownership().stopped().entrySet()) {
                up &= trouble(response, "partition-" + stopped.getKey(), stopped.getValue());
            }
            String saturated = Saturation.of(unit);
            if (saturated != null) {
                // It works as fast as it can, so it is ready; more of it is what others have to wait for.
                response.withData(unit.name() + ".saturated", saturated);
            }
            setAside += unit.loop().load().setAside();
        }
        response.withData("partitions", owned.toString());
        if (setAside > 0) {
            response.withData("threads-set-aside", setAside);
        }
        if (!pending.isEmpty()) {
            response.withData("claiming", pending.toString());
            up = false;
        }
        return response.status(up).build();
    }

    private static boolean trouble(
            HealthCheckResponseBuilder response, String name, @org.jspecify.annotations.Nullable String trouble) {
        if (trouble == null) {
            return true;
        }
        response.withData(name, trouble);
        return false;
    }
}
