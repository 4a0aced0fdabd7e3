package dev.threadwright.step;

import dev.threadwright.actor.StepStarter;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Owed;
import dev.threadwright.workflow.Json;
import io.smallrye.mutiny.subscription.Cancellable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Runs the handlers of one loop's partitions, and sends each result back as a command. */
public final class InProcessSteps implements StepStarter {

    private static final Logger LOG = Logger.getLogger(InProcessSteps.class);

    private final Map<String, StepHandler> handlers;
    private final LongSupplier nowMs;
    private final BiConsumer<Integer, Command> results;
    private final Map<Key, Running> running = new ConcurrentHashMap<>();

    private record Key(dev.threadwright.thread.ThreadKey thread, String ref) {}

    /** A call under way. It is registered before it is subscribed to, because it may end at once. */
    private static final class Running {
        final int partition;
        private @Nullable Cancellable subscription;
        private boolean cancelled;

        Running(int partition) {
            this.partition = partition;
        }

        synchronized void subscribed(Cancellable to) {
            subscription = to;
            if (cancelled) {
                to.cancel();
            }
        }

        synchronized void cancel() {
            cancelled = true;
            if (subscription != null) {
                subscription.cancel();
            }
        }
    }

    /** @param results takes a partition and the command that tells its thread how a call ended */
    public InProcessSteps(Map<String, StepHandler> handlers, LongSupplier nowMs, BiConsumer<Integer, Command> results) {
        this.handlers = Map.copyOf(handlers);
        this.nowMs = nowMs;
        this.results = results;
    }

    @Override
    public void start(StepCall step) {
        Key key = new Key(step.thread(), step.call().ref());
        Running call = new Running(step.partition());
        if (running.putIfAbsent(key, call) != null) {
            return;
        }
        StepHandler handler = handlers.get(step.call().handler());
        if (handler == null) {
            ended(key, call, failed(step, "There is no handler \"" + step.call().handler() + "\" on this server"));
            return;
        }
        try {
            call.subscribed(handler.handle(
                            step.call().action().value(), step.call().input())
                    .subscribe()
                    .with(
                            result -> ended(key, call, succeeded(step, result)),
                            failure -> ended(key, call, failed(step, describe(failure)))));
        } catch (RuntimeException e) {
            ended(key, call, failed(step, describe(e)));
        }
    }

    @Override
    public void cancel(StepCall step) {
        Running call = running.remove(new Key(step.thread(), step.call().ref()));
        if (call != null) {
            call.cancel();
        }
    }

    @Override
    public void cancelPartition(int partition) {
        running.entrySet().removeIf(entry -> {
            boolean leaving = entry.getValue().partition == partition;
            if (leaving) {
                entry.getValue().cancel();
            }
            return leaving;
        });
    }

    /** Calls under way. */
    public int size() {
        return running.size();
    }

    private void ended(Key key, Running call, Command result) {
        if (running.remove(key, call)) {
            results.accept(call.partition, result);
        }
    }

    private Command succeeded(StepCall step, @Nullable Json result) {
        Owed.Call call = step.call();
        return new Command.CompleteAction(
                header(step, "action.succeeded"),
                call.run(),
                call.action(),
                call.attempt(),
                result == null ? Json.NULL : result);
    }

    private Command failed(StepCall step, String error) {
        Owed.Call call = step.call();
        LOG.debugf("Action %s failed: %s", call.action(), error);
        return new Command.FailAction(header(step, "action.failed"), call.run(), call.action(), call.attempt(), error);
    }

    private Command.Header header(StepCall step, String type) {
        return new Command.Header(step.thread(), nowMs.getAsLong(), null, "", type, "system");
    }

    private static String describe(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
