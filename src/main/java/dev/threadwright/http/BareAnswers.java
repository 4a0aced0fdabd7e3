package dev.threadwright.http;

import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.StoredJson;
import dev.threadwright.query.InterruptReads;
import dev.threadwright.query.OutcomeReads;
import dev.threadwright.query.OutcomeReads.Found;
import dev.threadwright.query.StoredInterrupt;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Outcome;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.vertx.MutinyHelper;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Answers that do not say what they are for. They are for what is pending when they come, not for what is when they are
 * decided: so they get its name before they are written, and cannot answer the question after it.
 */
@ApplicationScoped
public class BareAnswers {

    /** The same answer again within this time of the first is a second click. As in the owner of the thread. */
    static final long DOUBLE_CLICK_MS = 2_000;

    private final InterruptReads interrupts;
    private final OutcomeReads outcomes;
    private final Clock clock = Clock.systemUTC();

    BareAnswers(InterruptReads interrupts, OutcomeReads outcomes) {
        this.interrupts = interrupts;
        this.outcomes = outcomes;
    }

    /** The command, bound to an interrupt if need be. It stays as it came where there is none or no telling which. */
    Uni<CheckedCommand> bound(ResumeRequest request) {
        CheckedCommand asItCame = request.command();
        Json answer = request.bareAnswer();
        if (answer == null) {
            return Uni.createFrom().item(asItCame);
        }
        Executor context = MutinyHelper.executor(Vertx.currentContext());
        return interrupts
                .lately(request.thread(), request.run(), clock.millis() - DOUBLE_CLICK_MS)
                .map(lately -> request.forInterrupt().apply(interrupt(lately, answer)))
                .flatMap(now -> now.named()
                        ? likeBefore(request, now)
                        : Uni.createFrom().item(now))
                .emitOn(context);
    }

    /** What the answer is for; null if nobody can tell. @param lately the newest first */
    static @Nullable String interrupt(List<StoredInterrupt> lately, Json answer) {
        String pending = null;
        int asking = 0;
        for (StoredInterrupt interrupt : lately) {
            if (interrupt.settlement == null) {
                pending = interrupt.interrupt;
                asking++;
            } else if (isAnswerOf(interrupt.settlement, answer)) {
                return interrupt.interrupt;
            }
        }
        return asking == 1 ? pending : null;
    }

    /** Whether somebody gave this answer. What the thread's settings answer is no click. */
    private static boolean isAnswerOf(String settlement, Json answer) {
        return StoredJson.parse(settlement) instanceof Json.Obj fields
                && answer.equals(fields.get("answer"))
                && fields.get("via") instanceof Json.Text via
                && !via.value().equals(Command.SYSTEM);
    }

    /** A command that comes again is what it was: it would name another interrupt now, and conflict with itself. */
    private Uni<CheckedCommand> likeBefore(ResumeRequest request, CheckedCommand now) {
        return outcomes.find(List.of(now.outcomeKey()), List.of())
                .ifNoItem()
                .after(CommandGate.DUPLICATE_CHECK_TIMEOUT)
                .recoverWithItem(Found.NOTHING)
                .onFailure()
                .recoverWithItem(Found.NOTHING)
                .map(found -> found.outcomes().stream()
                        .flatMap(row -> candidates(request, now, row).stream().filter(same -> same.isAnsweredBy(row)))
                        .findFirst()
                        .orElse(now));
    }

    private static List<CheckedCommand> candidates(ResumeRequest request, CheckedCommand now, OutcomeRow row) {
        List<CheckedCommand> candidates = new ArrayList<>(List.of(now, request.command()));
        Outcome outcome = row.outcome() instanceof Outcome.Duplicate repeated ? repeated.first() : row.outcome();
        if (outcome instanceof Outcome.Resumed resumed && resumed.interrupts().size() == 1) {
            candidates.add(
                    request.forInterrupt().apply(resumed.interrupts().getFirst().value()));
        }
        return candidates;
    }
}
