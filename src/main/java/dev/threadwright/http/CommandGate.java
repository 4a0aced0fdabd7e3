package dev.threadwright.http;

import dev.threadwright.http.Waiter.Until;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.limit.Quota;
import dev.threadwright.limit.TenantQuotas;
import dev.threadwright.query.OutcomeReads;
import dev.threadwright.query.OutcomeReads.Found;
import dev.threadwright.thread.Outcome;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.vertx.MutinyHelper;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Sends a command on its way and waits for as much as its caller wants to know. */
@ApplicationScoped
public class CommandGate {

    static final int DEFAULT_TIMEOUT_MS = 30_000;
    static final int MAX_TIMEOUT_MS = 300_000;

    /** How long a caller with a key waits to be told that it was used before; then the loop will find out. */
    static final Duration DUPLICATE_CHECK_TIMEOUT = Duration.ofSeconds(1);

    private final CommandSender sender;
    private final Waiters waiters;
    private final OutcomeReads reads;
    private final TenantQuotas quotas;

    CommandGate(CommandSender sender, Waiters waiters, OutcomeReads reads, TenantQuotas quotas) {
        this.quotas = quotas;
        this.sender = sender;
        this.waiters = waiters;
        this.reads = reads;
    }

    /**
     * @param wait the query parameter: {@code decision} or {@code completion}; null for neither
     * @param timeout the query parameter: milliseconds; null for the default
     */
    Uni<Response> submit(CheckedCommand command, @Nullable String wait, @Nullable String timeout) {
        Until until = until(wait);
        Duration patience = timeout(timeout);
        if (until == null) {
            return send(command).map(sent -> Answers.accepted(command));
        }
        // Commits are told on the loop's thread, which has better things to do than writing answers.
        Executor context = MutinyHelper.executor(Vertx.currentContext());
        return decidedBefore(command)
                .flatMap(before -> before == null
                        ? sendAndWait(command, until, patience, context)
                        : waitOnly(command, before, until, patience, context));
    }

    /**
     * What was decided about it, or before about the same. Fails with a {@link ProblemException} if it was refused, or is
     * not decided in time.
     */
    Uni<Outcome> decide(CheckedCommand command) {
        return decided(command).map(OutcomeRow::outcome);
    }

    /** As {@link #decide}, with where on the thread that was. */
    Uni<OutcomeRow> decided(CheckedCommand command) {
        Executor context = MutinyHelper.executor(Vertx.currentContext());
        Duration patience = Duration.ofMillis(DEFAULT_TIMEOUT_MS);
        return decidedBefore(command)
                .flatMap(before -> {
                    Waiter waiter = waiters.register(command, Until.DECISION, patience);
                    if (before != null) {
                        waiter.told(before);
                        return waiter.answer();
                    }
                    return send(command)
                            .onFailure()
                            .invoke(waiter::drop)
                            .onCancellation()
                            .invoke(waiter::drop)
                            .flatMap(sent -> waiter.answer());
                })
                .emitOn(context)
                .map(answer -> Answers.decided(command, answer));
    }

    /** Fails with a {@link ProblemException} if it is an input that is one too many just now; then nothing is produced. */
    private Uni<Void> send(CheckedCommand command) {
        return Uni.createFrom().deferred(() -> {
            long waitMs =
                    command.isInput() ? quotas.inputOrWaitMs(command.thread().tenant()) : 0;
            return waitMs == 0
                    ? sender.send(command.record())
                    : Uni.createFrom().failure(new ProblemException(overQuota(waitMs)));
        });
    }

    /** Several at once, which count here and not when they are sent. Fails as one that is one too many. */
    Uni<List<CheckedCommand>> admitted(String tenant, List<CheckedCommand> commands) {
        return Uni.createFrom().deferred(() -> {
            int inputs = (int) commands.stream().filter(CheckedCommand::isInput).count();
            long waitMs = quotas.inputsOrWaitMs(tenant, inputs);
            return waitMs == 0
                    ? Uni.createFrom()
                            .item(commands.stream().map(CheckedCommand::counted).toList())
                    : Uni.createFrom().failure(new ProblemException(overQuota(waitMs)));
        });
    }

    private static Problem overQuota(long waitMs) {
        if (waitMs == TenantQuotas.NEVER) {
            return Problem.of(
                            ProblemType.QUOTA_EXCEEDED,
                            "These are more inputs than the tenant's quota lets come at once: send fewer. Nothing was done")
                    .with(Map.of(Problem.QUOTA, Json.of(Quota.Kind.INPUTS_PER_SECOND.key())));
        }
        return Problem.of(
                        ProblemType.QUOTA_EXCEEDED,
                        "The tenant's quota of inputs per second is used up on this server; try again in " + waitMs
                                + " ms. Nothing was done")
                .with(Map.of(
                        Problem.QUOTA,
                        Json.of(Quota.Kind.INPUTS_PER_SECOND.key()),
                        Problem.RETRY_AFTER_MS,
                        Json.of(waitMs)));
    }

    private Uni<Response> sendAndWait(CheckedCommand command, Until until, Duration patience, Executor context) {
        // Before it is sent, or it might be decided before anyone waits.
        Waiter waiter = waiters.register(command, until, patience);
        return send(command)
                .onFailure()
                .invoke(waiter::drop)
                .onCancellation()
                .invoke(waiter::drop)
                .flatMap(sent -> waiter.answer())
                .emitOn(context)
                .map(answer -> Answers.of(command, answer, false, until == Until.COMPLETION));
    }

    private Uni<Response> waitOnly(
            CheckedCommand command, OutcomeRow before, Until until, Duration patience, Executor context) {
        Waiter waiter = waiters.register(command, until, patience);
        waiter.told(before);
        return waiter.answer()
                .emitOn(context)
                .map(answer -> Answers.of(command, answer, true, until == Until.COMPLETION));
    }

    /** The outcome of the same command if it came before; null if it is new, or nobody can tell. */
    private Uni<@Nullable OutcomeRow> decidedBefore(CheckedCommand command) {
        if (!command.named()) {
            return Uni.createFrom().nullItem();
        }
        return reads.find(List.of(command.outcomeKey(), command.conflictKey()), List.of())
                .ifNoItem()
                .after(DUPLICATE_CHECK_TIMEOUT)
                .recoverWithItem(Found.NOTHING)
                .onFailure()
                .recoverWithItem(Found.NOTHING)
                .map(found -> found.outcomes().stream()
                        .filter(command::isAnsweredBy)
                        .findFirst()
                        .orElse(null));
    }

    private static @Nullable Until until(@Nullable String wait) {
        return switch (wait) {
            case null -> null;
            case "decision" -> Until.DECISION;
            case "completion" -> Until.COMPLETION;
            default ->
                throw new ProblemException(
                        Problem.of(ProblemType.INVALID_REQUEST, "Query parameter wait must be decision or completion"));
        };
    }

    private static Duration timeout(@Nullable String timeout) {
        return Duration.ofMillis(
                QueryNumbers.read("timeout (milliseconds)", timeout, 1, MAX_TIMEOUT_MS, DEFAULT_TIMEOUT_MS));
    }
}
