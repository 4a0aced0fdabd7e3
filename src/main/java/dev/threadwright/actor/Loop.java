package dev.threadwright.actor;

import dev.threadwright.actor.PendingBatch.Changed;
import dev.threadwright.actor.Turns.Begun;
import dev.threadwright.actor.Turns.Turn;
import dev.threadwright.journal.Batch.Advance;
import dev.threadwright.journal.FencedException;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.Journal.Claim;
import dev.threadwright.journal.JournalException;
import dev.threadwright.journal.SetAsideThread;
import dev.threadwright.thread.Decider;
import dev.threadwright.thread.ThreadKey;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One thread that owns partitions, decides what arrives on them in batches, and commits each batch at once. While one
 * batch commits, the next gathers and what it needs from the journal is read.
 *
 * <p>Everything here but {@link #offer}, {@link #isSaturated}, {@link #own}, {@link #release} and {@link #close} runs on
 * the loop's thread.
 */
public final class Loop implements AutoCloseable {

    /** How long the loop sleeps when nothing signals it; only a safety net. */
    private static final long IDLE_MS = 1_000;

    private static final long RETRY_READ_MS = 100;

    /** While the log takes nothing, how soon to look whether it does again. */
    private static final long SATURATED_MS = 5;

    /** Threads that are set aside; further ones are tried again with every command. */
    static final int MAX_SET_ASIDE = SetAsides.MAX_THREADS;

    private static final Logger LOG = Logger.getLogger(Loop.class);

    private final Decider decider;
    private final LoopSettings settings;
    private final Publisher publisher;
    private final StepStarter steps;
    private final Turns turns;
    private final Quotas quotas;
    private final Strays strays;
    private final Lost onLost;
    private final Mailbox mailbox;
    private final BatchLimit limit;
    private final Actors actors;
    private final Lookups lookups;
    private final SetAsides setAsides;
    private final Parking parking;
    private final CommitEffects effects;
    private final Committer committer;
    private final Thread thread;

    private final Map<Integer, OwnedPartition> owned = new HashMap<>();
    private final Map<Integer, CompletableFuture<@Nullable OwnedPartition>> releases = new HashMap<>();
    private final NextBatch next = new NextBatch();
    private volatile @Nullable InFlight inFlight;
    private boolean readFailed;
    private volatile @Nullable String trouble;
    private volatile boolean closed;
    private volatile int actorCount;
    private volatile long actorBytes;

    /** Told of a partition that another owner has claimed, and of the epoch that it was owned at. */
    @FunctionalInterface
    public interface Lost {
        void lost(int partition, long epoch);
    }

    private record InFlight(PendingBatch pending, Set<ThreadKey> threads, CompletableFuture<CommitResult> result) {}

    /**
     * @param owner this process, for people
     * @param onLost called on the loop's thread
     */
    public Loop(
            String name,
            String owner,
            Threads threads,
            Journal journal,
            Decider decider,
            NeededWorkflows workflows,
            LoopSettings settings,
            Publisher publisher,
            StepStarter steps,
            Turns turns,
            Quotas quotas,
            Replies replies,
            Strays strays,
            Lost onLost,
            Measurements measurements) {
        this.decider = decider;
        this.settings = settings;
        this.publisher = publisher;
        this.steps = steps;
        this.turns = turns;
        this.quotas = quotas;
        this.strays = strays;
        this.onLost = onLost;
        this.mailbox = new Mailbox(threads, settings.maxMailboxCount(), settings.maxMailboxBytes());
        this.limit = new BatchLimit(settings.maxBatchCount());
        this.actors = new Actors(settings.maxActors(), settings.maxActorBytes());
        this.lookups = new Lookups(journal, workflows, actors, measurements);
        this.setAsides = new SetAsides(journal);
        this.parking = new Parking(setAsides, lookups, actors, Collections.unmodifiableMap(owned), mailbox::offer);
        this.effects = new CommitEffects(replies, quotas, publisher, steps, turns);
        this.committer =
                new Committer(name, threads, journal, owner, publisher.publisherId(), effects::committed, measurements);
        this.thread = threads.unstarted(name, this::run);
    }

    public void start() {
        thread.start();
    }

    /** Never blocks and never refuses; ask {@link #isSaturated} before consuming more. */
    public void offer(List<? extends Work> works) {
        mailbox.offer(works);
    }

    /** Whether consuming should pause until the journal or the log have caught up. */
    public boolean isSaturated() {
        return mailbox.isSaturated() || publisher.isSaturated();
    }

    /**
     * Takes over a partition that was claimed and whose publisher is open. Records of it that were offered before are
     * forgotten: consuming starts again at the claim's offsets.
     *
     * @param begun attempts under way for it
     * @param held attempts that wait for their turn
     * @param aside threads that are not to be decided on
     */
    public CompletableFuture<Void> own(
            int partition, long epoch, long position, List<Begun> begun, List<Turn> held, List<SetAsideThread> aside) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        mailbox.tell(() -> {
            mailbox.removeRecords(partition);
            owned.put(partition, new OwnedPartition(partition, epoch, position));
            setAsides.claimed(partition, aside);
            // Here and not by the caller: nothing of the partition has been decided yet, so what was read still holds.
            turns.claimed(
                    partition,
                    command -> offer(List.of(new Work.Decide(partition, command, null, false))),
                    begun,
                    held);
            done.complete(null);
        });
        return done;
    }

    /** Lets go of a partition after the commit that is under way; the answer is null if it was not owned. */
    public CompletableFuture<@Nullable OwnedPartition> release(int partition) {
        CompletableFuture<@Nullable OwnedPartition> released = new CompletableFuture<>();
        mailbox.tell(() -> {
            CompletableFuture<@Nullable OwnedPartition> earlier = releases.putIfAbsent(partition, released);
            if (earlier != null) {
                earlier.thenAccept(released::complete);
            }
            if (inFlight == null) {
                releaseAsked();
            }
        });
        return released;
    }

    /** For whoever watches. */
    public LoopLoad load() {
        Mailbox.Level waiting = mailbox.level();
        InFlight flight = inFlight;
        return new LoopLoad(
                waiting.works(),
                waiting.bytes(),
                flight == null ? 0 : flight.pending().works().size(),
                actorCount,
                actorBytes,
                setAsides.size());
    }

    /** Threads that are not decided on until they are released. */
    public Map<ThreadKey, SetAsideThread> setAside() {
        return setAsides.all();
    }

    /**
     * The journal has forgotten that the thread is set aside, so it is decided on again, or set aside anew. To be told
     * again as long as {@link #setAside} has it.
     */
    public void released(SetAsideThread thread) {
        mailbox.tell(() -> {
            try {
                parking.released(thread);
            } catch (FencedException e) {
                e.partitions().forEach(this::lose);
            } catch (JournalException e) {
                LOG.warnf("Thread %s cannot be released yet, will go on trying: %s", thread.thread(), e.getMessage());
            }
        });
    }

    /** Released threads whose calls nobody may be running, with their partitions. */
    public Map<ThreadKey, Integer> toResume() {
        return setAsides.toResume();
    }

    /** Its calls are seen to. */
    public void resumed(ThreadKey thread) {
        setAsides.resumed(thread);
    }

    @Override
    public void close() {
        closed = true;
        committer.close();
        mailbox.signal();
        thread.interrupt();
    }

    private void run() {
        while (!closed) {
            try {
                turn();
            } catch (InterruptedException e) {
                if (closed) {
                    return;
                }
            } catch (RuntimeException | StackOverflowError e) {
                // Nothing of the batch is lost: what is not committed is consumed again after the next claim.
                LOG.errorf(e, "The loop failed; giving up its partitions");
                List.copyOf(owned.keySet()).forEach(this::lose);
            }
        }
    }

    private void turn() throws InterruptedException {
        mailbox.tasks().forEach(Runnable::run);
        InFlight flight = inFlight;
        if (flight != null && flight.result().isDone()) {
            inFlight = null;
            settle(flight.pending(), flight.result().join());
            releaseAsked();
        }
        gather();
        if (inFlight != null || next.ready().isEmpty()) {
            mailbox.await(readFailed ? RETRY_READ_MS : IDLE_MS);
        } else if (publisher.isSaturated()) {
            // Results of steps bring more work without anything being consumed, so consuming less is not enough.
            mailbox.await(SATURATED_MS);
        } else {
            launch();
            if (readFailed) {
                mailbox.await(RETRY_READ_MS);
            }
        }
    }

    /** Takes what has arrived, within the batch's bounds, and reads what deciding it will need. */
    private void gather() {
        int room = limit.works() - next.count();
        long roomBytes = settings.maxBatchBytes() - next.bytes();
        if (room > 0 && roomBytes > 0) {
            mailbox.drain(room, roomBytes).forEach(this::admit);
        }
        readFailed = false;
        if (next.arrived().isEmpty()) {
            if (next.isEmpty()) {
                trouble = null; // What could not be read has left with its partition.
            }
            return;
        }
        try {
            InFlight flight = inFlight;
            lookups.read(next.arrived(), flight == null ? Set.of() : flight.threads());
            next.lookedUp();
        } catch (JournalException e) {
            cannotRead("what " + next.arrived().size() + " records, results and timers need", e);
        }
    }

    /** It is tried again; who watches is told, and the log the first time. */
    private void cannotRead(String what, JournalException e) {
        if (trouble == null) {
            LOG.warnf("The loop cannot read %s from the journal yet, will go on trying: %s", what, e.getMessage());
        }
        trouble = String.valueOf(e.getMessage());
        readFailed = true;
    }

    /** What keeps it from deciding, for health; null if nothing does. */
    public @Nullable String trouble() {
        return trouble;
    }

    private void admit(Work work) {
        if (owned.containsKey(work.partition())) {
            next.add(work);
        } else if (work instanceof Work.Decide decide && decide.record() == null) {
            strays.forward(decide.command());
        }
        // A record of a partition that has left is consumed by its next owner.
    }

    private void launch() {
        PendingBatch pending;
        try {
            do {
                lookups.readTrimmed(next.ready());
            } while (park());
            pending = built();
        } catch (FencedException e) {
            e.partitions().forEach(this::lose);
            return;
        } catch (JournalException e) {
            cannotRead("the threads of " + next.ready().size() + " records, results and timers, or set one aside", e);
            return;
        }
        trouble = null;
        next.decided(pending.works().size());
        lookups.clear();
        if (pending.works().isEmpty()) {
            return;
        }
        if (!next.ready().isEmpty()) {
            // What there was no room for comes first in the next batch.
            limit.full(pending.works().size());
            again(List.of());
        }
        CompletableFuture<CommitResult> result = committer.commit(pending);
        inFlight = new InFlight(pending, Work.threadsOf(pending.works()), result);
        result.whenComplete((answer, failure) -> mailbox.signal());
    }

    /**
     * A thread that cannot be decided on must not stop its partition.
     *
     * @return whether one goes on again that was set aside, whose state has to be read before
     */
    private boolean park() {
        if (!parking.isNeeded()) {
            return false;
        }
        boolean goesOn = parking.note(next.ready());
        next.replaceReady(parking.parked(next.ready()));
        return goesOn;
    }

    /** Without threads that the server fails on; those are set aside. */
    private PendingBatch built() {
        while (true) {
            BatchBuilder builder =
                    new BatchBuilder(decider, quotas, settings.snapshotEvery(), settings.maxBatchBytes(), lookups);
            try {
                return builder.build(next.ready(), owned);
            } catch (FailedThreads e) {
                next.replaceReady(parking.withoutFailed(next.ready(), e.failures()));
            }
        }
    }

    private void settle(PendingBatch pending, CommitResult result) {
        switch (result) {
            case CommitResult.Committed ignored -> {
                adopt(pending);
                limit.stored();
            }
            case CommitResult.Fenced fenced -> {
                fenced.partitions().forEach(this::lose);
                again(pending.works());
            }
            case CommitResult.Rejected rejected -> rejected(pending, rejected.reason());
            case CommitResult.TimedOut timedOut -> timedOut(pending.works(), timedOut.reason());
            case CommitResult.Recovered recovered -> recovered(pending, recovered);
            case CommitResult.Abandoned ignored -> closed = true;
        }
    }

    private void adopt(PendingBatch pending) {
        for (Advance advance : pending.batch().advances()) {
            owned.computeIfPresent(advance.partition(), (id, partition) -> partition.at(advance.to()));
        }
        for (Changed changed : pending.after()) {
            if (owned.containsKey(changed.partition())) {
                actors.put(changed.partition(), changed.state());
            }
        }
        actors.trim();
        actorCount = actors.size();
        actorBytes = actors.bytes();
        lookups.committed(pending);
    }

    /** Halves the batch until the command that the store refuses stands alone, and sets that one aside. */
    private void rejected(PendingBatch pending, String reason) {
        List<Work> works = pending.works();
        boolean keptHere = Work.threadsOf(works).stream().filter(actors::remove).count() > 0;
        if (works.size() > 1 || keptHere) {
            // The store may know better than a state that was kept here, so one work alone is decided once more, too.
            limit.refused(works.size());
            again(works);
            return;
        }
        Work poison = works.getFirst();
        LOG.errorf(
                "A record or command on partition %d cannot be stored and is set aside: %s",
                poison.partition(), reason);
        if (poison instanceof Work.Decide decide) {
            refused(decide, "It cannot be stored: " + reason);
        } else if (poison instanceof Work.SetAside letter) {
            again(Parking.withoutContent(letter, reason));
        }
    }

    /**
     * One work alone is tried a few times, for the store may be slow for all; then its thread is set aside, which the store
     * has to take before anything else happens. A dead letter has no thread that could be: it is as small as a record, so it
     * is the store that is slow.
     */
    private void timedOut(List<Work> works, String reason) {
        int timesAlone = limit.timedOut(works);
        LOG.warnf("%d works took the store too long; trying %d: %s", works.size(), limit.works(), reason);
        if (timesAlone >= BatchLimit.MAX_TIME_OUTS && works.getFirst() instanceof Work.Decide decide) {
            refused(decide, "It takes too long to be stored, " + timesAlone + " times in a row: " + reason);
        } else {
            again(works);
        }
    }

    private void refused(Work.Decide poison, String error) {
        try {
            again(parking.withoutRefused(poison, error));
        } catch (FencedException e) {
            e.partitions().forEach(this::lose);
        } catch (JournalException e) {
            // It is refused once more when the journal is there again.
            again(List.of(poison));
        }
    }

    private void recovered(PendingBatch pending, CommitResult.Recovered recovered) {
        for (Advance advance : pending.batch().advances()) {
            Claim claim = recovered.claims().get(advance.partition());
            if (claim == null) {
                lose(advance.partition());
            } else {
                owned.computeIfPresent(
                        advance.partition(),
                        (id, partition) -> new OwnedPartition(id, claim.epoch(), claim.position()));
            }
        }
        if (recovered.committed()) {
            LOG.infof("The batch of %d works was committed", pending.works().size());
            effects.committed(pending);
            adopt(pending);
        } else {
            LOG.infof(
                    "The batch of %d works was not committed; deciding it again",
                    pending.works().size());
            again(pending.works());
        }
    }

    /** To be decided again, before all that came after; what was looked up for those may be out of date by now. */
    private void again(List<Work> works) {
        mailbox.putBack(next.startAgain(works, work -> owned.containsKey(work.partition()), limit.works()));
        lookups.clear();
    }

    private void releaseAsked() {
        releases.forEach((id, released) -> {
            OwnedPartition partition = owned.get(id);
            if (partition != null) {
                forget(id);
            }
            released.complete(partition);
        });
        releases.clear();
    }

    private void lose(int partition) {
        OwnedPartition owner = owned.get(partition);
        if (owner != null) {
            LOG.warnf("Partition %d has another owner", partition);
            forget(partition);
            onLost.lost(partition, owner.epoch());
        }
    }

    private void forget(int partition) {
        owned.remove(partition);
        actors.removePartition(partition);
        actorCount = actors.size();
        actorBytes = actors.bytes();
        setAsides.forget(partition);
        steps.cancelPartition(partition);
        turns.dropped(partition);
        next.forget(partition);
        // What was read of its threads is out of date if it comes back.
        lookups.clear();
    }
}
