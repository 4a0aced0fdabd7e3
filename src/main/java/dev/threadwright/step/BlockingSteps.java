package dev.threadwright.step;

import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Gives each call of a blocking handler a virtual thread, and interrupts it when it is cancelled. */
record BlockingSteps(BlockingStepHandler handler) implements StepHandler {

    private static final ExecutorService THREADS = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("threadwright-step-", 0).factory());

    @Override
    public String name() {
        return handler.name();
    }

    @Override
    public Uni<Json> handle(StepContext context) {
        return Uni.createFrom().emitter(emitter -> {
            Future<?> running = THREADS.submit(() -> {
                try {
                    emitter.complete(handler.handle(context));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    emitter.fail(e);
                } catch (Exception | StackOverflowError e) {
                    emitter.fail(e);
                }
            });
            emitter.onTermination(() -> running.cancel(true));
        });
    }
}
