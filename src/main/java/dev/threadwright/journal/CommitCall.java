package dev.threadwright.journal;

import dev.threadwright.audit.Stage;
import dev.threadwright.journal.Batch.ActionRow;
import dev.threadwright.journal.Batch.Advance;
import dev.threadwright.journal.Batch.AuditRow;
import dev.threadwright.journal.Batch.InterruptRow;
import dev.threadwright.journal.Batch.LegRow;
import dev.threadwright.journal.Batch.Offset;
import dev.threadwright.journal.Batch.OutcomeRow;
import dev.threadwright.journal.Batch.OwedChange;
import dev.threadwright.journal.Batch.RunRow;
import dev.threadwright.journal.Batch.ThreadRow;
import dev.threadwright.json.JsonText;
import dev.threadwright.sealing.BatchKeys;
import dev.threadwright.sealing.Cell;
import dev.threadwright.sealing.Seal;
import dev.threadwright.sealing.SealedColumn;
import dev.threadwright.thread.CheckpointId;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.OpenAction;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadSettings;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The call of {@code commit_batch_v1}: a batch as columns, in the order of the function's parameters. A transaction of
 * its own and one round trip. What threads hold is sealed here, if it is, and new keys are stored by the same statement.
 */
final class CommitCall {

    private static final int PARAMETERS = 99;
    private static final int AUDIT_PARAMETERS = 9;
    private static final String COMMIT = "commit_batch_v1(" + "?,".repeat(PARAMETERS - 1) + "?)";
    private static final String SQL = "select " + COMMIT;

    /**
     * The same statement, and so the same transaction. What a function is given is there before it is called: the audit log
     * is appended to when the batch is in place and the rows of its partitions are locked. A function can have no more
     * parameters than the batch almost has.
     */
    private static final String AUDITED_SQL =
            "select append_audit_v1(" + COMMIT + "::text, " + "?,".repeat(AUDIT_PARAMETERS - 1) + "?)";

    /** Refused if another commit was first, and then all of it is: what is sealed with a key has that key beside it. */
    static final String STORE_KEYS = """
            insert into thread_key (created_at_ms, number, tenant, thread, master_key, wrapped)
            select (extract(epoch from clock_timestamp()) * 1000)::bigint, k.number, k.tenant, k.thread, k.master_key, k.wrapped
            from unnest(?::int4[], ?::text[], ?::text[], ?::text[], ?::bytea[])
                     as k (number, tenant, thread, master_key, wrapped)
            """;

    private static final String WITH_KEYS = "with keys as (" + STORE_KEYS + ") ";

    private static final long MS_PER_MINUTE = 60_000;

    private final @Nullable BatchKeys keys;

    private CommitCall(@Nullable BatchKeys keys) {
        this.keys = keys;
    }

    /** @param keys of all threads of the batch; null if nothing is sealed */
    static void execute(Connection connection, Batch batch, @Nullable BatchKeys keys) throws SQLException {
        new CommitCall(keys).execute(connection, batch);
    }

    static Columns storeKeys(Columns columns, BatchKeys keys) throws SQLException {
        List<BatchKeys.Fresh> fresh = keys.fresh();
        return columns.ints(fresh, BatchKeys.Fresh::number)
                .text(fresh, one -> one.thread().tenant())
                .text(fresh, one -> one.thread().thread())
                .text(fresh, one -> one.wrapped().masterKey())
                .bytes(fresh, one -> one.wrapped().bytes());
    }

    private void execute(Connection connection, Batch batch) throws SQLException {
        boolean storesKeys = keys != null && !keys.fresh().isEmpty();
        try (PreparedStatement statement = connection.prepareStatement(
                (storesKeys ? WITH_KEYS : "") + (batch.audits().isEmpty() ? SQL : AUDITED_SQL))) {
            Columns columns = new Columns(statement);
            if (keys != null && storesKeys) {
                storeKeys(columns, keys);
            }
            advances(columns, batch.advances());
            threads(columns, batch.threads());
            decisions(columns, batch.decisions());
            outbox(columns, batch.outbox());
            outcomes(columns, batch.outcomes());
            runs(columns, batch.runs());
            legs(columns, batch.legs());
            interrupts(columns, batch.interrupts());
            owed(columns, batch.owed());
            offsets(columns, batch.offsets());
            snapshots(columns, batch.snapshots());
            actions(columns, batch.actions());
            if (!batch.audits().isEmpty()) {
                audits(columns, batch.audits());
            }
            statement.execute();
        }
    }

    /** Those of one chain together, in their order. */
    private static final Comparator<AuditRow> BY_CHAIN =
            Comparator.comparing((AuditRow row) -> row.thread().tenant()).thenComparing(AuditRow::partition);

    private static void audits(Columns columns, List<AuditRow> inOrder) throws SQLException {
        List<AuditRow> rows = inOrder.stream().sorted(BY_CHAIN).toList();
        columns.text(rows, row -> row.thread().tenant())
                .text(rows, row -> "partition-" + row.partition())
                .text(rows, AuditRow::caller)
                .text(rows, AuditRow::known)
                .text(rows, row -> row.act().word())
                .text(rows, row -> Stage.DONE.word())
                .text(rows, row -> row.thread().thread())
                .text(rows, AuditRow::target)
                .text(rows, row -> JsonText.write(row.detail()));
    }

    private static void advances(Columns columns, List<Advance> rows) throws SQLException {
        columns.ints(rows, Advance::partition)
                .longs(rows, Advance::epoch)
                .longs(rows, Advance::from)
                .longs(rows, Advance::to);
    }

    private static void threads(Columns columns, List<ThreadRow> rows) throws SQLException {
        columns.ints(rows, ThreadRow::partition)
                .text(rows, row -> row.state().key().tenant())
                .text(rows, row -> row.state().key().thread())
                .longs(rows, ThreadRow::expectedSeq)
                .longs(rows, row -> row.state().seq())
                .text(rows, row -> ThreadRows.status(row.state()))
                .ints(rows, row -> row.state().started().size())
                .ints(rows, row -> row.state().queue().size())
                .text(rows, row -> latestRun(row.state()))
                .text(rows, row -> Parts.settingsText(row.state().settings()))
                .longs(rows, row -> row.state().createdAtMs())
                .longs(rows, row -> row.state().updatedAtMs())
                .longs(rows, row -> stateUpdatedAtMs(row.state()))
                .text(
                        rows,
                        row -> row.isSet()
                                ? JsonText.write(row.state().settings().metadata())
                                : null)
                .longsOrNull(rows, row -> ttlMs(row.state().settings()));
    }

    private static long stateUpdatedAtMs(ThreadState state) {
        CheckpointId head = state.head();
        return head == null ? state.createdAtMs() : head.timeMs();
    }

    private static @Nullable Long ttlMs(ThreadSettings settings) {
        Long minutes = settings.ttlMinutes();
        return minutes == null ? null : minutes * MS_PER_MINUTE;
    }

    private static @Nullable String latestRun(ThreadState state) {
        RunId run = state.latestRun();
        return run == null ? null : run.value();
    }

    private record Encoded(String events, int checksum) {}

    /** The checksum is of what is stored: damage is told from erasure without a key. */
    private Encoded encoded(DecisionRow row) {
        String written = EventCodec.writeAll(row.events());
        String events =
                keys == null ? written : keys.json(Cell.of(row.thread(), SealedColumn.EVENTS, row.firstSeq()), written);
        return new Encoded(
                events,
                DecisionChecksum.of(
                        row.thread(),
                        row.firstSeq(),
                        row.timeMs(),
                        source(row.causation()),
                        id(row.causation()),
                        row.actor(),
                        events));
    }

    private @Nullable String json(ThreadKey thread, SealedColumn column, String row, @Nullable String content) {
        return keys == null || content == null ? content : keys.json(new Cell(thread, column, row), content);
    }

    private @Nullable String text(ThreadKey thread, SealedColumn column, String row, @Nullable String content) {
        return keys == null || content == null ? content : keys.text(new Cell(thread, column, row), content);
    }

    private void decisions(Columns columns, List<DecisionRow> rows) throws SQLException {
        List<Encoded> encoded = rows.stream().map(this::encoded).toList();
        columns.text(rows, row -> row.thread().tenant())
                .text(rows, row -> row.thread().thread())
                .longs(rows, DecisionRow::firstSeq)
                .ints(rows, row -> row.events().size())
                .ints(rows, DecisionRow::partition)
                .longs(rows, DecisionRow::position)
                .longs(rows, DecisionRow::timeMs)
                .text(rows, row -> source(row.causation()))
                .text(rows, row -> id(row.causation()))
                .text(rows, DecisionRow::actor)
                .text(encoded, Encoded::events)
                .ints(encoded, Encoded::checksum);
    }

    private static @Nullable String source(@Nullable Identity identity) {
        return identity == null ? null : identity.source();
    }

    private static @Nullable String id(@Nullable Identity identity) {
        return identity == null ? null : identity.id();
    }

    /** What of an outbox row is sealed, in its place. */
    private record SealedRow(byte @Nullable [] value, String headers, String reason) {}

    private SealedRow sealed(OutboxRow row) {
        byte[] value = row.value();
        String headers = row.headers().text();
        String reason = forPeople(row.reason());
        if (keys == null) {
            return new SealedRow(value, headers, reason);
        }
        ThreadKey thread = threadOf(row);
        String id = row.place().toString();
        return new SealedRow(
                value == null ? null : keys.bytes(new Cell(thread, SealedColumn.VALUE, id), value),
                keys.json(new Cell(thread, SealedColumn.HEADERS, id), headers),
                keys.text(new Cell(thread, SealedColumn.REASON, id), reason));
    }

    private void outbox(Columns columns, List<OutboxRow> rows) throws SQLException {
        List<SealedRow> sealed = rows.stream().map(this::sealed).toList();
        columns.text(rows, OutboxRow::tenant)
                .ints(rows, OutboxRow::partition)
                .longs(rows, OutboxRow::position)
                .text(rows, row -> row.kind().word())
                .text(rows, row -> row.source().topic())
                .ints(rows, row -> row.source().partition())
                .longs(rows, row -> row.source().offset())
                .bytes(rows, OutboxRow::key)
                .bytes(sealed, SealedRow::value)
                .text(sealed, SealedRow::headers)
                .text(sealed, SealedRow::reason)
                .longs(rows, OutboxRow::timeMs);
    }

    static ThreadKey threadOf(OutboxRow row) {
        return Sealed.threadOf(row.tenant(), row.key());
    }

    private void outcomes(Columns columns, List<OutcomeRow> rows) throws SQLException {
        columns.text(rows, row -> row.key().thread().tenant())
                .text(rows, row -> row.key().thread().thread())
                .bytes(rows, row -> HexFormat.of().parseHex(row.key().hash()))
                .bytes(rows, row -> HexFormat.of().parseHex(keys == null ? row.contentHash() : Sealed.ERASED_HASH))
                .text(rows, this::result)
                .longs(rows, OutcomeRow::seq);
    }

    /**
     * The hash of the content is sealed with it: whoever can guess a content could tell by its hash that it was that. On a thread
     * that is erased, nothing but that comes of any command.
     */
    private String result(OutcomeRow row) {
        String result = OutcomeCodec.write(row.outcome());
        ThreadKey thread = row.key().thread();
        return keys == null || !keys.has(thread)
                ? result
                : keys.json(new Cell(thread, SealedColumn.RESULT, row.key().hash()), row.contentHash() + result);
    }

    private void runs(Columns columns, List<RunRow> rows) throws SQLException {
        columns.text(rows, row -> row.thread().tenant())
                .text(rows, row -> row.thread().thread())
                .text(rows, row -> row.run().value())
                .text(rows, row -> row.status().name().toLowerCase(Locale.ROOT))
                .text(rows, RunRow::workflow)
                .text(rows, RunRow::decision)
                .longsOrNull(rows, RunRow::admittedAtMs)
                .longsOrNull(rows, RunRow::startedAtMs)
                .longsOrNull(rows, RunRow::endedAtMs)
                .text(
                        rows,
                        row -> json(row.thread(), SealedColumn.OUTPUT, row.run().value(), output(row.values())))
                .text(
                        rows,
                        row -> text(row.thread(), SealedColumn.ERROR, row.run().value(), forPeopleOrNull(row.error())))
                .text(rows, RunRow::cause)
                .text(
                        rows,
                        row -> json(
                                row.thread(), SealedColumn.REQUEST, row.run().value(), written(row.request())))
                .text(
                        rows,
                        row -> text(row.thread(), SealedColumn.ENDING, row.run().value(), ending(row.request())));
    }

    private static @Nullable String written(Json.@Nullable Obj object) {
        return object == null ? null : JsonText.write(object);
    }

    /** What is to be done when a leg ends, if anything is. */
    private static @Nullable String ending(Json.@Nullable Obj request) {
        Json ending = request == null ? null : request.get("ending");
        return ending == null ? null : JsonText.write(ending);
    }

    /** Few batches have any, and the function has no room for a parameter each: what is one row is one object. */
    private void legs(Columns columns, List<LegRow> rows) throws SQLException {
        columns.text(rows, row -> row.thread().tenant())
                .text(rows, row -> row.thread().thread())
                .text(rows, row -> row.leg().value())
                .text(rows, this::legText);
    }

    private static void actions(Columns columns, List<ActionRow> rows) throws SQLException {
        columns.text(rows, row -> row.thread().tenant())
                .text(rows, row -> row.thread().thread())
                .text(rows, CommitCall::actionText);
    }

    /** Without a run it is done. */
    private static String actionText(ActionRow row) {
        Map<String, Json> fields = new LinkedHashMap<>();
        fields.put("action", Json.of(row.action().value()));
        OpenAction open = row.open();
        if (open != null) {
            fields.put("run", Json.of(open.run().value()));
            fields.put("task", Json.of(open.task().value()));
            fields.put("step", Json.of(open.step()));
            fields.put("name", Json.of(open.name()));
            fields.put("remote", Json.of(open.remote()));
            fields.put("attempt", Json.of(open.attempt()));
            fields.put("status", Json.of(open.status().name().toLowerCase(Locale.ROOT)));
            Long dueAtMs = open.dueAtMs();
            fields.put("due", dueAtMs == null ? Json.NULL : Json.of(dueAtMs));
        }
        return JsonText.write(Json.object(fields));
    }

    private String legText(LegRow row) {
        Map<String, Json> fields = new LinkedHashMap<>();
        RunId run = row.run();
        put(fields, "run", run == null ? null : run.value());
        put(fields, "status", row.status());
        Long created = row.createdAtMs();
        if (created != null) {
            fields.put("created", Json.of(created));
        }
        Long ended = row.endedAtMs();
        if (ended != null) {
            fields.put("ended", Json.of(ended));
        }
        put(fields, "errorType", row.errorType());
        String leg = row.leg().value();
        put(fields, "error", text(row.thread(), SealedColumn.ERROR, leg, forPeopleOrNull(row.error())));
        // As a text: json operators refuse an object that holds \u0000 anywhere.
        put(fields, "request", json(row.thread(), SealedColumn.REQUEST, leg, written(row.request())));
        put(fields, "ending", text(row.thread(), SealedColumn.ENDING, leg, ending(row.request())));
        return JsonText.write(Json.object(fields));
    }

    private static void put(Map<String, Json> fields, String name, @Nullable String value) {
        if (value != null) {
            fields.put(name, Json.of(value));
        }
    }

    private static @Nullable String output(@Nullable Map<String, Json> values) {
        return values == null ? null : Parts.valuesText(values);
    }

    private void interrupts(Columns columns, List<InterruptRow> rows) throws SQLException {
        columns.text(rows, row -> row.thread().tenant())
                .text(rows, row -> row.thread().thread())
                .text(rows, row -> row.id().value())
                .text(rows, row -> row.run().value())
                .text(rows, InterruptRow::step)
                .text(
                        rows,
                        row -> row.interrupt() == null
                                ? null
                                : row.interrupt().prompt().kind())
                .text(rows, InterruptRow::status)
                .text(
                        rows,
                        row -> json(row.thread(), SealedColumn.PROMPT, row.id().value(), prompt(row)))
                .longsOrNull(
                        rows,
                        row -> row.interrupt() == null
                                ? null
                                : (Long) row.interrupt().createdAtMs())
                .longsOrNull(
                        rows,
                        row -> row.interrupt() == null ? null : row.interrupt().expiresAtMs())
                .longsOrNull(rows, InterruptRow::settledAtMs)
                .text(
                        rows,
                        row -> json(
                                row.thread(), SealedColumn.SETTLEMENT, row.id().value(), written(row.settlement())));
    }

    private static @Nullable String prompt(InterruptRow row) {
        return row.interrupt() == null ? null : AskParts.promptText(row.interrupt());
    }

    private static void owed(Columns columns, List<OwedChange> changes) throws SQLException {
        List<OwedChange> paid =
                changes.stream().filter(change -> !change.owed()).toList();
        columns.text(paid, change -> change.thread().tenant())
                .text(paid, change -> change.thread().thread())
                .text(paid, OwedChange::kind)
                .text(paid, OwedChange::ref);
        List<OwedChange> owed = changes.stream().filter(OwedChange::owed).toList();
        columns.ints(owed, OwedChange::partition)
                .text(owed, change -> change.thread().tenant())
                .text(owed, change -> change.thread().thread())
                .text(owed, OwedChange::kind)
                .text(owed, OwedChange::ref)
                .longs(owed, OwedChange::dueAtMs);
    }

    private static void offsets(Columns columns, List<Offset> rows) throws SQLException {
        columns.text(rows, Offset::topic).ints(rows, Offset::partition).longs(rows, Offset::next);
    }

    private void snapshots(Columns columns, List<ThreadState> rows) throws SQLException {
        columns.text(rows, state -> state.key().tenant())
                .text(rows, state -> state.key().thread())
                .longs(rows, ThreadState::seq)
                .text(rows, state -> json(state.key(), SealedColumn.STATE, "", SnapshotCodec.write(state)));
    }

    /** Messages may quote what Postgres has no text for; the events hold it exactly. */
    private static String forPeople(String message) {
        return Seal.clear(message.replace('\0', '\uFFFD'));
    }

    private static @Nullable String forPeopleOrNull(@Nullable String message) {
        return message == null ? null : forPeople(message);
    }
}
