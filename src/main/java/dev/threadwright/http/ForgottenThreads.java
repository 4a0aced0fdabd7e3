package dev.threadwright.http;

import dev.threadwright.ending.ThreadDeletions;
import dev.threadwright.thread.ThreadKey;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.vertx.MutinyHelper;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Deletes threads of runs that had none, when those have ended. */
@ApplicationScoped
class ForgottenThreads implements ThreadDeletions {

    /** For those who follow the run on another server to read its end. */
    static final Duration GRACE = Duration.ofSeconds(2);

    private final CommandGate gate;
    private final Commands commands;
    private final Vertx vertx;

    ForgottenThreads(CommandGate gate, Commands commands, Vertx vertx) {
        this.gate = gate;
        this.commands = commands;
        this.vertx = vertx;
    }

    @Override
    public CompletionStage<Void> delete(ThreadKey thread) {
        Executor context = MutinyHelper.executor(vertx.getOrCreateContext());
        return Uni.createFrom()
                .voidItem()
                .onItem()
                .delayIt()
                .by(GRACE)
                .emitOn(context)
                .flatMap(due -> gate.decided(commands.forgetThread(thread)))
                .replaceWithVoid()
                .onFailure(ThreadsResource::isUnknown)
                .recoverWithNull()
                .subscribeAsCompletionStage();
    }
}
