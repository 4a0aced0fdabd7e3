package dev.threadwright.journal;

import dev.threadwright.journal.Batch.Advance;
import dev.threadwright.journal.Batch.InterruptRow;
import dev.threadwright.journal.Batch.Offset;
import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.Batch.OwedChange;
import dev.threadwright.journal.Batch.RunRow;
import dev.threadwright.journal.Batch.ThreadRow;
import dev.threadwright.json.JsonText;
import dev.threadwright.thread.Fold;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.SettledInterrupt;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The journal in memory, for simulations: any number of owners share one instance. Forgets all when the process ends, so
 * never for a server.
 */
public final class InMemoryJournal implements Journal {

    private record Ownership(
            long epoch,
            long position,
            long published,
            String owner,
            String publisher,
            boolean released,
            List<String> publishers) {

        static final Ownership NONE = new Ownership(0, 0, 0, "", "", true, List.of());

        Ownership at(long next) {
            return new Ownership(epoch, next, published, owner, publisher, released, publishers);
        }

        Ownership claimed(String newOwner, String newPublisher) {
            List<String> all = new ArrayList<>(publishers);
            all.remove(newPublisher);
            all.add(newPublisher);
            return new Ownership(epoch + 1, position, published, newOwner, newPublisher, false, List.copyOf(all));
        }

        Ownership fenced() {
            return new Ownership(epoch, position, published, owner, publisher, released, List.of(publisher));
        }

        Ownership released(long upTo) {
            return new Ownership(epoch, position, Math.max(published, upTo), owner, publisher, true, List.of());
        }
    }

    private static final Comparator<ThreadKey> BY_NAME =
            Comparator.comparing(ThreadKey::tenant).thenComparing(ThreadKey::thread);

    private record OwedKey(ThreadKey thread, String kind, String ref) {}

    private record InterruptKey(ThreadKey thread, InterruptId interrupt) {}

    private record RunKey(ThreadKey thread, RunId run) {}

    private final Map<Integer, Ownership> partitions = new HashMap<>();
    private final Map<Integer, TreeMap<Long, Publication>> publications = new HashMap<>();
    private final Map<ThreadKey, List<DecisionRow>> decisions = new HashMap<>();
    private final Map<ThreadKey, Long> heads = new HashMap<>();
    private final Map<ThreadKey, ThreadState> snapshots = new HashMap<>();
    private final Map<OutcomeKey, OutcomeRow> outcomes = new HashMap<>();
    private final Map<RunKey, RunStatus> runs = new HashMap<>();
    private final Map<InterruptKey, InterruptRow> interrupts = new HashMap<>();
    private final Map<OwedKey, OwedChange> owed = new LinkedHashMap<>();
    private final Map<Integer, TreeMap<String, Long>> offsets = new HashMap<>();
    private final Map<ThreadKey, SetAsideThread> setAside = new HashMap<>();
    private final Set<DeadLetterId> drained = new HashSet<>();

    @Override
    public synchronized void commit(Batch batch) {
        BatchCheck.check(batch);
        checkOwnership(batch);
        checkThreads(batch);
        checkKeys(batch);
        checkDrained(batch.drained());
        // All that could refuse it has been asked: from here on it is all.
        for (Advance advance : batch.advances()) {
            partitions.computeIfPresent(advance.partition(), (id, now) -> now.at(advance.to()));
        }
        batch.threads().forEach(row -> heads.put(row.state().key(), row.state().seq()));
        for (DecisionRow row : batch.decisions()) {
            decisions.computeIfAbsent(row.thread(), key -> new ArrayList<>()).add(row);
            publication(row);
        }
        batch.outbox().forEach(this::publication);
        batch.outcomes().forEach(row -> outcomes.put(row.key(), row));
        batch.runs().forEach(row -> runs.put(key(row), row.status()));
        batch.interrupts().forEach(row -> interrupts.put(key(row), row));
        batch.owed().stream().filter(change -> !change.owed()).forEach(change -> owed.remove(key(change)));
        batch.owed().stream().filter(OwedChange::owed).forEach(change -> owed.put(key(change), change));
        for (Offset offset : batch.offsets()) {
            offsets.computeIfAbsent(offset.partition(), id -> new TreeMap<>()).put(offset.topic(), offset.next());
        }
        batch.snapshots().forEach(state -> snapshots.put(state.key(), state));
        drain(batch.drained());
    }

    private void checkDrained(Batch.@Nullable Drained batch) {
        if (batch != null) {
            Set<Long> parked = parked(batch.thread(), Integer.MAX_VALUE).stream()
                    .map(OutboxRow::position)
                    .collect(Collectors.toSet());
            reject(!parked.containsAll(batch.positions()), "It is not parked any more: ", batch);
        }
    }

    private void drain(Batch.@Nullable Drained batch) {
        if (batch == null) {
            return;
        }
        batch.positions()
                .forEach(position -> drained.add(new DeadLetterId(batch.thread().partition(), position)));
        if (batch.isEnd()) {
            setAside.computeIfPresent(
                    batch.thread().thread(),
                    (key, now) -> now.id().equals(batch.thread().id()) ? null : now);
        }
    }

    private void checkOwnership(Batch batch) {
        Set<Integer> stale = batch.advances().stream()
                .filter(advance -> {
                    Ownership now = partitions.get(advance.partition());
                    return now == null
                            || now.released()
                            || now.epoch() != advance.epoch()
                            || now.position() != advance.from();
                })
                .map(Advance::partition)
                .collect(Collectors.toSet());
        if (!stale.isEmpty()) {
            throw new FencedException(stale, "Another owner or position", null);
        }
    }

    private void checkThreads(Batch batch) {
        List<ThreadRow> moved = batch.threads().stream()
                .filter(row -> head(row.state().key()) != row.expectedSeq())
                .toList();
        if (!moved.isEmpty()) {
            throw new RejectedBatchException(
                    "The journal is damaged: "
                            + moved.stream()
                                    .map(row -> "thread " + row.state().key() + " is at "
                                            + head(row.state().key()) + " and not at " + row.expectedSeq())
                                    .collect(Collectors.joining(", ")),
                    null);
        }
    }

    private void checkKeys(Batch batch) {
        for (OutcomeRow row : batch.outcomes()) {
            reject(outcomes.containsKey(row.key()), "An outcome is there already: ", row.key());
        }
        distinct(batch.outcomes(), OutcomeRow::key);
        for (RunRow row : batch.runs()) {
            boolean isNew = row.admittedAtMs() != null;
            reject(runs.containsKey(key(row)) == isNew, "A run is there already, or is not there: ", key(row));
            reject(isNew && (row.workflow() == null || row.decision() == null), "A new run is not whole: ", key(row));
        }
        distinct(batch.runs(), InMemoryJournal::key);
        for (InterruptRow row : batch.interrupts()) {
            InterruptRow now = interrupts.get(key(row));
            reject(
                    row.interrupt() == null ? now == null || !now.status().equals(InterruptRow.PENDING) : now != null,
                    "A second outcome of an interrupt, or one that is not there: ",
                    key(row));
        }
        distinct(batch.interrupts(), InMemoryJournal::key);
        distinct(batch.snapshots(), ThreadState::key);
        distinct(batch.offsets(), offset -> Map.entry(offset.topic(), offset.partition()));
        Set<OwedKey> paid = batch.owed().stream()
                .filter(change -> !change.owed())
                .map(InMemoryJournal::key)
                .collect(Collectors.toSet());
        List<OwedChange> added = batch.owed().stream().filter(OwedChange::owed).toList();
        for (OwedChange change : added) {
            reject(owed.containsKey(key(change)) && !paid.contains(key(change)), "It is owed already: ", key(change));
        }
        distinct(added, InMemoryJournal::key);
    }

    private static <T> void distinct(List<T> rows, Function<T, Object> key) {
        reject(rows.stream().map(key).distinct().count() < rows.size(), "One row comes twice: ", rows);
    }

    private static void reject(boolean wrong, String message, Object what) {
        if (wrong) {
            throw new RejectedBatchException(message + what, null);
        }
    }

    private void publication(Publication row) {
        publications.computeIfAbsent(row.partition(), id -> new TreeMap<>()).put(row.position(), row);
    }

    private static InterruptKey key(InterruptRow row) {
        return new InterruptKey(row.thread(), row.id());
    }

    private static RunKey key(RunRow row) {
        return new RunKey(row.thread(), row.run());
    }

    private static OwedKey key(OwedChange change) {
        return new OwedKey(change.thread(), change.kind(), change.ref());
    }

    @Override
    public synchronized Claim claim(int partition, String owner, String publisher) {
        Ownership before = partitions.getOrDefault(partition, Ownership.NONE);
        Ownership now = before.claimed(owner, publisher);
        partitions.put(partition, now);
        List<Offset> consumed = new ArrayList<>();
        offsets.getOrDefault(partition, new TreeMap<>())
                .forEach((topic, next) -> consumed.add(new Offset(topic, partition, next)));
        return new Claim(
                partition, now.epoch(), now.position(), now.published(), before.publishers(), List.copyOf(consumed));
    }

    @Override
    public synchronized @Nullable Claim reclaim(int partition, long epoch, String owner, String publisher) {
        Ownership now = partitions.get(partition);
        if (now == null || now.epoch() < epoch) {
            return null;
        }
        boolean own = now.owner().equals(owner) && now.publisher().equals(publisher);
        return now.epoch() == epoch || own ? claim(partition, owner, publisher) : null;
    }

    @Override
    public synchronized void fenced(int partition, long epoch) {
        partitions.computeIfPresent(partition, (id, now) -> now.epoch() == epoch ? now.fenced() : now);
    }

    @Override
    public synchronized void release(int partition, long epoch, long published) {
        partitions.computeIfPresent(partition, (id, now) -> now.epoch() == epoch ? now.released(published) : now);
    }

    @Override
    public synchronized Map<Integer, Holder> holders(Collection<Integer> asked) {
        Map<Integer, Holder> holders = new HashMap<>();
        partitions.forEach((partition, ownership) -> {
            if (asked.contains(partition)) {
                holders.put(partition, new Holder(ownership.epoch(), ownership.publisher()));
            }
        });
        return holders;
    }

    @Override
    public synchronized Map<ThreadKey, ThreadState> load(Collection<ThreadKey> threads) {
        Map<ThreadKey, ThreadState> loaded = new LinkedHashMap<>();
        for (ThreadKey thread : threads) {
            ThreadState state = snapshots.getOrDefault(thread, ThreadState.absent(thread));
            for (DecisionRow decision : decisions.getOrDefault(thread, List.of())) {
                if (decision.firstSeq() > state.seq()) {
                    for (Recorded recorded : decision.events()) {
                        state = Fold.evolve(state, recorded);
                    }
                }
            }
            if (state.exists()) {
                loaded.put(thread, state);
            }
        }
        return loaded;
    }

    @Override
    public synchronized Map<OutcomeKey, OutcomeRow> outcomes(Collection<OutcomeKey> keys) {
        return keys.stream()
                .distinct()
                .map(outcomes::get)
                .filter(Objects::nonNull)
                .collect(Collectors.toMap(OutcomeRow::key, row -> row));
    }

    @Override
    public synchronized Map<InterruptId, SettledInterrupt> settledInterrupts(Map<InterruptId, ThreadKey> asked) {
        Map<InterruptId, SettledInterrupt> settled = new HashMap<>();
        asked.forEach((id, thread) -> {
            InterruptRow row = interrupts.get(new InterruptKey(thread, id));
            if (row != null && row.settlement() != null) {
                settled.put(
                        id,
                        Settlements.read(
                                thread, id.value(), row.run().value(), row.status(), JsonText.write(row.settlement())));
            }
        });
        return settled;
    }

    @Override
    public synchronized Map<RunId, RunStatus> endedRuns(Map<RunId, ThreadKey> asked) {
        Map<RunId, RunStatus> ended = new HashMap<>();
        asked.forEach((run, thread) -> {
            RunStatus status = runs.get(new RunKey(thread, run));
            if (status != null && status.isTerminal()) {
                ended.put(run, status);
            }
        });
        return ended;
    }

    @Override
    public synchronized List<Publication> publications(int partition, long after, int limit) {
        return publications.getOrDefault(partition, new TreeMap<>()).tailMap(after, false).values().stream()
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized List<DecisionRow> decisions(ThreadKey thread, long fromSeq, int limit) {
        return decisions.getOrDefault(thread, List.of()).stream()
                .filter(decision -> decision.lastSeq() >= fromSeq)
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized long head(ThreadKey thread) {
        return heads.getOrDefault(thread, 0L);
    }

    @Override
    public synchronized void setAside(SetAsideThread thread, long epoch) {
        Ownership now = partitions.get(thread.partition());
        if (now == null || now.released() || now.epoch() != epoch) {
            throw new FencedException(Set.of(thread.partition()), "Another owner", null);
        }
        SetAsideThread before = setAside.get(thread.thread());
        setAside.put(
                thread.thread(),
                new SetAsideThread(
                        thread.thread(),
                        thread.partition(),
                        thread.id(),
                        thread.cause(),
                        thread.error(),
                        before == null ? thread.after() : before.after(),
                        false));
    }

    /** Stands for somebody who releases the thread. */
    public synchronized void release(ThreadKey thread) {
        setAside.computeIfPresent(
                thread,
                (key, now) -> new SetAsideThread(
                        key, now.partition(), now.id(), now.cause(), now.error(), now.after(), true));
    }

    @Override
    public synchronized List<OutboxRow> parked(SetAsideThread thread, int limit) {
        byte[] name = thread.thread().thread().getBytes(StandardCharsets.UTF_8);
        return publications
                .getOrDefault(thread.partition(), new TreeMap<>())
                .tailMap(thread.after(), false)
                .values()
                .stream()
                .filter(OutboxRow.class::isInstance)
                .map(OutboxRow.class::cast)
                .filter(row -> row.kind().isParked() && Arrays.equals(row.key(), name) && !drained.contains(row.id()))
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized List<SetAsideThread> setAside(Collection<Integer> asked, int limit) {
        return setAside.values().stream()
                .filter(thread -> asked.contains(thread.partition()))
                .sorted(Comparator.comparing(SetAsideThread::thread, BY_NAME))
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized List<ThreadKey> threadsOwingCalls(int partition) {
        return List.copyOf(owed.values().stream()
                .filter(change ->
                        change.partition() == partition && change.kind().equals(OwedChange.CALL))
                .map(OwedChange::thread)
                .filter(thread -> !setAside.containsKey(thread))
                .collect(Collectors.toCollection(() -> new TreeSet<>(BY_NAME))));
    }

    @Override
    public synchronized List<DueTimer> timers(Collection<Integer> asked, long dueByMs, int limit) {
        return owed.values().stream()
                .filter(change -> asked.contains(change.partition()) && change.dueAtMs() <= dueByMs)
                .filter(change -> !setAside.containsKey(change.thread()))
                .map(change -> new DueTimer(change.partition(), change.thread(), change.ref(), change.dueAtMs()))
                .sorted(Comparator.comparingLong(DueTimer::dueAtMs)
                        .thenComparing(timer -> timer.thread().tenant())
                        .thenComparing(timer -> timer.thread().thread())
                        .thenComparing(DueTimer::ref))
                .limit(limit)
                .toList();
    }

    @Override
    public void close() {
        // Others may share it.
    }
}
