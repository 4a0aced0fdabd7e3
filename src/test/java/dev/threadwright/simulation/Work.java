package dev.threadwright.simulation;

import dev.threadwright.simulation.Timeline.Process;
import dev.threadwright.step.StepContext;
import dev.threadwright.step.StepHandler;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import java.util.random.RandomGenerator;

/** A handler that takes its time, and may fail. */
final class Work implements StepHandler {

    private final String name;
    private final Process process;
    private final RandomGenerator random;
    private final Auditor auditor;

    Work(String name, Process process, RandomGenerator random, Auditor auditor) {
        this.name = name;
        this.process = process;
        this.random = random;
        this.auditor = auditor;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Uni<Json> handle(StepContext context) {
        auditor.begun(name, context);
        long ms = random.nextInt(10) == 0 ? random.nextInt(5_000) : random.nextInt(300);
        boolean fails = name.equals(Trades.FLAKY) && random.nextInt(3) == 0;
        return Uni.createFrom()
                .emitter(emitter -> process.later(ms, name, () -> {
                    if (fails) {
                        emitter.fail(new IllegalStateException("It did not work"));
                    } else {
                        emitter.complete(Json.object("last", Json.of(context.idempotencyKey())));
                    }
                }));
    }
}
