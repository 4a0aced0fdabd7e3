package dev.threadwright.simulation;

import dev.threadwright.actor.Threads;
import dev.threadwright.simulation.Timeline.Process;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A process's threads on the timeline. */
final class SimulatedThreads implements Threads {

    private final Process process;

    SimulatedThreads(Process process) {
        this.process = process;
    }

    @Override
    public Thread unstarted(String name, Runnable task) {
        return process.thread(name, task);
    }

    @Override
    public ExecutorService single(String name) {
        return new ThreadPoolExecutor(
                1, 1, 0, TimeUnit.MILLISECONDS, new LinkedBlockingQueue<>(), task -> process.thread(name, task));
    }

    @Override
    public ScheduledExecutorService scheduled(String name) {
        return new Agenda(single(name));
    }

    @Override
    public void sleep(long ms) throws InterruptedException {
        sleep(process, ms);
    }

    static void sleep(Process process, long ms) throws InterruptedException {
        Thread sleeper = Thread.currentThread();
        boolean[] over = {false};
        process.after(ms, () -> {
            over[0] = true;
            LockSupport.unpark(sleeper);
        });
        while (!over[0]) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.park();
        }
    }

    @Override
    public void await(ReentrantLock lock, Condition condition, long ms) throws InterruptedException {
        boolean[] over = {false};
        process.later(ms, "alarm", () -> {
            if (over[0]) {
                return;
            }
            lock.lock();
            try {
                condition.signalAll();
            } finally {
                lock.unlock();
            }
        });
        try {
            condition.await();
        } finally {
            over[0] = true;
        }
    }

    @Override
    public <T> T get(CompletableFuture<T> future, long timeoutMs)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<@Nullable Void> first = new CompletableFuture<>();
        future.whenComplete((value, failure) -> first.complete(null));
        process.later(timeoutMs, "alarm", () -> first.complete(null));
        first.get();
        if (!future.isDone()) {
            throw new TimeoutException();
        }
        return future.get();
    }

    /** The pool's own waiting is by the machine's clock, so its tasks come from the timeline. */
    private final class Agenda extends ScheduledThreadPoolExecutor {
        private final ExecutorService tasks;

        Agenda(ExecutorService tasks) {
            super(0);
            this.tasks = tasks;
        }

        @Override
        public void execute(Runnable task) {
            tasks.execute(task);
        }

        @Override
        public @Nullable ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
            process.after(unit.toMillis(delay), () -> submitUnlessOver(task));
            return null; // Nobody asks.
        }

        @Override
        public @Nullable ScheduledFuture<?> scheduleWithFixedDelay(
                Runnable task, long initialDelay, long delay, TimeUnit unit) {
            return schedule(
                    () -> {
                        task.run();
                        scheduleWithFixedDelay(task, delay, delay, unit);
                    },
                    initialDelay,
                    unit);
        }

        private void submitUnlessOver(Runnable task) {
            if (!tasks.isShutdown()) {
                tasks.execute(task);
            }
        }

        @Override
        public java.util.List<Runnable> shutdownNow() {
            super.shutdownNow();
            return tasks.shutdownNow();
        }
    }
}
