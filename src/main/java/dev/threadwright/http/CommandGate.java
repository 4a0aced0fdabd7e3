package dev.threadwright.http;

import dev.threadwright.http.Waiter.Until;
import dev.threadwright.journal.Batch.OutcomeKey;
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
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sends a command on its way and waits for as much as its caller wants to know. */
@ApplicationScoped
public class CommandGate {

    /**
     * How long a caller with a key waits to be told that it was used before; then the loop will find out. A database that is
     * away says so at once; one that is only slow is worth waiting for.
     */
    static final Duration DUPLICATE_CHECK_TIMEOUT = Duration.ofSeconds(5);

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

    /** Fails with a {@link ProblemException} if it is refused. */
    Uni<Response> submit(CheckedCommand command, WaitQuery wait) {
        Until until = wait.until();
        Duration patience = wait.patience();
        if (until == null) {
            return send(command).map(sent -> Answers.accepted(command));
        }
        // Commits are told on the loop's thread, which has better things to do than writing answers.
        Executor context = MutinyHelper.executor(Vertx.currentContext());
        return before(command).flatMap(before -> {
            // Registered before it is sent, or it might be decided before anyone waits.
            Waiter waiter = waiters.register(command, until, patience);
            return answered(command, before, waiter)
                    .emitOn(context)
                    .map(answer -> Answers.of(command, answer, before.isDuplicate(), until == Until.COMPLETION));
        });
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
        Duration patience = Duration.ofMillis(WaitQuery.DEFAULT_TIMEOUT_MS);
        return before(command).flatMap(before -> {
            Waiter waiter = waiters.register(command, Until.DECISION, patience);
            return answered(command, before, waiter)
                    .emitOn(context)
                    .map(answer -> Answers.decided(command, answer, before.isDuplicate()));
        });
    }

    /** What is decided before is not sent again. */
    private Uni<Waiter.Answer> answered(CheckedCommand command, Before before, Waiter waiter) {
        if (before.outcome() != null) {
            waiter.told(before.outcome());
            return waiter.answer();
        }
        return send(command)
                .onFailure()
                .invoke(waiter::drop)
                .onCancellation()
                .invoke(waiter::drop)
                .flatMap(sent -> waiter.answer());
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

    /**
     * Several at once, which count here and not when they are sent; those that were decided before do not. Fails as one that is
     * one too many.
     */
    Uni<List<CheckedCommand>> admitted(String tenant, List<CheckedCommand> commands) {
        // Looking may end elsewhere, and sending begins where the request is.
        Executor context = MutinyHelper.executor(Vertx.currentContext());
        return earlier(commands).emitOn(context).map(found -> {
            int inputs = (int) commands.stream()
                    .filter(CheckedCommand::isInput)
                    .filter(command -> outcome(command, found) == null)
                    .count();
            long waitMs = inputs == 0 ? 0 : quotas.inputsOrWaitMs(tenant, inputs);
            if (waitMs != 0) {
                throw new ProblemException(overQuota(waitMs));
            }
            return commands.stream().map(CheckedCommand::counted).toList();
        });
    }

    private static Problem overQuota(long waitMs) {
        if (waitMs == TenantQuotas.NEVER) {
            // Waiting does not help, which is what 429 says.
            return new Problem(
                    ProblemType.QUOTA_EXCEEDED,
                    422,
                    "These are more inputs than the tenant's quota lets come at once: send fewer. Nothing was done",
                    List.of(),
                    Map.of(Problem.QUOTA, Json.of(Quota.Kind.INPUTS_PER_SECOND.key())));
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

    /**
     * What is known of a command before it is sent.
     *
     * @param outcome of the same command if it came before; null if it is new, or nobody can tell
     * @param isDuplicate null if nobody can tell
     */
    private record Before(
            @Nullable OutcomeRow outcome, @Nullable Boolean isDuplicate) {}

    private Uni<Before> before(CheckedCommand command) {
        return earlier(List.of(command)).map(found -> {
            OutcomeRow outcome = outcome(command, found);
            return new Before(outcome, found.isEmpty() ? null : (Boolean) (outcome != null));
        });
    }

    /** What became of these if they came before; empty if nobody can tell. */
    private Uni<Optional<Found>> earlier(List<CheckedCommand> commands) {
        List<OutcomeKey> keys = commands.stream()
                .filter(CheckedCommand::named)
                .flatMap(command -> Stream.of(command.outcomeKey(), command.conflictKey()))
                .toList();
        if (keys.isEmpty()) {
            return Uni.createFrom().item(Optional.of(Found.NOTHING));
        }
        return reads.find(keys, List.of())
                .map(Optional::of)
                .ifNoItem()
                .after(DUPLICATE_CHECK_TIMEOUT)
                .recoverWithItem(Optional.empty())
                .onFailure()
                .recoverWithItem(Optional.empty());
    }

    private static @Nullable OutcomeRow outcome(CheckedCommand command, Optional<Found> found) {
        return found.flatMap(all ->
                        all.outcomes().stream().filter(command::isAnsweredBy).findFirst())
                .orElse(null);
    }
}
