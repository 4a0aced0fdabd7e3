package dev.threadwright.step;

import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;

/** Lets time pass: {@code ms} milliseconds, then null. A run that was interrupted by a crash waits anew. */
@ApplicationScoped
public class DelayHandler implements StepHandler {

    @Override
    public String name() {
        return "delay";
    }

    @Override
    public Uni<Json> handle(StepContext context) {
        if (!(context.input() instanceof Json.Obj object) || !(object.get("ms") instanceof Json.Num ms)) {
            return Uni.createFrom().failure(new StepRefusedException("delay needs a number ms"));
        }
        Uni<Json> done = Uni.createFrom().item(Json.NULL);
        return ms.value().signum() == 0
                ? done
                : done.onItem()
                        .delayIt()
                        .by(Duration.ofMillis(Math.max(1, ms.value().longValue())));
    }
}
