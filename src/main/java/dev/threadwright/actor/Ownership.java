package dev.threadwright.actor;

import dev.threadwright.journal.Journal;
import dev.threadwright.journal.Journal.Claim;
import dev.threadwright.journal.JournalException;
import dev.threadwright.journal.Publication;
import dev.threadwright.journal.SetAsideThread;
import dev.threadwright.thread.ThreadKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes over the partitions that the consumer group assigns to a loop, and gives them back. Claims run beside consuming,
 * one after the other, and are tried again until they succeed or the partition is gone: polling never waits for them.
 *
 * <p>The order of a take-over: claim in the journal, which fences the last owner's commits; open the relay, which fences
 * its publishing; publish what it left unpublished; hand the partition to the loop; start the calls that it left
 * running; consume.
 */
public final class Ownership implements AutoCloseable {

    static final long RETRY_MS = 250;
    static final long RECLAIM_LOST_MS = 1_000;
    static final long TIMERS_EVERY_MS = 100;
    static final int PAGE = 500;

    private static final Logger LOG = Logger.getLogger(Ownership.class);

    private final String owner;
    private final Threads threads;
    private final Journal journal;
    private final Publisher publisher;
    private final Turns turns;
    private final Loop loop;
    private final Inbound inbound;
    private final java.util.function.LongSupplier nowMs;
    private final Measurements measurements;
    private final OwedWork owedWork;
    private final DueTimers timers;
    private final ScheduledExecutorService thread;
    private final Set<Integer> wanted = ConcurrentHashMap.newKeySet();

    /** With the epochs of their claims. Only the thread changes it. */
    private final Map<Integer, Long> held = new ConcurrentHashMap<>();

    private final Map<Integer, String> stopped = new ConcurrentHashMap<>();
    private long lookedForReleasedMs;
    private volatile @Nullable String trouble;

    /** @param journal not shared with the loop */
    public Ownership(
            String name,
            String owner,
            Threads threads,
            Journal journal,
            Publisher publisher,
            StepStarter steps,
            Turns turns,
            Loop loop,
            Inbound inbound,
            java.util.function.LongSupplier nowMs,
            Measurements measurements) {
        this.owner = owner;
        this.threads = threads;
        this.journal = journal;
        this.publisher = publisher;
        this.turns = turns;
        this.loop = loop;
        this.inbound = inbound;
        this.nowMs = nowMs;
        this.measurements = measurements;
        this.owedWork = new OwedWork(journal, steps, turns, loop::offer, nowMs);
        this.timers = new DueTimers(journal, nowMs);
        this.thread = threads.scheduled(name + "-claims");
        thread.scheduleWithFixedDelay(this::fireTimers, TIMERS_EVERY_MS, TIMERS_EVERY_MS, TimeUnit.MILLISECONDS);
    }

    /** Partitions that the loop works on. */
    public Set<Integer> held() {
        return Set.copyOf(held.keySet());
    }

    /** Partitions that are assigned but not worked on yet, of those that can be. */
    public Set<Integer> pending() {
        return wanted.stream()
                .filter(p -> !held.containsKey(p) && !stopped.containsKey(p))
                .collect(java.util.stream.Collectors.toSet());
    }

    /** Partitions that cannot be worked on until somebody acts, and why. */
    public Map<Integer, String> stopped() {
        return Map.copyOf(stopped);
    }

    /** Returns at once. */
    public void assigned(Collection<Integer> partitions) {
        measurements.rebalanced(Measurements.Rebalance.ASSIGNED, partitions.size());
        wanted.addAll(partitions);
        execute(() -> claim(partitions));
    }

    /**
     * Gives partitions back in order: what is being committed is committed and published. Waits for that, at most the
     * given time; what is not done by then is left to the next owner's fence.
     */
    public void revoked(Collection<Integer> partitions, long timeoutMs) {
        measurements.rebalanced(Measurements.Rebalance.REVOKED, partitions.size());
        wanted.removeAll(partitions);
        stopped.keySet().removeAll(partitions);
        CompletableFuture<Void> done =
                CompletableFuture.runAsync(() -> release(partitions, nowMs.getAsLong() + timeoutMs), thread);
        try {
            threads.get(done, timeoutMs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warnf("Partitions %s were not given back in order: %s", partitions, e);
        }
    }

    /** The group has given the partitions to others already. */
    public void lost(Collection<Integer> partitions) {
        measurements.rebalanced(Measurements.Rebalance.LOST, partitions.size());
        wanted.removeAll(partitions);
        stopped.keySet().removeAll(partitions);
        // After a claim that is under way, and before one that follows: what it takes on must not be let go half.
        partitions.forEach(partition -> execute(() -> letGo(partition)));
    }

    private void letGo(int partition) {
        held.remove(partition);
        publisher.drop(partition);
        loop.release(partition);
        inbound.pause(partition);
    }

    /**
     * The journal says that another owner has claimed the partition; if it is still assigned here, it is claimed again.
     *
     * @param epoch that the loop had it at: a later claim of this process's own is not touched
     */
    public void fenced(int partition, long epoch) {
        execute(() -> {
            Long at = held.get(partition);
            if (at != null && at > epoch) {
                return;
            }
            letGo(partition);
            if (wanted.contains(partition)) {
                thread.schedule(() -> claim(List.of(partition)), RECLAIM_LOST_MS, TimeUnit.MILLISECONDS);
            }
        });
    }

    /** Another owner was seen to have the partition; if it is still assigned here, it is claimed again. */
    public void seenElsewhere(int partition) {
        fenced(partition, Long.MAX_VALUE);
    }

    private void execute(Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debugf("It is over; the next owner fences what is left: %s", e.getMessage());
        }
    }

    /** The partition cannot go on until somebody acts. */
    public void stop(int partition, String reason) {
        if (!wanted.contains(partition)) {
            return; // Its next owner will meet what is the matter.
        }
        LOG.errorf("Partition %d is stopped: %s", partition, reason);
        stopped.put(partition, reason);
        inbound.pause(partition);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }

    /** All at once as far as the log is asked. Whoever fails is tried again alone, so that nobody waits for it. */
    private void claim(Collection<Integer> partitions) {
        long begunNanos = System.nanoTime();
        try {
            List<Claim> claims = new ArrayList<>();
            for (int partition : partitions) {
                attempt(partition, () -> {
                    if (wanted.contains(partition) && !held.containsKey(partition)) {
                        // What the loop commits for an earlier claim is over then, and what comes of it concerns nobody
                        // any more.
                        loop.release(partition).get();
                        claims.add(journal.claim(partition, owner, publisher.publisherId()));
                    }
                });
            }
            if (isOpen(claims)) {
                for (Claim claim : claims) {
                    attempt(claim.partition(), () -> takeOver(claim, begunNanos));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isOpen(List<Claim> claims) {
        if (claims.isEmpty()) {
            return false;
        }
        try {
            publisher.open(claims);
            return true;
        } catch (RuntimeException e) {
            claims.forEach(claim -> failed(claim.partition(), e));
            return false;
        }
    }

    private interface Attempt {
        void run() throws InterruptedException, ExecutionException;
    }

    private void attempt(int partition, Attempt attempt) throws InterruptedException {
        try {
            attempt.run();
        } catch (ExecutionException e) {
            throw new IllegalStateException("A release does not fail", e);
        } catch (IllegalStateException e) {
            stop(partition, String.valueOf(e.getMessage()));
            publisher.drop(partition);
        } catch (RuntimeException e) {
            failed(partition, e);
        }
    }

    private void failed(int partition, RuntimeException e) {
        measurements.claimFailed();
        LOG.warnf("Cannot claim partition %d yet, will go on trying: %s", partition, e.getMessage());
        publisher.drop(partition);
        thread.schedule(() -> claim(List.of(partition)), RETRY_MS, TimeUnit.MILLISECONDS);
    }

    private void takeOver(Claim claim, long begunNanos) throws InterruptedException {
        int partition = claim.partition();
        long published = publisher.opened(claim);
        if (!Set.of(publisher.publisherId()).containsAll(claim.publishers())) {
            journal.fenced(partition, claim.epoch());
        }
        publishBacklog(claim, published);
        OwedWork.Left left = owedWork.of(partition);
        loop.own(
                        partition,
                        claim.epoch(),
                        claim.position(),
                        left.begun(),
                        left.turns(),
                        journal.setAside(List.of(partition), Loop.MAX_SET_ASIDE))
                .join();
        if (!wanted.contains(partition)) {
            letGo(partition);
            return;
        }
        owedWork.resume(left.calls());
        held.put(partition, claim.epoch());
        stopped.remove(partition);
        inbound.resume(partition, claim.offsets());
        measurements.claimed(System.nanoTime() - begunNanos);
        LOG.infof("Owning partition %d at epoch %d, position %d", partition, claim.epoch(), claim.position());
    }

    /** What the last owner committed and did not publish. */
    private void publishBacklog(Claim claim, long published) throws InterruptedException {
        long after = published;
        while (after < claim.position()) {
            publisher.awaitRoom();
            List<Publication> page = journal.publications(claim.partition(), after, PAGE);
            if (page.isEmpty()) {
                throw new IllegalStateException("Partition " + claim.partition() + " has no position after " + after
                        + ", but should reach " + claim.position() + ": the journal has lost rows");
            }
            publisher.publish(page);
            after = page.getLast().position();
        }
    }

    /**
     * Threads that were set aside and that somebody has released, over HTTP or by hand, are decided on again. Calls of
     * theirs that nobody runs any more are resumed as after a take-over.
     *
     * @return whether that could be read
     */
    private boolean goOnWithReleased() {
        try {
            Map<ThreadKey, SetAsideThread> aside = loop.setAside();
            long now = nowMs.getAsLong();
            if (!aside.isEmpty() && now - lookedForReleasedMs >= RECLAIM_LOST_MS) {
                lookedForReleasedMs = now;
                Set<String> still = new HashSet<>();
                journal.setAside(Set.copyOf(held.keySet()), Loop.MAX_SET_ASIDE)
                        .forEach(thread -> still.add(thread.id()));
                aside.values().stream()
                        .filter(thread -> held.containsKey(thread.partition()) && !still.contains(thread.id()))
                        .forEach(loop::released);
            }
            loop.toResume().forEach((thread, partition) -> {
                if (held.containsKey(partition)) {
                    OwedWork.Left left = owedWork.of(partition, thread);
                    owedWork.resume(left.calls());
                    turns.found(partition, left.turns());
                }
                loop.resumed(thread);
            });
            return true;
        } catch (RuntimeException e) {
            cannotRead("which threads were released", e);
            return false;
        }
    }

    /** It is tried again; who watches is told, and the log the first time. */
    private void cannotRead(String what, RuntimeException e) {
        if (trouble == null) {
            // A journal that is away has said all by its message.
            LOG.warnf(
                    e instanceof JournalException ? null : e,
                    "Cannot read %s yet, will go on trying: %s",
                    what,
                    e.getMessage());
        }
        trouble = "Cannot read " + what + ": " + e.getMessage();
    }

    /** What keeps timers and released threads waiting, for health; null if nothing does. */
    public @Nullable String trouble() {
        return trouble;
    }

    private void release(Collection<Integer> partitions, long deadlineMs) {
        Map<Integer, CompletableFuture<@Nullable OwnedPartition>> released = new HashMap<>();
        for (int partition : partitions) {
            held.remove(partition);
            inbound.pause(partition);
            released.put(partition, loop.release(partition));
        }
        released.forEach((partition, answer) -> {
            try {
                OwnedPartition owned = threads.get(answer, leftMs(deadlineMs));
                if (owned == null) {
                    publisher.drop(partition);
                    return;
                }
                long published = threads.get(publisher.close(partition).toCompletableFuture(), leftMs(deadlineMs));
                journal.release(partition, owned.epoch(), published);
                LOG.infof(
                        "Gave partition %d back at epoch %d, position %d", partition, owned.epoch(), owned.position());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException | RuntimeException e) {
                LOG.warnf("Partition %d was not given back in order: %s", partition, e);
                publisher.drop(partition);
            }
        });
    }

    private long leftMs(long deadlineMs) {
        return Math.max(0, deadlineMs - nowMs.getAsLong());
    }

    /**
     * Tells threads what is due, and attempts of their turns that nobody remembers. It waits for what came in while nobody
     * owned its partition: that may have been in time.
     */
    private void fireTimers() {
        boolean isRead = goOnWithReleased();
        Set<Integer> current =
                held.keySet().stream().filter(inbound::isCaughtUp).collect(java.util.stream.Collectors.toSet());
        if (current.isEmpty() || loop.isSaturated()) {
            // They are still owed when there is room again.
            trouble = isRead && current.isEmpty() ? null : trouble;
            return;
        }
        try {
            loop.offer(timers.of(current));
            turns.forgotten().forEach((partition, room) -> {
                if (held.containsKey(partition)) {
                    turns.found(partition, owedWork.turns(partition, room));
                }
            });
            trouble = isRead ? null : trouble;
        } catch (RuntimeException e) {
            cannotRead("which timers are due", e);
        }
    }
}
