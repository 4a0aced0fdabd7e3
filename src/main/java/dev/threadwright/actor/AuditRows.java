package dev.threadwright.actor;

import dev.threadwright.audit.Act;
import dev.threadwright.audit.Sha256;
import dev.threadwright.journal.Batch.AuditRow;
import dev.threadwright.json.JsonText;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Decision;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.Recorded;
import dev.threadwright.thread.RunId;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What of a batch's decisions is kept in the audit log: how interrupts were settled, and what people did to runs, actions and
 * threads that the journal may not remember for ever. Of answers and results there are hashes only: what a thread holds can be
 * erased, and this cannot.
 */
final class AuditRows {

    private static final String KAFKA = "kafka";

    private final List<AuditRow> rows = new ArrayList<>();

    void add(int partition, Command command, Decision decision) {
        Command.Header header = command.header();
        boolean isAnswered = false;
        for (Recorded recorded : decision.events()) {
            switch (recorded.event()) {
                case Event.InterruptResolved resolved -> {
                    Fields fields = new Fields(header, recorded, resolved.run())
                            .put("answer_sha256", Sha256.of(JsonText.write(resolved.answer())));
                    add(
                            partition,
                            header,
                            resolved.by(),
                            resolved.via(),
                            Act.INTERRUPT_RESOLVE,
                            resolved.interrupt().value(),
                            fields);
                    isAnswered = true;
                }
                case Event.InterruptRejected rejected -> {
                    Fields fields = new Fields(header, recorded, rejected.run());
                    String reason = rejected.reason();
                    if (reason != null) {
                        fields.put("reason_sha256", Sha256.of(reason));
                    }
                    add(
                            partition,
                            header,
                            rejected.by(),
                            rejected.via(),
                            Act.INTERRUPT_REJECT,
                            rejected.interrupt().value(),
                            fields);
                }
                case Event.InterruptExpired expired -> {
                    String why = expired.expiry().name().toLowerCase(Locale.ROOT);
                    add(
                            partition,
                            header,
                            header.actor(),
                            header.via(),
                            Act.INTERRUPT_EXPIRE,
                            expired.interrupt().value(),
                            new Fields(header, recorded, expired.run()).put("expiry", why));
                }
                case Event.ThreadDeleted ignored -> {
                    if (!isOfTheServer(header)) {
                        add(partition, header, Act.THREAD_DELETE, "", new Fields(header, recorded, null));
                    }
                }
                default -> {
                    // What else happens to threads the journal tells, of those that are there.
                }
            }
        }
        if (command instanceof Command.SettleAction settle && decision.outcome() instanceof Outcome.Applied) {
            settled(partition, settle, decision.events().getFirst());
        }
        if (!isAnswered && isResumed(command, decision)) {
            RunId run = resumed(command, decision);
            add(
                    partition,
                    header,
                    Act.RUN_RESUME,
                    run == null ? "" : run.value(),
                    new Fields(header, decision.events().getFirst(), run).put("request_sha256", header.contentHash()));
        }
    }

    private void settled(int partition, Command.SettleAction settle, Recorded first) {
        Fields fields = new Fields(settle.header(), first, settle.run());
        Act act = switch (settle.settlement()) {
            case Command.Settlement.Retry ignored -> Act.ACTION_RETRY;
            case Command.Settlement.Succeed succeed -> {
                fields.put("result_sha256", Sha256.of(JsonText.write(succeed.result())));
                yield Act.ACTION_COMPLETE;
            }
            case Command.Settlement.Fail fail -> {
                fields.put("error_sha256", Sha256.of(fail.message()));
                yield Act.ACTION_FAIL;
            }
        };
        add(partition, settle.header(), act, settle.action().value(), fields);
    }

    /** By whoever may answer: past a breakpoint, with another state, elsewhere. It may wait for somebody else still. */
    private static boolean isResumed(Command command, Decision decision) {
        return switch (command) {
            case Command.ResumeRun ignored ->
                decision.outcome() instanceof Outcome.Resumed || decision.outcome() instanceof Outcome.Applied;
            case Command.RequestRun ignored -> resumed(command, decision) != null;
            default -> false;
        };
    }

    /** Null if it does not go on. */
    private static @Nullable RunId resumed(Command command, Decision decision) {
        for (Recorded recorded : decision.events()) {
            if (recorded.event() instanceof Event.RunResumed resumed
                    && !resumed.via().equals(Command.SYSTEM)) {
                return resumed.run();
            }
        }
        return command instanceof Command.ResumeRun resume ? resume.run() : null;
    }

    /** Over Kafka anybody may give themselves that name. */
    private static boolean isOfTheServer(Command.Header header) {
        Identity identity = header.identity();
        return !header.via().equals(KAFKA)
                && identity != null
                && identity.source().equals(Act.LIFETIME_SOURCE);
    }

    private void add(int partition, Command.Header header, Act act, String target, Fields fields) {
        add(partition, header, header.actor(), header.via(), act, target, fields);
    }

    private void add(
            int partition, Command.Header header, String by, String via, Act act, String target, Fields fields) {
        rows.add(new AuditRow(header.thread(), partition, by, via, act, target, Json.object(fields.all)));
    }

    /** What every entry has: where its thread's journal tells more, as long as that is there. */
    private static final class Fields {
        final Map<String, Json> all = new LinkedHashMap<>();

        Fields(Command.Header header, Recorded event, @Nullable RunId run) {
            all.put("seq", Json.of(event.seq()));
            if (run != null) {
                put("run_id", run.value());
            }
            Identity identity = header.identity();
            if (identity != null) {
                put("source", identity.source());
                put("id", identity.id());
            }
        }

        Fields put(String name, String value) {
            all.put(name, Json.of(value));
            return this;
        }
    }

    List<AuditRow> rows() {
        return List.copyOf(rows);
    }
}
