package dev.threadwright.simulation;

import java.lang.reflect.Constructor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A machine with one processor and a clock that only moves when there is nothing to do. What runs next is drawn by lot
 * among all that could: threads give way where they wait, and nowhere else.
 */
final class Timeline {

    /** Some time in 2001. */
    static final long START_MS = 1_000_000_000_000L;

    private static final Constructor<?> BUILDER = builder();

    private final RandomGenerator random;
    private final List<Ready> ready = new ArrayList<>();
    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>(Comparator.comparingLong(Timer::atMs).thenComparingLong(Timer::number));
    private final Thread machine = Thread.currentThread();
    private long nowMs = START_MS;
    private long number;
    private long steps;
    private long hash = 1;
    private volatile @Nullable Thread stranger;

    private record Ready(Process process, Runnable continuation) {}

    private record Timer(long atMs, long number, Process process, Runnable action) {}

    /** What lives and dies, and is stopped and goes on, as one. */
    final class Process {
        final String name;
        private final List<Runnable> frozen = new ArrayList<>();
        private final List<Runnable> overdue = new ArrayList<>();
        private boolean dead;
        private boolean stopped;
        private long skewMs;

        private Process(String name) {
            this.name = name;
        }

        boolean isDead() {
            return dead;
        }

        boolean isRunning() {
            return !dead && !stopped;
        }

        /** At once and for ever: where its threads wait, they stay. */
        void kill() {
            dead = true;
            frozen.clear();
            overdue.clear();
        }

        void stop() {
            stopped = true;
        }

        void resume() {
            stopped = false;
            frozen.forEach(this::enqueue);
            frozen.clear();
            overdue.forEach(action -> after(0, action));
            overdue.clear();
        }

        void skew(long ms) {
            skewMs = ms;
        }

        /** As its own clock shows it. */
        long nowMs() {
            return nowMs + skewMs;
        }

        /** Of a clock that nobody sets. */
        long ticksMs() {
            return nowMs;
        }

        Thread thread(String threadName, Runnable task) {
            try {
                Thread.Builder.OfVirtual made =
                        (Thread.Builder.OfVirtual) BUILDER.newInstance((Executor) this::enqueue);
                return made.name(name + " " + threadName).unstarted(task);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }

        void after(long ms, Runnable action) {
            timers.add(new Timer(nowMs + Math.max(0, ms), number++, this, action));
        }

        /** On a thread of its own. */
        void later(long ms, String what, Runnable task) {
            after(ms, () -> thread(what, task).start());
        }

        private void enqueue(Runnable continuation) {
            Thread current = Thread.currentThread();
            if (current != machine && !current.isVirtual()) {
                // Thrown where it is noticed: here, nobody would hear of it.
                stranger = current;
                return;
            }
            if (!dead) {
                ready.add(new Ready(this, continuation));
            }
        }
    }

    Timeline(RandomGenerator random) {
        this.random = random;
    }

    Process process(String name) {
        return new Process(name);
    }

    /** As a clock shows it that is right. */
    long nowMs() {
        return nowMs;
    }

    long steps() {
        return steps;
    }

    /** Differs if anything happened in another order, or at another time. */
    long hash() {
        return hash;
    }

    /** Remembers that something happened. */
    void note(int what) {
        hash = hash * 31 + what;
    }

    /** Runs one thread until it waits, or else lets time pass until something is due. */
    void step() {
        steps++;
        Thread woke = stranger;
        if (woke != null) {
            throw new IllegalStateException("A thread was woken by one that is not of the simulation: " + woke);
        }
        if (!ready.isEmpty()) {
            int chosen = random.nextInt(ready.size());
            Ready one = ready.get(chosen);
            ready.set(chosen, ready.getLast());
            ready.removeLast();
            if (one.process.stopped) {
                one.process.frozen.add(one.continuation);
            } else if (!one.process.dead) {
                hash = hash * 31 + one.process.name.hashCode() + nowMs;
                one.continuation.run();
            }
            return;
        }
        Timer next = timers.poll();
        if (next == null) {
            throw new IllegalStateException("Nothing will ever happen again");
        }
        nowMs = Math.max(nowMs, next.atMs);
        if (next.process.stopped) {
            next.process.overdue.add(next.action);
        } else if (!next.process.dead) {
            next.action.run();
        }
    }

    /** There is no other way to give a virtual thread a scheduler, and no other kind of thread waits without a machine. */
    private static Constructor<?> builder() {
        try {
            Constructor<?> made = Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
                    .getDeclaredConstructor(Executor.class);
            made.setAccessible(true);
            return made;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This JDK has no scheduler of one's own for virtual threads", e);
        }
    }
}
