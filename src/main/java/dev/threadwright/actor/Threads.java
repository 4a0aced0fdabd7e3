package dev.threadwright.actor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where the engine's threads, and all its waiting for time to pass, come from. Everything that decides, commits, claims,
 * publishes or consumes asks here, so that a simulation can put a scheduler and a clock of its own in the machine's
 * place, and a seed then decides the order of all that happens.
 */
public interface Threads {

    /** A thread that does not keep the process alive, not started yet. */
    Thread unstarted(String name, Runnable task);

    /** One thread that runs what it is given in order. */
    ExecutorService single(String name);

    /** One thread that runs what it is given in order, now or later. */
    ScheduledExecutorService scheduled(String name);

    void sleep(long ms) throws InterruptedException;

    /** Waits for a signal, at most so long; it may return earlier. The lock is held. */
    void await(ReentrantLock lock, Condition condition, long ms) throws InterruptedException;

    /** What the future comes to, if it does so in time. */
    <T> T get(CompletableFuture<T> future, long timeoutMs)
            throws InterruptedException, ExecutionException, TimeoutException;
}
