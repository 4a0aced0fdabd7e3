package dev.threadwright.journal;

import dev.threadwright.journal.Batch.Advance;
import dev.threadwright.journal.Batch.InterruptRow;
import dev.threadwright.journal.Batch.Offset;
import dev.threadwright.journal.Batch.OutcomeKey;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.Batch.OwedChange;
import dev.threadwright.journal.Batch.RunRow;
import dev.threadwright.journal.Batch.ThreadRow;
import dev.threadwright.journal.Journal.Claim;
import dev.threadwright.schema.JsonSchemas;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Decider;
import dev.threadwright.thread.Decision;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.Known;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunStatus;
import dev.threadwright.thread.ServerSettings;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.thread.policy.InterruptPolicy;
import dev.threadwright.thread.policy.Judges;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.Situation;
import dev.threadwright.workflow.BuiltInWorkflows;
import dev.threadwright.workflow.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The least that a loop is: owns one partition, decides inputs in memory and has them committed. */
final class Owner {

    private static final Decider DECIDER = new Decider(
            new ServerSettings(InterruptPolicy.DEFAULT, "echo", 10, 100),
            BuiltInWorkflows.registry(),
            new Judges() {
                @Override
                public boolean holds(String condition, Input input, Situation situation) {
                    throw new IllegalStateException("no conditions here");
                }

                @Override
                public Policy choose(String name, Input input, Situation situation) {
                    throw new IllegalStateException("no custom policies here");
                }
            },
            new JsonSchemas());

    final Journal journal;
    final Claim claim;
    long position;
    final Map<ThreadKey, ThreadState> states = new HashMap<>();

    Owner(Journal journal, Claim claim) {
        this.journal = journal;
        this.claim = claim;
        this.position = claim.position();
    }

    static Owner of(Journal journal, int partition) {
        return new Owner(journal, journal.claim(partition, "test", "publisher-" + UUID.randomUUID()));
    }

    static ThreadKey thread(String name) {
        return new ThreadKey("default", name);
    }

    static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static Command.SubmitInput input(ThreadKey thread, String id, @Nullable String workflow, Json data) {
        Identity identity = new Identity("/test", id);
        return new Command.SubmitInput(
                new Command.Header(thread, 1_000, identity, hash(id), "user.input", "test"),
                new Input(identity, Input.Type.USER_INPUT, null, data),
                new RunId(UUID.nameUUIDFromBytes((thread + id).getBytes(StandardCharsets.UTF_8))
                        .toString()),
                null,
                workflow,
                null,
                null);
    }

    Draft draft() {
        return new Draft();
    }

    /** Commits one input to the echo workflow. */
    Batch submit(ThreadKey thread, String id) {
        return draft().decide(input(thread, id, null, Json.object("text", Json.of(id))))
                .commit();
    }

    /** A batch in the making. */
    final class Draft {
        private long at = position;
        final List<DecisionRow> decisions = new ArrayList<>();
        final List<OutboxRow> outbox = new ArrayList<>();
        final List<OutcomeRow> outcomes = new ArrayList<>();
        final Map<ThreadKey, ThreadRow> threads = new LinkedHashMap<>();
        final Map<RunId, RunRow> runs = new LinkedHashMap<>();
        final List<InterruptRow> interrupts = new ArrayList<>();
        final List<OwedChange> owed = new ArrayList<>();
        final List<Offset> offsets = new ArrayList<>();
        final List<ThreadState> snapshots = new ArrayList<>();

        Draft decide(Command command) {
            ThreadKey thread = command.header().thread();
            ThreadRow row = threads.get(thread);
            ThreadState before = row != null ? row.state() : states.getOrDefault(thread, ThreadState.absent(thread));
            Decision decision = DECIDER.decide(before, command, Known.NOTHING);
            Identity identity = command.header().identity();
            decisions.add(new DecisionRow(
                    thread,
                    claim.partition(),
                    ++at,
                    command.header().timeMs(),
                    identity,
                    command.header().actor(),
                    decision.events()));
            long expected = row != null ? row.expectedSeq() : before.seq();
            threads.put(thread, new ThreadRow(claim.partition(), expected, decision.after(), true));
            if (identity != null) {
                outcomes.add(new OutcomeRow(
                        new OutcomeKey(thread, hash(identity.id())),
                        command.header().contentHash(),
                        decision.outcome(),
                        decision.after().seq()));
            }
            decision.events().forEach(event -> run(thread, event));
            return this;
        }

        private void run(ThreadKey thread, Recorded recorded) {
            long now = recorded.timeMs();
            switch (recorded.event()) {
                case Event.RunStarted e ->
                    runs.put(
                            e.run(),
                            new RunRow(
                                    thread,
                                    e.run(),
                                    RunStatus.ACTIVE,
                                    e.workflow().toString(),
                                    "start",
                                    now,
                                    now,
                                    null,
                                    null,
                                    null));
                case Event.RunCompleted e -> end(thread, e.run(), RunStatus.COMPLETED, now, e.values(), null);
                case Event.RunCancelled e -> end(thread, e.run(), RunStatus.CANCELLED, now, null, null);
                case Event.RunFailed e -> end(thread, e.run(), RunStatus.FAILED, now, null, e.error());
                default -> {}
            }
        }

        private void end(
                ThreadKey thread, RunId run, RunStatus status, long now, Map<String, Json> values, String error) {
            RunRow row = runs.get(run);
            runs.put(
                    run,
                    row == null
                            ? new RunRow(thread, run, status, null, null, null, null, now, values, error)
                            : new RunRow(
                                    thread,
                                    run,
                                    status,
                                    row.workflow(),
                                    row.decision(),
                                    row.admittedAtMs(),
                                    row.startedAtMs(),
                                    now,
                                    values,
                                    error));
        }

        Draft forward(OutboxRow.Kind kind, byte[] key, byte[] value, RawHeaders headers, String reason) {
            outbox.add(new OutboxRow(
                    ThreadKey.DEFAULT_TENANT,
                    kind,
                    claim.partition(),
                    ++at,
                    new OutboxRow.Coordinates("threadwright.input", claim.partition(), at),
                    key,
                    value,
                    headers,
                    reason,
                    1_000));
            return this;
        }

        Draft snapshot(ThreadKey thread) {
            snapshots.add(threads.get(thread).state());
            return this;
        }

        Batch build() {
            return new Batch(
                    List.of(new Advance(claim.partition(), claim.epoch(), position, at)),
                    List.copyOf(decisions),
                    List.copyOf(outbox),
                    List.copyOf(outcomes),
                    List.copyOf(threads.values()),
                    List.copyOf(runs.values()),
                    List.copyOf(interrupts),
                    List.copyOf(owed),
                    List.copyOf(offsets),
                    List.copyOf(snapshots));
        }

        Batch commit() {
            Batch batch = build();
            journal.commit(batch);
            committed();
            return batch;
        }

        void committed() {
            position = at;
            threads.forEach((thread, row) -> states.put(thread, row.state()));
        }
    }
}
