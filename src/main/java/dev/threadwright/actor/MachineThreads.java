package dev.threadwright.actor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The machine's threads and its clock. */
public final class MachineThreads implements Threads {

    @Override
    public Thread unstarted(String name, Runnable task) {
        return Thread.ofPlatform().name(name).daemon().unstarted(task);
    }

    @Override
    public ExecutorService single(String name) {
        return Executors.newSingleThreadExecutor(factory(name));
    }

    @Override
    public ScheduledExecutorService scheduled(String name) {
        return Executors.newSingleThreadScheduledExecutor(factory(name));
    }

    @Override
    public void sleep(long ms) throws InterruptedException {
        Thread.sleep(ms);
    }

    @Override
    public void await(ReentrantLock lock, Condition condition, long ms) throws InterruptedException {
        // Whether it was a signal or the time, the caller looks for itself.
        condition.awaitNanos(TimeUnit.MILLISECONDS.toNanos(ms));
    }

    @Override
    public <T> T get(CompletableFuture<T> future, long timeoutMs)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(timeoutMs, TimeUnit.MILLISECONDS);
    }

    private static ThreadFactory factory(String name) {
        return Thread.ofPlatform().name(name).daemon().factory();
    }
}
