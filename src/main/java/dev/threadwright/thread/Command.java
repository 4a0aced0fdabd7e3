package dev.threadwright.thread;

import dev.threadwright.thread.policy.Policy;
import dev.threadwright.workflow.Json;
import org.jspecify.annotations.Nullable;

/**
 * A decoded request to a thread. It carries its own time and the ids of what it may create, so that deciding it again
 * gives the same events.
 */
public sealed interface Command {

    Header header();

    /**
     * What every command carries.
     *
     * @param timeMs when it was appended to its topic, or due; milliseconds since 1970
     * @param identity null for what the server sends itself (results, timers)
     * @param contentHash of all that makes two commands with one identity the same request; empty without identity
     * @param type as on the wire, without prefix and version: {@code user.input}
     * @param actor who asked, for the record: a caller's name, {@code kafka} or {@code system}
     */
    record Header(
            ThreadKey thread,
            long timeMs,
            @Nullable Identity identity,
            String contentHash,
            String type,
            String actor) {}

    /**
     * A user input or external event.
     *
     * @param newRun the id of the run that it starts, if it starts or queues one
     * @param policy overrides the thread's and the server's
     * @param workflow overrides the thread's and the server's
     * @param run addresses exactly this run
     * @param interrupt addresses exactly this interrupt
     */
    record SubmitInput(
            Header header,
            Input input,
            RunId newRun,
            @Nullable Policy policy,
            @Nullable String workflow,
            @Nullable RunId run,
            @Nullable String interrupt)
            implements Command {}

    /** Ends one run. */
    record CancelRun(Header header, RunId run, boolean rollback) implements Command {}

    /** Ends every run that was admitted at or before the cut-off (milliseconds since 1970). */
    record CancelAll(Header header, long cutOffMs, boolean rollback) implements Command {}

    /** Changes what is set on the thread; what is null stays as it is. Creates the thread if need be. */
    record UpdateThread(
            Header header,
            @Nullable Policy policy,
            @Nullable String workflow,
            Json.@Nullable Obj metadata) implements Command {}

    /** An action succeeded. Counts only if exactly this attempt is outstanding. */
    record CompleteAction(Header header, RunId run, ActionId action, int attempt, Json result) implements Command {}

    /** An attempt failed. Counts only if exactly this attempt is outstanding. */
    record FailAction(Header header, RunId run, ActionId action, int attempt, Failure failure) implements Command {}

    /** The process that ran an attempt is gone. Counts only if exactly this attempt is outstanding. */
    record LoseAction(Header header, RunId run, ActionId action, int attempt) implements Command {}

    /** Something on this thread was due at or before the header's time. */
    record FireTimers(Header header) implements Command {}

    /**
     * A new run takes up what the head of the thread has left to do.
     *
     * @param run whose it must be; null for whosever it is
     */
    record ContinueRun(Header header, @Nullable RunId run, RunId newRun) implements Command {}

    /** Changes the state through the reducers; nothing runs on for it. */
    record UpdateState(Header header, Json.Obj values) implements Command {}

    /**
     * Brings the thread back to one of its checkpoints; what runs is cancelled.
     *
     * @param values changes to that state, through the reducers
     * @param newRun takes up what was to be done there; null if nothing shall run
     */
    record RestoreState(
            Header header,
            String checkpoint,
            Json.Obj values,
            @Nullable RunId newRun) implements Command {}

    /**
     * Makes the thread, which does not exist, a copy of another one's state.
     *
     * @param source a thread of the same tenant
     * @param checkpoint the source's; null for its head
     * @param values changes to that state, through the reducers
     * @param newRun takes up what was to be done there; null if nothing shall run
     */
    record ForkThread(
            Header header,
            String source,
            @Nullable String checkpoint,
            Json.Obj values,
            @Nullable RunId newRun) implements Command {}
}
