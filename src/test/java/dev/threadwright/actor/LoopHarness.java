package dev.threadwright.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.actor.Measurements.CommitFailure;
import dev.threadwright.journal.Batch;
import dev.threadwright.journal.Journal;
import dev.threadwright.journal.Journal.Claim;
import dev.threadwright.journal.JournalUnavailableException;
import dev.threadwright.journal.OutboxRow.Coordinates;
import dev.threadwright.journal.Publication;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.journal.SetAsideThread;
import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Decider;
import dev.threadwright.thread.Gate;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.Owed;
import dev.threadwright.thread.Room;
import dev.threadwright.thread.RunIds;
import dev.threadwright.thread.ServerSettings;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.policy.InterruptPolicy;
import dev.threadwright.thread.policy.Judges;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.Situation;
import dev.threadwright.workflow.BuiltInWorkflows;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.WorkflowCatalog;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A real loop over a given journal, with everything around it recorded. */
public final class LoopHarness implements AutoCloseable {

    static final String TOPIC = "threadwright.input";

    static final Judges NO_JUDGES = new Judges() {
        @Override
        public boolean holds(String condition, Input input, Situation situation) {
            throw new IllegalStateException("no conditions here");
        }

        @Override
        public Policy choose(String name, Input input, Situation situation) {
            throw new IllegalStateException("no custom policies here");
        }
    };

    final Journal journal;
    public final Loop loop;
    final RecordingPublisher publisher;
    final RecordingSteps steps = new RecordingSteps();
    final RecordingTurns turns = new RecordingTurns();
    final List<Batch> committed = new CopyOnWriteArrayList<>();
    final List<Batch> measured = new CopyOnWriteArrayList<>();
    final List<CommitFailure> commitFailures = new CopyOnWriteArrayList<>();
    final List<Command> strays = new CopyOnWriteArrayList<>();
    final Set<Integer> lost = ConcurrentHashMap.newKeySet();

    /** What each tenant may have; set before there is work. */
    volatile Quotas quotaOf = Quotas.NONE;

    private final Quotas quotas = new Quotas() {
        @Override
        public Room room(String tenant) {
            return quotaOf.room(tenant);
        }

        @Override
        public void committed(Map<String, Use> byTenant) {
            quotaOf.committed(byTenant);
        }
    };

    private final List<CompletableFuture<Void>> owned = new ArrayList<>();
    private boolean started;

    public LoopHarness(String name, Journal journal, LoopSettings settings) {
        this(name, journal, settings, Gate.OPEN);
    }

    LoopHarness(String name, Journal journal, LoopSettings settings, Gate gate) {
        this(name, journal, settings, gate, BuiltInWorkflows.registry());
    }

    LoopHarness(String name, Journal journal, LoopSettings settings, Gate gate, WorkflowCatalog workflows) {
        this.journal = journal;
        this.publisher = new RecordingPublisher("publisher-" + name);
        this.loop = new Loop(
                name,
                name,
                new MachineThreads(),
                journal,
                decider(gate, workflows),
                NeededWorkflows.fixed(workflows),
                settings,
                publisher,
                steps,
                turns,
                quotas,
                committed::add,
                strays::add,
                (partition, epoch) -> lost.add(partition),
                measurements());
    }

    private Measurements measurements() {
        return new Measurements() {
            @Override
            public void committed(List<Work> works, Batch batch, long nanos) {
                measured.add(batch);
            }

            @Override
            public void commitFailed(CommitFailure why) {
                commitFailures.add(why);
            }
        };
    }

    static Decider decider(Gate gate) {
        return decider(gate, BuiltInWorkflows.registry());
    }

    static Decider decider(Gate gate, WorkflowCatalog workflows) {
        return new Decider(
                new ServerSettings(InterruptPolicy.DEFAULT, "echo", 10, 100),
                workflows,
                NO_JUDGES,
                new JsonSchemas(),
                gate);
    }

    /** Claims and owns, as the ownership would; the loop may be started before or after. */
    Claim own(int partition) {
        while (true) {
            try {
                Claim claim = journal.claim(partition, "test", publisher.publisherId());
                publisher.open(List.of(claim));
                owned.add(loop.own(
                        partition,
                        claim.epoch(),
                        claim.position(),
                        List.of(),
                        List.of(),
                        journal.setAside(List.of(partition), 1_000)));
                if (started) {
                    awaitOwned();
                }
                return claim;
            } catch (JournalUnavailableException injected) {
                // As the ownership does: until it succeeds.
            }
        }
    }

    public LoopHarness start() {
        started = true;
        loop.start();
        awaitOwned();
        return this;
    }

    /** As a server's, over what the test has for consumers. */
    public Ownership ownership(Inbound inbound) {
        return new Ownership(
                "claims",
                "test",
                new MachineThreads(),
                journal,
                publisher,
                steps,
                turns,
                loop,
                inbound,
                System::currentTimeMillis,
                Measurements.NONE);
    }

    /** What is offered before the loop owns the partition is forgotten, as its contract says. */
    private void awaitOwned() {
        owned.forEach(CompletableFuture::join);
    }

    /** Waits until the partition's offset has been committed that follows the last of these works. */
    void awaitConsumed(int partition, long next) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> committed.stream()
                        .anyMatch(batch -> batch.offsets().stream()
                                .anyMatch(offset -> offset.partition() == partition && offset.next() >= next)));
    }

    static Work work(int partition, long offset, Command command) {
        return new Work.Decide(
                partition, command, raw(partition, offset, command.header().timeMs()), false);
    }

    static RawRecord raw(int partition, long offset, long timeMs) {
        return new RawRecord(
                ThreadKey.DEFAULT_TENANT,
                new Coordinates(TOPIC, partition, offset),
                new byte[] {'k'},
                new byte[] {'1'},
                RawHeaders.NONE,
                timeMs);
    }

    /** Sent again to release its thread from the time that has the id. */
    static Work release(long offset, Command command, String id) {
        RawRecord sentAgain = new RawRecord(
                ThreadKey.DEFAULT_TENANT,
                new Coordinates(TOPIC, 0, offset),
                new byte[] {'k'},
                new byte[] {'1'},
                RawHeaders.of(Map.of(SetAsideThread.RELEASE_HEADER, id.getBytes(StandardCharsets.US_ASCII))),
                command.header().timeMs());
        return new Work.Decide(0, command, sentAgain, false);
    }

    static ThreadKey thread(String name) {
        return new ThreadKey("default", name);
    }

    static Command.SubmitInput input(
            ThreadKey thread, String id, long timeMs, @Nullable Policy policy, String workflow) {
        return input(thread, id, timeMs, policy, workflow, Json.object("text", Json.of(id)));
    }

    static Command.SubmitInput input(
            ThreadKey thread, String id, long timeMs, @Nullable Policy policy, String workflow, Json data) {
        Identity identity = new Identity("/test", id);
        return new Command.SubmitInput(
                new Command.Header(
                        thread, timeMs, identity, String.format("%064x", data.hashCode()), "user.input", "test"),
                new Input(identity, Input.Type.USER_INPUT, null, data),
                RunIds.of(thread, identity, timeMs),
                policy,
                workflow,
                null,
                null);
    }

    @Override
    public void close() {
        loop.close();
    }

    static final class RecordingSteps implements StepStarter {
        final List<String> recorded = new CopyOnWriteArrayList<>();

        @Override
        public void recorded(ThreadKey thread, ActionId action, int attempt, String name) {
            recorded.add(action + "#" + attempt + " " + name);
        }

        final List<String> log = new CopyOnWriteArrayList<>();
        final Set<String> running = ConcurrentHashMap.newKeySet();

        @Override
        public void start(StepCall call) {
            log.add("start " + call.call().ref());
        }

        @Override
        public boolean isRunning(StepCall call) {
            return running.contains(call.call().ref());
        }

        @Override
        public void cancel(StepCall call) {
            log.add("cancel " + call.call().ref());
        }

        @Override
        public void cancelPartition(int partition) {
            log.add("cancel partition " + partition);
        }
    }

    /** Remembers what waits, and lets it begin when the test says so. */
    static final class RecordingTurns implements Turns {
        final List<String> log = new CopyOnWriteArrayList<>();
        final Map<String, Command> waiting = new ConcurrentHashMap<>();
        final Set<Integer> forgotten = ConcurrentHashMap.newKeySet();
        private volatile Consumer<Command> release = command -> {};

        @Override
        public void claimed(int partition, Consumer<Command> to, List<Begun> begun, List<Turn> held) {
            release = to;
            log.add("claimed " + begun.stream().map(Begun::attempt).toList());
            held.forEach(this::wait);
        }

        @Override
        public boolean counts(String target) {
            return true;
        }

        @Override
        public void committed(Changes changes) {
            changes.begun().forEach(step -> log.add("begun " + step.call().ref()));
            changes.over().forEach(step -> log.add("over " + step.call().ref()));
            changes.ends().forEach(end -> log.add((end.worked() ? "worked " : "failed ") + end.target()));
            changes.left().forEach(turn -> waiting.remove(turn.owed().ref()));
            changes.wanted().forEach(this::wait);
        }

        private void wait(Turn turn) {
            Owed.Turn owed = turn.owed();
            waiting.put(
                    owed.ref(),
                    new Command.ReleaseAction(
                            new Command.Header(turn.thread(), 5, null, "", "action.release", "system"),
                            owed.run(),
                            owed.action(),
                            owed.attempt(),
                            false));
        }

        void releaseAll() {
            waiting.values().forEach(release);
        }

        @Override
        public void dropped(int partition) {
            log.add("dropped " + partition);
        }

        @Override
        public Map<Integer, Integer> forgotten() {
            return forgotten.stream().collect(java.util.stream.Collectors.toMap(id -> id, id -> 10));
        }

        @Override
        public void found(int partition, List<Turn> turns) {
            forgotten.remove(partition);
            turns.forEach(this::wait);
        }
    }

    /** Holds the relay's contract against the loop: positions without a gap, each once. */
    static final class RecordingPublisher implements Publisher {
        private final String id;
        private final Map<Integer, Long> positions = new ConcurrentHashMap<>();
        final List<Publication> published = new CopyOnWriteArrayList<>();
        final List<String> violations = new CopyOnWriteArrayList<>();
        final List<List<Integer>> opened = new CopyOnWriteArrayList<>();
        volatile Predicate<List<Integer>> cannotOpen = partitions -> false;

        RecordingPublisher(String id) {
            this.id = id;
        }

        @Override
        public String publisherId() {
            return id;
        }

        @Override
        public void open(List<Claim> claims) {
            List<Integer> partitions = claims.stream().map(Claim::partition).toList();
            opened.add(partitions);
            if (cannotOpen.test(partitions)) {
                throw new JournalUnavailableException("The log does not answer", null);
            }
            claims.forEach(claim -> positions.put(claim.partition(), claim.position()));
        }

        @Override
        public long opened(Claim claim) {
            return claim.position();
        }

        @Override
        public synchronized void publish(List<? extends Publication> publications) {
            for (Publication publication : publications) {
                Long last = positions.get(publication.partition());
                if (last == null) {
                    continue;
                }
                if (publication.position() != last + 1) {
                    violations.add(
                            "partition " + publication.partition() + ": " + publication.position() + " after " + last);
                }
                positions.put(publication.partition(), publication.position());
                published.add(publication);
            }
        }

        volatile boolean saturated;

        @Override
        public boolean isSaturated() {
            return saturated;
        }

        @Override
        public void awaitRoom() {}

        @Override
        public CompletionStage<Long> close(int partition) {
            Long last = positions.remove(partition);
            return CompletableFuture.completedFuture(last == null ? 0L : last);
        }

        @Override
        public void drop(int partition) {
            positions.remove(partition);
        }
    }

    /** All of the works, from the start of a loop to their commits. */
    static void run(Journal journal, LoopSettings settings, List<Work> works) {
        try (LoopHarness harness = new LoopHarness("a", journal, settings)) {
            harness.own(0);
            harness.start();
            harness.loop.offer(works);
            harness.awaitConsumed(0, works.size());
            assertThat(harness.publisher.violations).isEmpty();
        }
    }

    static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public static List<Publication> publications(Journal journal, int partition) {
        List<Publication> all = new ArrayList<>();
        for (List<Publication> page = journal.publications(partition, 0, 1_000);
                !page.isEmpty();
                page = journal.publications(partition, all.getLast().position(), 1_000)) {
            all.addAll(page);
        }
        return all;
    }
}
