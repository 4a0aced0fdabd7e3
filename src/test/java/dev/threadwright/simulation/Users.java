package dev.threadwright.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.ingress.CommandRecords;
import dev.threadwright.ingress.CommandRecords.Wishes;
import dev.threadwright.journal.OutboxRow.Coordinates;
import dev.threadwright.simulation.Broker.Appended;
import dev.threadwright.simulation.Faults.Kind;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Interrupt;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.ThreadAudit;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.thread.policy.InterruptPolicy;
import dev.threadwright.thread.policy.MergePolicy;
import dev.threadwright.thread.policy.ParallelPolicy;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.thread.policy.RejectPolicy;
import dev.threadwright.thread.policy.RollbackPolicy;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** People and programs that send inputs, answer questions, change their minds, and send what was not acknowledged again. */
final class Users {

    private static final List<Policy> POLICIES = List.of(
            QueuePolicy.DEFAULT,
            QueuePolicy.DEFAULT,
            InterruptPolicy.DEFAULT,
            ParallelPolicy.DEFAULT,
            new MergePolicy(),
            new RollbackPolicy(),
            new RejectPolicy());

    private static final long RESEND_WITHIN_MS = 6_000;

    private final Timeline.Process process;
    private final Broker broker;
    private final Faults faults;
    private final RandomGenerator random;
    private final Auditor auditor;
    private final CommandRecords records;
    private final int threads;
    private final Map<Identity, List<Coordinates>> acknowledged = new LinkedHashMap<>();
    private int number;

    Users(Timeline timeline, Broker broker, Faults faults, RandomGenerator random, Auditor auditor, int threads) {
        this.process = timeline.process("users");
        this.broker = broker;
        this.faults = faults;
        this.random = random;
        this.auditor = auditor;
        this.threads = threads;
        this.records = new CommandRecords(Names.COMMANDS, Names.RESULTS, broker.partitions());
    }

    /** What the log has taken, and where. */
    Map<Identity, List<Coordinates>> acknowledged() {
        return acknowledged;
    }

    /** Some time within the span, something is sent. */
    void plan(int sends, long spanMs) {
        for (int i = 0; i < sends; i++) {
            process.after(random.nextLong(spanMs), this::send);
        }
    }

    private void send() {
        switch (random.nextInt(8)) {
            case 0 -> cancel();
            case 1 -> steer();
            default -> input();
        }
    }

    private void input() {
        int chosen = random.nextInt(threads);
        String thread = "t" + chosen;
        Policy policy = random.nextInt(4) == 0 ? null : POLICIES.get(random.nextInt(POLICIES.size()));
        // Nobody is asked on every other thread: there, the model of tasks sees all that happens.
        List<String> workflows = chosen % 2 == 0 ? Trades.WITHOUT_PEOPLE : Trades.WORKFLOWS;
        String workflow = workflows.get(random.nextInt(workflows.size()));
        Identity identity = identity();
        submit(
                identity,
                records.userInput(
                        thread,
                        identity,
                        "somebody",
                        Json.object("text", Json.of(identity.id())),
                        new Wishes(policy, workflow, null, null)));
    }

    private void cancel() {
        someRun((thread, run) -> {
            Identity identity = identity();
            submit(identity, records.cancelRun(thread, identity, "somebody", run, random.nextInt(3) == 0, null));
        });
    }

    private void steer() {
        someRun((thread, run) -> {
            if (Integer.parseInt(thread.substring(1)) % 2 == 0) {
                return;
            }
            Identity identity = identity();
            submit(identity, records.steerRun(thread, identity, "somebody", run, Json.of("left")));
        });
    }

    private void someRun(java.util.function.BiConsumer<String, RunId> told) {
        List<ThreadState> busy = new ArrayList<>();
        auditor.threads().forEach(thread -> {
            if (!thread.state().started().isEmpty()) {
                busy.add(thread.state());
            }
        });
        if (!busy.isEmpty()) {
            ThreadState state = busy.get(random.nextInt(busy.size()));
            List<StartedRun> started = state.started();
            told.accept(
                    state.key().thread(),
                    started.get(random.nextInt(started.size())).id());
        }
    }

    /** People look now and then at what waits for them, and answer; two may answer the same question. */
    void answer() {
        for (ThreadAudit thread : auditor.threads()) {
            String name = thread.state().key().thread();
            for (StartedRun run : thread.state().started()) {
                for (Interrupt interrupt : run.interrupts()) {
                    Identity identity = identity();
                    submit(
                            identity,
                            random.nextInt(4) == 0
                                    ? records.rejectInterrupt(
                                            name,
                                            identity,
                                            "boss",
                                            interrupt.id().value(),
                                            "no")
                                    : records.resumeRun(
                                            name,
                                            identity,
                                            "boss",
                                            null,
                                            interrupt.id().value(),
                                            (Json.Obj) Json.object("answer", Json.TRUE)));
                }
            }
            thread.forEachUncertain((run, action) -> {
                Identity identity = identity();
                submit(
                        identity,
                        records.settleAction(
                                name,
                                identity,
                                "operator",
                                run,
                                action,
                                Json.object("result", Json.of("done by hand"))));
            });
            if (!thread.awaiting().isEmpty()) {
                Identity identity = identity();
                submit(
                        identity,
                        records.externalEvent(name, identity, "world", "news", Json.of("it rains"), Wishes.NONE));
            }
        }
    }

    private Identity identity() {
        return new Identity("/simulation", "i" + ++number);
    }

    /** By way of the servers, or by the topic for all; perhaps to the wrong partition, and perhaps twice. */
    private void submit(Identity identity, ProducerRecord<byte[], byte[]> command) {
        ProducerRecord<byte[], byte[]> record = random.nextBoolean() ? command : asInput(command);
        append(identity, record);
        if (faults.happens(Kind.INPUT_TWICE)) {
            long ms = random.nextInt(3) == 0 ? random.nextLong(30) : random.nextLong(RESEND_WITHIN_MS);
            process.after(ms, () -> append(identity, record));
        }
    }

    private void append(Identity identity, ProducerRecord<byte[], byte[]> record) {
        int partition = faults.happens(Kind.INPUT_MISROUTED) ? random.nextInt(broker.partitions()) : record.partition();
        Appended appended = broker.append(
                new ProducerRecord<>(record.topic(), partition, null, record.key(), record.value(), record.headers()));
        acknowledged
                .computeIfAbsent(identity, key -> new ArrayList<>())
                .add(new Coordinates(
                        appended.partition().topic(), appended.partition().partition(), appended.offset()));
    }

    private static ProducerRecord<byte[], byte[]> asInput(ProducerRecord<byte[], byte[]> command) {
        RecordHeaders headers = new RecordHeaders();
        for (Header header : command.headers()) {
            if (!header.key().startsWith("tw_")) {
                headers.add(header);
            }
        }
        return new ProducerRecord<>(Names.INPUT, command.partition(), null, command.key(), command.value(), headers);
    }

    static String thread(Appended record) {
        return record.key() == null ? "" : new String(record.key(), UTF_8);
    }
}
