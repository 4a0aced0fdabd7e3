package dev.threadwright.http;

import dev.threadwright.http.CommandAnswer.InputId;
import dev.threadwright.http.CommandAnswer.RunResult;
import dev.threadwright.http.Waiter.Answer;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.limit.Quota;
import dev.threadwright.query.OutcomeReads.RunHalt;
import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.RunId;
import dev.threadwright.workflow.Json;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What callers are told about their commands. */
final class Answers {

    private Answers() {}

    /** Written, and that is all that is known. */
    static Response accepted(CheckedCommand command) {
        return response(202, command, new Told(null, null, null, null), null, null, null);
    }

    /**
     * @param decidedBefore whether it was decided before it was sent now; null if nobody can tell
     * @throws ProblemException if it was refused or set aside
     */
    static Response of(CheckedCommand command, Answer answer, @Nullable Boolean decidedBefore, boolean complete) {
        OutcomeRow row = answer.outcome();
        if (row == null && answer.deadLetter() == null) {
            return accepted(command);
        }
        Boolean duplicate = row == null ? decidedBefore : isDuplicate(row, decidedBefore);
        Told told = told(outcome(command, answer, decidedBefore));
        RunHalt halt = answer.halt();
        boolean isOpen = complete && told.run != null && (halt == null || !halt.isEnd());
        return response(isOpen ? 202 : 200, command, told, row == null ? null : (Long) row.seq(), duplicate, halt);
    }

    private static Told told(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Started started -> Told.of("started", started.run());
            case Outcome.Merged merged -> Told.of("merged", merged.run());
            case Outcome.Queued queued -> Told.of("queued", queued.run());
            case Outcome.Resumed resumed -> Told.of("resumed", resumed.run());
            case Outcome.Kept kept -> Told.of("kept", kept.run());
            case Outcome.Cancelled cancelled ->
                new Told(
                        "cancelled",
                        null,
                        cancelled.runs().stream().map(RunId::value).toList(),
                        null);
            case Outcome.Applied ignored -> new Told("applied", null, null, null);
            case Outcome.Unchanged unchanged -> new Told("unchanged", null, null, unchanged.message());
            case Outcome.Rejected rejected -> throw new IllegalStateException("A refusal is thrown: " + rejected);
            case Outcome.Invalid invalid -> throw new IllegalStateException("A refusal is thrown: " + invalid);
            case Outcome.Duplicate nested -> throw new IllegalStateException("A duplicate of a duplicate: " + nested);
        };
    }

    /**
     * What was decided, or was decided before about the same.
     *
     * @param decidedBefore see {@link #of}
     * @throws ProblemException if it was refused, set aside, or is not decided yet
     */
    static Outcome outcome(CheckedCommand command, Answer answer, @Nullable Boolean decidedBefore) {
        OutcomeRow row = answer.outcome();
        if (answer.deadLetter() != null) {
            throw new ProblemException(Problem.of(
                            ProblemType.SET_ASIDE,
                            "It is kept in the dead-letter topic and was not decided: " + answer.deadLetter())
                    .with(concerning(command)));
        }
        if (row == null) {
            throw new ProblemException(Problem.of(
                            ProblemType.UNDECIDED,
                            "It is written, and nobody has decided it yet; to ask again safely, use the same"
                                    + " Idempotency-Key")
                    .with(concerning(command)));
        }
        Boolean duplicate = isDuplicate(row, decidedBefore);
        Outcome outcome = row.outcome() instanceof Outcome.Duplicate repeated ? repeated.first() : row.outcome();
        if (outcome instanceof Outcome.Rejected rejected) {
            throw refused(
                    command,
                    row,
                    duplicate,
                    type(rejected.reason()),
                    rejected.reason(),
                    rejected.reason() == Rejection.POLICY_FAILED
                            ? rejected.message() + "; why is in the event: GET " + thread(command) + "/events?from="
                                    + row.seq() + "&limit=1"
                            : rejected.message());
        }
        if (outcome instanceof Outcome.Invalid invalid) {
            Rejection told = quota(invalid.reason()) == null ? null : invalid.reason();
            throw refused(command, row, duplicate, type(invalid.reason()), told, invalid.message());
        }
        return outcome;
    }

    /** The loop may find out what could not be looked up. */
    private static @Nullable Boolean isDuplicate(OutcomeRow row, @Nullable Boolean decidedBefore) {
        return row.outcome() instanceof Outcome.Duplicate ? Boolean.TRUE : decidedBefore;
    }

    /**
     * @param decidedBefore see {@link #of}
     * @throws ProblemException if it was refused or set aside, or is not decided
     */
    static OutcomeRow decided(CheckedCommand command, Answer answer, @Nullable Boolean decidedBefore) {
        Outcome outcome = outcome(command, answer, decidedBefore);
        OutcomeRow row = answer.outcome();
        if (row == null) {
            throw new IllegalStateException("What is set aside or undecided is refused");
        }
        return new OutcomeRow(row.key(), row.contentHash(), outcome, row.seq());
    }

    private record Told(
            @Nullable String outcome,
            @Nullable String run,
            @Nullable List<String> runs,
            @Nullable String message) {
        static Told of(String outcome, RunId run) {
            return new Told(outcome, run.value(), null, null);
        }
    }

    private static Response response(
            int status,
            CheckedCommand command,
            Told told,
            @Nullable Long seq,
            @Nullable Boolean duplicate,
            @Nullable RunHalt halt) {
        CommandAnswer body = new CommandAnswer(
                command.thread().thread(),
                InputId.of(command.identity()),
                told.outcome,
                told.run,
                told.runs,
                told.message,
                seq,
                duplicate,
                halt == null ? null : RunResult.of(halt));
        return Response.status(status)
                .header(HttpHeaders.LOCATION, location(command, told.run))
                .entity(body)
                .build();
    }

    private static String location(CheckedCommand command, @Nullable String run) {
        return run == null ? thread(command) : thread(command) + "/runs/" + segment(run);
    }

    private static String thread(CheckedCommand command) {
        return "/threads/" + segment(command.thread().thread());
    }

    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static ProblemException refused(
            CheckedCommand command,
            OutcomeRow row,
            @Nullable Boolean duplicate,
            ProblemType type,
            @Nullable Rejection reason,
            String message) {
        Map<String, Json> more = concerning(command);
        if (reason != null) {
            more.put("reason", Json.of(reason.name().toLowerCase(Locale.ROOT)));
        }
        Quota.Kind quota = reason == null ? null : quota(reason);
        if (quota != null) {
            more.put(Problem.QUOTA, Json.of(quota.key()));
        }
        more.put("seq", Json.of(row.seq()));
        if (duplicate != null) {
            more.put("duplicate", Json.of(duplicate));
        }
        return new ProblemException(Problem.of(type, message).with(more));
    }

    private static Quota.@Nullable Kind quota(Rejection reason) {
        return switch (reason) {
            case QUOTA_THREADS -> Quota.Kind.THREADS;
            case QUOTA_RUNS -> Quota.Kind.OUTSTANDING_RUNS;
            default -> null;
        };
    }

    private static Map<String, Json> concerning(CheckedCommand command) {
        Map<String, Json> fields = new LinkedHashMap<>();
        fields.put("thread_id", Json.of(command.thread().thread()));
        fields.put(
                "input",
                Json.object(Map.of(
                        "source", Json.of(command.identity().source()),
                        "id", Json.of(command.identity().id()))));
        return fields;
    }

    private static ProblemType type(Rejection reason) {
        return switch (reason) {
            case BUSY -> ProblemType.BUSY;
            case MAX_PARALLEL_RUNS, MAX_ACTIVE_RUNS, QUEUE_FULL, INBOX_FULL -> ProblemType.LIMIT_REACHED;
            case QUOTA_THREADS, QUOTA_RUNS -> ProblemType.QUOTA_EXCEEDED;
            case POLICY_FAILED -> ProblemType.POLICY_FAILED;
            case UNKNOWN_THREAD -> ProblemType.THREAD_NOT_FOUND;
            case UNKNOWN_RUN -> ProblemType.RUN_NOT_FOUND;
            case UNKNOWN_ACTION -> ProblemType.ACTION_NOT_FOUND;
            case RUN_ENDED -> ProblemType.RUN_ENDED;
            case UNKNOWN_INTERRUPT -> ProblemType.INTERRUPT_NOT_FOUND;
            case INTERRUPT_EXPIRED -> ProblemType.INTERRUPT_EXPIRED;
            case ALREADY_ANSWERED -> ProblemType.ALREADY_ANSWERED;
            case INVALID_ANSWER -> ProblemType.INVALID_ANSWER;
            case AMBIGUOUS -> ProblemType.AMBIGUOUS;
            case NOT_WAITING -> ProblemType.NOT_WAITING;
            case IN_FLIGHT -> ProblemType.IN_FLIGHT;
            case UNKNOWN_STEP -> ProblemType.UNSUITABLE;
            case UNKNOWN_WORKFLOW -> ProblemType.UNKNOWN_WORKFLOW;
            case UNSUITABLE_WORKFLOW, UNSUITABLE_INPUT, UNKNOWN_CHANNEL -> ProblemType.UNSUITABLE;
            case UNKNOWN_CHECKPOINT -> ProblemType.CHECKPOINT_NOT_FOUND;
            case NOTHING_TO_CONTINUE -> ProblemType.NOTHING_TO_CONTINUE;
            case THREAD_EXISTS -> ProblemType.THREAD_EXISTS;
            case CONFLICT -> ProblemType.CONFLICT;
            case THREAD_DELETED -> ProblemType.THREAD_NOT_FOUND;
            case PRECONDITION -> ProblemType.PRECONDITION_FAILED;
        };
    }
}
