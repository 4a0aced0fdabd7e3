package dev.threadwright.actor;

import dev.threadwright.actor.PendingBatch.Changed;
import dev.threadwright.actor.Priors.Prior;
import dev.threadwright.actor.StepStarter.StepCall;
import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Batch.Advance;
import dev.threadwright.journal.Batch.Offset;
import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.Batch.ThreadRow;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.ErasedRow;
import dev.threadwright.journal.JournalException;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.Publication;
import dev.threadwright.log.LogFields;
import dev.threadwright.thread.Awaited;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Decider;
import dev.threadwright.thread.Decision;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.Owed;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.WorkflowsUnavailableException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Decides works in their order, each on what the ones before it left, and gathers all that is to be committed. One use,
 * no side effects: the same works on the same states give the same batch.
 */
final class BatchBuilder {

    private static final Logger LOG = Logger.getLogger(BatchBuilder.class);

    private final Decider decider;
    private final long maxBytes;
    private final DecisionBytes decisionBytes;
    private final Earlier earlier;
    private final Priors priors;
    private final TenantUse tenantUse;

    /** What the commit writes by now. */
    private long bytes;

    /** How many of the works are in the batch by now. */
    private int taken;

    private final Map<Integer, Progress> partitions = new LinkedHashMap<>();
    private final Map<ThreadKey, Touched> threads = new LinkedHashMap<>();
    private final Map<OffsetKey, Offset> offsets = new LinkedHashMap<>();
    private final List<Publication> publications = new ArrayList<>();

    /** Attempts of which their workers have said themselves what they came to. */
    private final Set<AttemptKey> reported = new HashSet<>();

    private final AttemptEnds attemptEnds = new AttemptEnds();

    private final Map<ThreadKey, FailedThreads.Failure> failures = new HashMap<>();

    /** By its index, the first work of each thread. */
    private final Map<ThreadKey, Integer> firstWorks = new HashMap<>();

    private final RunRows runRows = new RunRows();
    private final InterruptRows interruptRows = new InterruptRows();
    private final LegRows legRows = new LegRows();
    private final AuditRows audits = new AuditRows();

    /** A partition's position as the batch goes on. */
    private static final class Progress {
        final OwnedPartition start;
        long position;

        Progress(OwnedPartition start) {
            this.start = start;
            this.position = start.position();
        }
    }

    private record Touched(int partition, ThreadState before, ThreadState after) {}

    private record OffsetKey(String topic, int partition) {}

    private record AttemptKey(ThreadKey thread, String ref) {}

    /**
     * @param quotas asked once for each tenant of the works
     * @param maxBytes that the commit is to write; one work alone may exceed it
     */
    BatchBuilder(Decider decider, Quotas quotas, int snapshotEvery, long maxBytes, Earlier earlier) {
        this.decider = decider;
        this.tenantUse = new TenantUse(quotas);
        this.maxBytes = maxBytes;
        this.decisionBytes = new DecisionBytes(snapshotEvery);
        this.earlier = earlier;
        this.priors = new Priors(earlier, interruptRows.settled());
    }

    /**
     * The batch has as many of the works, from the first on, as its bytes allow: what comes of a work is known once it is
     * decided, so the one that is too much is decided again in the next batch.
     *
     * @throws FailedThreads if the server fails on some; the builder is of no use any more then
     */
    PendingBatch build(List<Work> works, Map<Integer, OwnedPartition> owned) {
        while (taken < works.size()) {
            Work work = works.get(taken);
            OwnedPartition partition = owned.get(work.partition());
            if (partition == null) {
                throw new IllegalStateException("Work for partition " + work.partition() + ", which is not owned");
            }
            Progress known = partitions.get(work.partition());
            Progress progress = known == null ? new Progress(partition) : known;
            if (!isTaken(progress, work)) {
                break;
            }
            partitions.put(work.partition(), progress);
            consumed(work.record());
            taken++;
        }
        PendingBatch pending = gathered(List.copyOf(works.subList(0, taken)));
        if (!failures.isEmpty()) {
            throw new FailedThreads(failures);
        }
        return pending;
    }

    private boolean isTaken(Progress progress, Work work) {
        return switch (work) {
            case Work.Decide decide -> tryToDecide(progress, decide);
            case Work.SetAside aside -> {
                boolean hasRoom = takes(aside.bytes());
                if (hasRoom) {
                    setAside(progress, aside.kind(), aside.reason(), aside.record());
                }
                yield hasRoom;
            }
        };
    }

    /** Counts what is to be written in addition, if there is room for it. */
    private boolean takes(long more) {
        if (taken > 0 && bytes + more > maxBytes) {
            return false;
        }
        bytes += more;
        return true;
    }

    /** The server's failures on one thread must not cost the others of its batch anything. */
    private boolean tryToDecide(Progress progress, Work.Decide work) {
        ThreadKey thread = work.command().header().thread();
        firstWorks.putIfAbsent(thread, taken);
        if (failures.containsKey(thread)) {
            return true;
        }
        try {
            return decide(progress, work);
        } catch (JournalException unreachable) {
            // What the decision needs cannot be read now: no defect of the thread.
            throw unreachable;
        } catch (WorkflowsUnavailableException unreachable) {
            throw NeededWorkflows.unreachable(unreachable);
        } catch (RuntimeException | StackOverflowError defect) {
            failures.put(thread, new FailedThreads.Failure(taken, defect));
            return true;
        }
    }

    /** What follows from all that was decided for the thread cannot be told: none of that can be kept. */
    private void failed(ThreadKey thread, Throwable defect) {
        failures.putIfAbsent(thread, new FailedThreads.Failure(firstWorks.getOrDefault(thread, 0), defect));
    }

    /** @return whether there was room for what was decided */
    private boolean decide(Progress progress, Work.Decide work) {
        Command command = work.command();
        ThreadKey thread = command.header().thread();
        Touched touched = threads.get(thread);
        ThreadState state = touched == null ? earlier.state(thread) : touched.after();
        Prior prior = priors.of(command.header());
        Decision decision =
                decider.decide(state, command, priors.known(command, prior, tenantUse.room(thread.tenant())));
        if (!takes(bytesOf(work, touched == null ? state : touched.before(), state, decision))) {
            return false;
        }
        tenantUse.add(thread.tenant(), state, decision);
        noteReport(thread, command);
        if (!decision.events().isEmpty()) {
            append(progress, command.header(), state, decision);
            attemptEnds.add(state, command, decision.events());
            audits.add(progress.start.partition(), command, decision);
            threads.put(
                    thread,
                    new Touched(
                            progress.start.partition(), touched == null ? state : touched.before(), decision.after()));
        }
        // What came before is kept already. The same answer to an interrupt under another id is not.
        boolean isKept = prior.known() != null && decision.outcome() instanceof Outcome.Duplicate;
        answer(progress, work, decision, isKept ? null : prior.key());
        return true;
    }

    private long bytesOf(Work.Decide work, ThreadState start, ThreadState before, Decision decision) {
        RawRecord record = work.record();
        return decisionBytes.of(start, before, decision)
                + (isDeadLetter(work, decision) && record != null ? record.bytes() : 0);
    }

    /** Nobody is told that it is invalid, so its record is kept. */
    private static boolean isDeadLetter(Work.Decide work, Decision decision) {
        return decision.outcome() instanceof Outcome.Invalid && !work.answered();
    }

    private void append(Progress progress, Command.Header header, ThreadState before, Decision decision) {
        publications.add(new DecisionRow(
                header.thread(),
                progress.start.partition(),
                ++progress.position,
                header.timeMs(),
                header.identity(),
                header.actor(),
                decision.events()));
        for (Recorded recorded : decision.events()) {
            runRows.add(header.thread(), recorded);
            legRows.add(header.thread(), before, recorded);
            interruptRows.add(header.thread(), recorded);
            priors.add(recorded.event());
        }
    }

    private void answer(Progress progress, Work.Decide work, Decision decision, @Nullable OutcomeKey key) {
        Outcome outcome = decision.outcome();
        RawRecord record = work.record();
        if (outcome instanceof Outcome.Invalid invalid && !work.answered()) {
            if (record == null) {
                ThreadKey thread = work.command().header().thread();
                try (LogFields ignored =
                        LogFields.of(thread).seq(decision.after().seq())) {
                    LOG.warnf("Thread %s: %s", thread, invalid.message());
                }
            } else {
                setAside(progress, OutboxRow.Kind.REFUSED, invalid.message(), record);
            }
        } else if (key != null) {
            priors.decided(new OutcomeRow(
                    key,
                    work.command().header().contentHash(),
                    outcome,
                    decision.after().seq()));
        }
    }

    private void setAside(Progress progress, OutboxRow.Kind kind, String reason, RawRecord record) {
        publications.add(new OutboxRow(
                record.tenant(),
                kind,
                progress.start.partition(),
                ++progress.position,
                record.source(),
                record.key(),
                record.value(),
                record.headers(),
                SetAsides.printable(reason),
                record.timeMs()));
    }

    private void consumed(@Nullable RawRecord record) {
        if (record != null) {
            OutboxRow.Coordinates source = record.source();
            offsets.put(
                    new OffsetKey(source.topic(), source.partition()),
                    new Offset(source.topic(), source.partition(), source.offset() + 1));
        }
    }

    /** A worker that has reported need not be told to stop; of what is discarded nothing was owed. */
    private void noteReport(ThreadKey thread, Command command) {
        if (command instanceof Command.CompleteAction done) {
            reported.add(new AttemptKey(thread, Owed.Call.ref(done.action(), done.attempt())));
        } else if (command instanceof Command.FailAction failed) {
            reported.add(new AttemptKey(thread, Owed.Call.ref(failed.action(), failed.attempt())));
        }
    }

    private PendingBatch gathered(List<Work> works) {
        List<ThreadRow> rows = new ArrayList<>(threads.size());
        List<Changed> after = new ArrayList<>(threads.size());
        List<ThreadState> snapshots = new ArrayList<>();
        ActionRows actions = new ActionRows();
        OwedDifference owed = new OwedDifference();
        threads.forEach((key, touched) -> {
            try {
                rows.add(new ThreadRow(touched.partition(), touched.before().seq(), touched.after(), isSet(touched)));
                after.add(new Changed(touched.partition(), touched.after()));
                owed.add(touched.partition(), touched.before(), touched.after());
                runRows.status(key, touched.before(), touched.after());
                actions.add(touched.before(), touched.after());
                if (decisionBytes.isStored(touched.before(), touched.after())) {
                    snapshots.add(touched.after());
                }
            } catch (JournalException unreachable) {
                throw unreachable;
            } catch (RuntimeException | StackOverflowError defect) {
                failed(key, defect);
            }
        });
        tellWorkers(owed);
        List<DecisionRow> decisions = new ArrayList<>();
        List<OutboxRow> outbox = new ArrayList<>();
        for (Publication publication : publications) {
            switch (publication) {
                case DecisionRow decision -> decisions.add(decision);
                case OutboxRow row -> outbox.add(row);
                case ErasedRow erased -> throw new IllegalStateException("Nothing new is erased: " + erased);
            }
        }
        Batch batch = new Batch(
                advances(),
                decisions,
                outbox,
                List.copyOf(priors.outcomes().values()),
                rows,
                runRows.rows(),
                interruptRows.rows(),
                owed.changes(),
                List.copyOf(offsets.values()),
                snapshots,
                legRows.rows(),
                actions.rows(),
                audits.rows());
        return new PendingBatch(
                works,
                batch,
                after,
                publications,
                owed.stopsHere(),
                owed.startsHere(),
                owed.turns(attemptEnds.ends()),
                priors.outcomes(),
                priors.endedRuns(),
                interruptRows.settled(),
                tenantUse.byTenant());
    }

    /** Cancels first: a worker that is asked for the next attempt has been told to leave the last one. */
    private void tellWorkers(OwedDifference owed) {
        for (StepCall stop : owed.stops()) {
            if (stop.call().awaited() == Awaited.WORKER
                    && !reported.contains(
                            new AttemptKey(stop.thread(), stop.call().ref()))) {
                publish(stop, () -> WorkerRequests.cancelled(stop, nextPosition(stop), updatedAtMs(stop)));
            }
        }
        for (StepCall start : owed.starts()) {
            if (start.call().awaited() == Awaited.WORKER) {
                publish(start, () -> WorkerRequests.requested(start, nextPosition(start), updatedAtMs(start)));
            }
        }
    }

    private void publish(StepCall step, Supplier<OutboxRow> request) {
        try {
            publications.add(request.get());
        } catch (RuntimeException | StackOverflowError defect) {
            failed(step.thread(), defect);
        }
    }

    private long nextPosition(StepCall step) {
        Progress progress = partitions.get(step.partition());
        if (progress == null) {
            throw new IllegalStateException("Partition " + step.partition() + " has decided nothing");
        }
        return ++progress.position;
    }

    private long updatedAtMs(StepCall step) {
        Touched touched = threads.get(step.thread());
        return touched == null ? 0 : touched.after().updatedAtMs();
    }

    private static boolean isSet(Touched touched) {
        return !touched.before().settings().equals(touched.after().settings());
    }

    private List<Advance> advances() {
        return partitions.values().stream()
                .map(progress -> new Advance(
                        progress.start.partition(),
                        progress.start.epoch(),
                        progress.start.position(),
                        progress.position))
                .toList();
    }
}
