package dev.threadwright.step;

import dev.threadwright.actor.Measurements;
import dev.threadwright.actor.StepStarter;
import dev.threadwright.json.JsonText;
import dev.threadwright.live.StepProgress;
import dev.threadwright.log.LogFields;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Failure;
import dev.threadwright.thread.Owed;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.Cancellable;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs the handlers of one loop's partitions, and sends each result back as a command. */
public final class InProcessSteps implements StepStarter {

    /** Of an error's message; what is longer is cut. */
    static final int MAX_ERROR_LENGTH = 2_000;

    private static final Logger LOG = Logger.getLogger(InProcessSteps.class);

    private final Function<String, @Nullable StepHandler> handlers;
    private final WorkflowCatalog workflows;
    private final int maxResultBytes;
    private final LongSupplier nowMs;
    private final BiConsumer<Integer, Command> results;
    private final Consumer<StepProgress> progress;
    private final Measurements measurements;
    private final Map<Key, Running> running = new ConcurrentHashMap<>();

    private record Key(ThreadKey thread, String ref) {}

    /** A call under way. It is registered before it is subscribed to, because it may end at once. */
    private static final class Running implements StepContext.Cancellation {
        final StepCall step;
        private final List<Runnable> actions = new ArrayList<>();

        /** Those that wait for the journal, by the names of what was done once. */
        final Map<String, UniEmitter<? super Json>> unrecorded = new ConcurrentHashMap<>();

        final Map<String, Json> results = new ConcurrentHashMap<>();
        final long begunNanos = System.nanoTime();
        private boolean cancelled;

        Running(StepCall step) {
            this.step = step;
        }

        void subscribed(Cancellable to) {
            onCancel(to::cancel);
        }

        @Override
        public synchronized boolean isCancelled() {
            return cancelled;
        }

        @Override
        public void onCancel(Runnable action) {
            synchronized (this) {
                if (!cancelled) {
                    actions.add(action);
                    return;
                }
            }
            action.run();
        }

        void cancel() {
            List<Runnable> now;
            synchronized (this) {
                cancelled = true;
                now = List.copyOf(actions);
                actions.clear();
            }
            now.forEach(Runnable::run);
        }
    }

    /**
     * @param maxResultBytes of a result as JSON; a larger one fails its action for good
     * @param results takes a partition and the command that tells its thread how a call ended
     * @param progress must not block
     */
    public InProcessSteps(
            Function<String, @Nullable StepHandler> handlers,
            WorkflowCatalog workflows,
            int maxResultBytes,
            LongSupplier nowMs,
            BiConsumer<Integer, Command> results,
            Consumer<StepProgress> progress,
            Measurements measurements) {
        this.handlers = handlers;
        this.workflows = workflows;
        this.maxResultBytes = maxResultBytes;
        this.nowMs = nowMs;
        this.results = results;
        this.progress = progress;
        this.measurements = measurements;
    }

    @Override
    public void start(StepCall step) {
        Key key = key(step);
        Running call = new Running(step);
        if (running.putIfAbsent(key, call) != null) {
            return;
        }
        TraceContext trace = measurements.stepBegun(step);
        StepHandler handler;
        try {
            handler = handlers.apply(step.call().handler());
        } catch (RuntimeException e) {
            // Whoever starts it starts others, too.
            ended(key, call, failed(step, failureOf(e)));
            return;
        }
        if (handler == null) {
            ended(
                    key,
                    call,
                    failed(
                            step,
                            Failure.permanent(
                                    "There is no handler \"" + step.call().handler() + "\" on this server")));
            return;
        }
        Entry entry = new Entry(step.call().replay(), (name, result) -> record(call, name, result));
        try {
            call.subscribed(handler.handle(context(step, call, entry, trace))
                    .subscribe()
                    .with(
                            result -> ended(key, call, outcome(step, entry, () -> succeeded(step, result))),
                            failure -> ended(key, call, outcome(step, entry, () -> failed(step, failureOf(failure))))));
        } catch (RuntimeException e) {
            ended(key, call, outcome(step, entry, () -> failed(step, failureOf(e))));
        }
    }

    /** Whoever asks has no result, whatever became of the exception that said so. */
    private Command outcome(StepCall step, Entry entry, Supplier<Command> otherwise) {
        Prompt pending = entry.pending();
        if (pending != null) {
            Owed.Call call = step.call();
            return new Command.RaiseInterrupt(
                    header(step, "action.asks"), call.run(), call.action(), call.attempt(), pending);
        }
        Command outcome = otherwise.get();
        if (!(outcome instanceof Command.CompleteAction)) {
            return outcome;
        }
        String strayed = entry.strayed();
        if (strayed != null) {
            return failed(step, Failure.permanent(strayed));
        }
        return entry.isAccepted() ? accepted(step) : outcome;
    }

    private Uni<Json> record(Running running, String name, Json result) {
        StepCall step = running.step;
        int bytes = JsonText.writeBytes(result).length;
        if (bytes > maxResultBytes) {
            throw new StepRefusedException(
                    "The result of \"" + name + "\" is too large: " + bytes + " bytes, at most " + maxResultBytes);
        }
        return Uni.createFrom().emitter(emitter -> {
            running.results.put(name, result);
            running.unrecorded.put(name, emitter);
            Owed.Call call = step.call();
            results.accept(
                    step.partition(),
                    new Command.RecordResult(
                            header(step, "action.recorded"), call.run(), call.action(), call.attempt(), name, result));
        });
    }

    @Override
    public void recorded(ThreadKey thread, ActionId action, int attempt, String name) {
        Running call = running.get(new Key(thread, Owed.Call.ref(action, attempt)));
        UniEmitter<? super Json> waiting = call == null ? null : call.unrecorded.remove(name);
        if (call != null && waiting != null) {
            waiting.complete(call.results.get(name));
        }
    }

    /** How many calls are under way. */
    public int running() {
        return running.size();
    }

    @Override
    public boolean isRunning(StepCall step) {
        return running.containsKey(key(step));
    }

    @Override
    public void cancel(StepCall step) {
        Running call = running.remove(key(step));
        if (call != null) {
            cancelled(call);
        }
    }

    @Override
    public void cancelPartition(int partition) {
        running.entrySet().removeIf(entry -> {
            StepCall step = entry.getValue().step;
            // What must not be done twice goes on: the next owner waits for its result and will not start it again.
            boolean leaving = step.partition() == partition && step.call().idempotent();
            if (leaving) {
                cancelled(entry.getValue());
            } else if (step.partition() == partition) {
                // Nobody here can journal for it any more, and what it did must not be done twice: it ends for good.
                entry.getValue()
                        .unrecorded
                        .values()
                        .forEach(waiting -> waiting.fail(new StepRefusedException(
                                "Its thread went to another server before what it did could be recorded")));
            }
            return leaving;
        });
    }

    private void cancelled(Running call) {
        measurements.stepCancelled(call.step, System.nanoTime() - call.begunNanos);
        call.cancel();
    }

    /** Calls under way. */
    public int size() {
        return running.size();
    }

    private static Key key(StepCall step) {
        return new Key(step.thread(), step.call().ref());
    }

    private StepContext context(StepCall step, Running running, Entry entry, @Nullable TraceContext trace) {
        Owed.Call call = step.call();
        return new StepContext(
                step.thread(),
                call.run(),
                call.workflow(),
                call.step(),
                call.action().value(),
                call.attempt(),
                call.input(),
                call.state(),
                config(step),
                running,
                call.deadlineMs(),
                data -> {
                    if (!running.isCancelled()) {
                        progress.accept(new StepProgress(
                                step.thread(), call.run(), call.step(), call.action(), call.attempt(), data));
                    }
                },
                entry,
                trace);
    }

    private Json.Obj config(StepCall step) {
        Workflow workflow = workflows.find(step.thread().tenant(), step.call().workflow());
        Step declared =
                workflow == null ? null : workflow.steps().get(step.call().step());
        return declared != null && declared.kind() instanceof Step.Action action ? action.config() : Json.EMPTY_OBJECT;
    }

    private void ended(Key key, Running call, Command result) {
        if (running.remove(key, call)) {
            measurements.stepEnded(call.step, result, System.nanoTime() - call.begunNanos);
            results.accept(call.step.partition(), result);
        }
    }

    private Command succeeded(StepCall step, @Nullable Json result) {
        Owed.Call call = step.call();
        Json given = result == null ? Json.NULL : result;
        int bytes = JsonText.writeBytes(given).length;
        if (bytes > maxResultBytes) {
            return failed(
                    step,
                    Failure.permanent("The result of \"" + call.handler() + "\" is too large: " + bytes
                            + " bytes, at most " + maxResultBytes));
        }
        return new Command.CompleteAction(
                header(step, "action.succeeded"), call.run(), call.action(), call.attempt(), given);
    }

    private Command accepted(StepCall step) {
        Owed.Call call = step.call();
        return new Command.AcceptAction(header(step, "action.accepted"), call.run(), call.action(), call.attempt());
    }

    private Command failed(StepCall step, Failure failure) {
        Owed.Call call = step.call();
        try (LogFields ignored = LogFields.of(step.thread()).run(call.run())) {
            LOG.debugf("Attempt %d at action %s failed: %s", call.attempt(), call.action(), failure.message());
        }
        return new Command.FailAction(
                header(step, "action.failed"), call.run(), call.action(), call.attempt(), failure);
    }

    private Command.Header header(StepCall step, String type) {
        return new Command.Header(step.thread(), nowMs.getAsLong(), null, "", type, "system");
    }

    private static Failure failureOf(Throwable failure) {
        String message = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        String bounded = message.length() > MAX_ERROR_LENGTH ? message.substring(0, MAX_ERROR_LENGTH) + "…" : message;
        return switch (failure) {
            case StepRefusedException ignored -> Failure.permanent(bounded);
            case RateLimitedException limited ->
                new Failure(
                        Failure.Kind.RATE_LIMITED, bounded, limited.retryAfter().toMillis());
            default -> Failure.passing(bounded);
        };
    }
}
