package dev.threadwright.ops;

import dev.threadwright.actor.Loop;
import dev.threadwright.actor.LoopSettings;
import dev.threadwright.actor.MachineThreads;
import dev.threadwright.actor.Measurements;
import dev.threadwright.actor.NeededWorkflows;
import dev.threadwright.actor.Ownership;
import dev.threadwright.actor.Replies;
import dev.threadwright.actor.Strays;
import dev.threadwright.actor.Threads;
import dev.threadwright.actor.Turns;
import dev.threadwright.actor.Work;
import dev.threadwright.catalog.Catalog;
import dev.threadwright.ingress.CommandRecords;
import dev.threadwright.ingress.Consumers;
import dev.threadwright.ingress.KeyPartitions;
import dev.threadwright.ingress.RecordDecoder;
import dev.threadwright.ingress.TopicRole;
import dev.threadwright.journal.DeadLetterNames;
import dev.threadwright.journal.Journal;
import dev.threadwright.limit.TenantQuotas;
import dev.threadwright.live.ProgressExchange;
import dev.threadwright.live.StepProgress;
import dev.threadwright.log.LogFields;
import dev.threadwright.relay.Relay;
import dev.threadwright.step.Handlers;
import dev.threadwright.step.InProcessSteps;
import dev.threadwright.thread.Decider;
import dev.threadwright.thread.ThreadKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The loops of this instance. */
final class Engine implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Engine.class);

    /** How long a server may not know of a version that another one registered. */
    static final long REFRESH_MS = 1_000;

    private final ThreadwrightConfig config;
    private final int partitions;
    private final Threads threads = new MachineThreads();
    private final String owner;
    private final String process;
    private final KafkaClients kafka;
    private final Admin admin;
    private final Supplier<Journal> journals;
    private final DeadLetterNames deadLetters;
    private final Decider decider;
    private final RecordDecoder decoder;
    private final Handlers handlers;
    private final Catalog workflows;
    private final java.util.function.Consumer<StepProgress> progress;
    private final ProgressExchange exchange;
    private final Turns turns;
    private final TenantQuotas quotas;
    private final Replies replies;
    private final Measurements measurements;
    private final Producer<byte[], byte[]> strayProducer;
    private final TenantTopics topics;
    private final CommandRecords commandRecords;
    private final List<LoopUnit> units = new ArrayList<>();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("workflows-watch").daemon().factory());

    Engine(
            ThreadwrightConfig config,
            int partitions,
            KafkaClients kafka,
            Supplier<Journal> journals,
            DeadLetterNames deadLetters,
            Decider decider,
            RecordDecoder decoder,
            Handlers handlers,
            Catalog workflows,
            java.util.function.Consumer<StepProgress> progress,
            Turns turns,
            TenantQuotas quotas,
            Replies replies,
            Measurements measurements) {
        this.config = config;
        this.partitions = partitions;
        this.owner = config.instance().name().orElseGet(Engine::hostName);
        this.kafka = kafka;
        this.admin = kafka.admin("threadwright-" + owner);
        this.journals = journals;
        this.deadLetters = deadLetters;
        this.decider = decider;
        this.decoder = decoder;
        this.handlers = handlers;
        this.workflows = workflows;
        this.progress = progress;
        this.turns = turns;
        this.quotas = quotas;
        this.replies = replies;
        this.measurements = measurements;
        // Fresh for each process: what an earlier one left under its own id is fenced by whoever claims its partitions.
        this.process = UUID.randomUUID().toString().substring(0, 8);
        String exchangeId = "threadwright-" + owner + "-" + process + "-progress";
        this.exchange = new ProgressExchange(
                owner + "-" + process,
                config.topics().progress(),
                partitions,
                thread -> KeyPartitions.of(thread.thread().getBytes(StandardCharsets.UTF_8), partitions),
                this::held,
                progress,
                () -> kafka.plainProducer(exchangeId),
                () -> kafka.grouplessConsumer(exchangeId));
        this.strayProducer = kafka.plainProducer("threadwright-" + owner + "-results");
        this.topics = TenantTopics.of(config);
        this.commandRecords = new CommandRecords(
                config.topics().commands(), tenant -> topics.of(tenant).results(), partitions);
    }

    void start() {
        int loops = config.loops().orElse(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
        for (int i = 0; i < loops; i++) {
            units.add(unit("loop-" + i, "threadwright-" + owner + "-" + process + "-" + i, i));
        }
        units.forEach(LoopUnit::start);
        exchange.start();
        watch.scheduleWithFixedDelay(this::watchWorkflows, REFRESH_MS, REFRESH_MS, TimeUnit.MILLISECONDS);
        LOG.infof("%d loop%s over %d partitions as %s", loops, loops == 1 ? "" : "s", partitions, owner);
    }

    List<LoopUnit> units() {
        return List.copyOf(units);
    }

    /** Records of the inbound topics that are not decided, by what these are for, on the partitions that are owned here. Blocks. */
    Map<TopicRole, Long> lag() {
        Map<Integer, Map<String, Long>> next = new HashMap<>();
        units.forEach(unit -> next.putAll(unit.consumers().consumed()));
        return new InboundLag(admin).of(next, topics.inbound());
    }

    /** How far the partitions that are owned here are published. */
    Map<Integer, Long> published() {
        Map<Integer, Long> published = new HashMap<>();
        units.forEach(unit -> published.putAll(unit.relay().published()));
        return published;
    }

    private Set<Integer> held() {
        Set<Integer> held = new HashSet<>();
        units.forEach(unit -> held.addAll(unit.ownership().held()));
        return held;
    }

    private void tell(StepProgress said) {
        progress.accept(said);
        exchange.tell(said);
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        watch.shutdownNow();
        List<Thread> closing = units.stream()
                .map(unit -> Thread.ofPlatform().name(unit.name() + "-close").start(unit::close))
                .toList();
        for (Thread thread : closing) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        exchange.close();
        strayProducer.close(java.time.Duration.ofSeconds(2));
        admin.close(java.time.Duration.ofSeconds(2));
    }

    private LoopUnit unit(String name, String clientId, int number) {
        // The loop, its steps and its claims refer to each other.
        AtomicReference<@Nullable Loop> itself = new AtomicReference<>();
        AtomicReference<@Nullable Ownership> claims = new AtomicReference<>();
        AtomicReference<@Nullable Consumers> inbound = new AtomicReference<>();
        Journal journal = journals.get();
        Journal claimJournal = journals.get();
        Relay relay = relay(
                name, clientId, claimJournal, partition -> required(claims).seenElsewhere(partition));
        InProcessSteps steps = new InProcessSteps(
                handlers::find,
                workflows,
                config.limits().dataBytes(),
                System::currentTimeMillis,
                (partition, result) -> required(itself).offer(List.of(new Work.Decide(partition, result, null, false))),
                this::tell,
                measurements);
        Loop loop = new Loop(
                name,
                owner,
                threads,
                journal,
                decider,
                new NeededWorkflows(workflows, workflows::refresh),
                loopSettings(),
                relay,
                steps,
                turns,
                quotas,
                batch -> {
                    replies.committed(batch);
                    required(inbound).consumed(batch.offsets());
                },
                strays(),
                (partition, epoch) -> required(claims).fenced(partition, epoch),
                measurements);
        itself.set(loop);
        Consumers consumers = consumers(name, clientId, number, loop);
        inbound.set(consumers);
        Ownership ownership = new Ownership(
                name,
                owner,
                threads,
                claimJournal,
                relay,
                steps,
                turns,
                loop,
                consumers,
                System::currentTimeMillis,
                measurements);
        claims.set(ownership);
        return new LoopUnit(name, journal, claimJournal, loop, relay, ownership, consumers, steps);
    }

    /** A new version that another server registered is the one that new runs start with; none of them has to wait for it. */
    private void watchWorkflows() {
        try {
            workflows.refresh();
            long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(REFRESH_MS);
            boolean isMore = true;
            while (isMore
                    && isServing()
                    && System.nanoTime() < endNanos
                    && !Thread.currentThread().isInterrupted()) {
                isMore = workflows.compileNext();
            }
        } catch (RuntimeException e) {
            LOG.debugf("Cannot look for new workflows yet: %s", e.getMessage());
        }
    }

    /** Not while it starts: whoever waits for that needs the processors for something else. */
    private boolean isServing() {
        return units.stream()
                .allMatch(unit -> unit.consumers().hasJoined()
                        && unit.ownership().pending().isEmpty());
    }

    private Relay relay(String name, String clientId, Journal journal, IntConsumer onLost) {
        return Relay.of(
                name + "-relay",
                threads,
                clientId,
                () -> kafka.transactionalProducer(clientId, clientId),
                admin,
                () -> kafka.lookingConsumer(clientId + "-positions"),
                topics.outgoing(),
                deadLetters,
                partitions,
                config.limits().recordBytes(),
                journal::holders,
                onLost,
                measurements);
    }

    private Consumers consumers(String name, String clientId, int number, Loop loop) {
        String staticId =
                config.instance().staticId().map(id -> id + "-" + number).orElse(null);
        Consumers.GroupMembers group = isStatic -> kafka.groupConsumer(
                clientId + (isStatic ? "-input" : "-input-again"),
                config.group().id(),
                config.group().sessionTimeoutMs(),
                isStatic ? staticId : null);
        Consumer<byte[], byte[]> groupless = kafka.grouplessConsumer(clientId + "-side");
        return new Consumers(
                name,
                threads,
                group,
                groupless,
                decoder,
                config.topics().input(),
                topics.inbound(),
                partitions,
                loop,
                QuotaWiring.pace(quotas),
                config.group().sessionTimeoutMs());
    }

    private LoopSettings loopSettings() {
        ThreadwrightConfig.Limits limits = config.limits();
        return new LoopSettings(
                limits.batchCount(),
                limits.batchBytes(),
                limits.mailboxCount(),
                limits.mailboxBytes(),
                limits.actors(),
                limits.actorBytes(),
                limits.snapshotEvery());
    }

    private Strays strays() {
        return command -> {
            String tenant = command.header().thread().tenant();
            // One that only other servers have: they run the call again, and this loop has others to go on with.
            ProducerRecord<byte[], byte[]> record = topics.has(tenant) ? commandRecords.ofStray(command) : null;
            if (record != null) {
                strayProducer.send(record, (metadata, failure) -> {
                    if (failure != null) {
                        ThreadKey thread = command.header().thread();
                        try (LogFields ignored = LogFields.of(thread)) {
                            LOG.warnf(
                                    "A result for thread %s could not be sent to its new owner, who runs the call again: %s",
                                    thread, failure.getMessage());
                        }
                    }
                });
            }
        };
    }

    private static <T> T required(AtomicReference<@Nullable T> reference) {
        T value = reference.get();
        if (value == null) {
            throw new IllegalStateException("Used before the loop was put together");
        }
        return value;
    }

    private static String hostName() {
        String host = System.getenv("HOSTNAME");
        return (host == null || host.isBlank() ? "threadwright" : host) + "-"
                + ProcessHandle.current().pid();
    }
}
