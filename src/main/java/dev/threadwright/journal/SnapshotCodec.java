package dev.threadwright.journal;

import dev.threadwright.thread.Budget;
import dev.threadwright.thread.CheckpointId;
import dev.threadwright.thread.Event.Behind;
import dev.threadwright.thread.Event.Start;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.Intake;
import dev.threadwright.thread.Lineage;
import dev.threadwright.thread.QueuedRun;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.StartedRun;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadState;
import dev.threadwright.workflow.WorkflowRef;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * States as snapshots. A snapshot is a cache: whenever this form or the meaning of a state changes, raise the version,
 * and older snapshots are passed over in favour of the journal.
 */
public final class SnapshotCodec {

    public static final int VERSION = 2;

    private SnapshotCodec() {}

    static String write(ThreadState state) {
        return StoredJson.write(generator -> {
            FieldWriter to = new FieldWriter(generator);
            generator.writeStartObject();
            to.number("v", VERSION)
                    .number("seq", state.seq())
                    .number("createdAtMs", state.createdAtMs())
                    .number("updatedAtMs", state.updatedAtMs())
                    .object("settings", state.settings(), settings -> Parts.write(to, settings));
            checkpoint(to, "head", state.head());
            FrameParts.write(to, "channels", state.channels());
            to.object("resumable", state.resumable(), resumable -> FrameParts.write(to, resumable))
                    .objects("started", state.started(), run -> write(to, run))
                    .objects("queue", state.queue(), run -> write(to, run));
            inputs(to, "intake", state.intake().inputs());
            to.number("intakeAdmittedAtMs", state.intake().admittedAtMs());
            RunId latest = state.latestRun();
            to.text("latestRun", latest == null ? null : latest.value());
            to.text("error", state.error());
            WorkflowRef workflow = state.workflow();
            to.text("workflow", workflow == null ? null : workflow.toString());
            if (state.deleted()) {
                to.flag("deleted", true);
            }
            if (!state.kept().isEmpty()) {
                to.objects("kept", state.kept(), kept -> AskParts.write(to, kept));
            }
            generator.writeEndObject();
        });
    }

    /** @return null if it is of another version. @throws UnreadableException if it is damaged */
    public static @Nullable ThreadState read(ThreadKey key, String text) {
        Fields from = Fields.of(StoredJson.parse(text), "Snapshot of " + key);
        if (from.number("v") != VERSION) {
            return null;
        }
        String latest = from.textOrNull("latestRun");
        return new ThreadState(
                key,
                from.number("seq"),
                checkpoint(from, "head"),
                from.number("createdAtMs"),
                from.number("updatedAtMs"),
                Parts.settings(from.fields("settings")),
                FrameParts.channels(from, "channels"),
                from.objects("started", SnapshotCodec::started),
                from.objects("queue", SnapshotCodec::queued),
                new Intake(inputs(from, "intake"), from.number("intakeAdmittedAtMs")),
                latest == null ? null : new RunId(latest),
                FrameParts.resumableOrNull(from, "resumable"),
                from.has("kept") ? from.objects("kept", AskParts::kept) : List.of(),
                from.textOrNull("error"),
                from.has("workflow") ? Parts.workflow(from) : null,
                from.has("deleted"));
    }

    private static void checkpoint(FieldWriter to, String name, @Nullable CheckpointId checkpoint) throws IOException {
        to.object(
                name,
                checkpoint,
                id -> to.number("timeMs", id.timeMs()).number("seq", id.seq()).number("ordinal", id.ordinal()));
    }

    private static @Nullable CheckpointId checkpoint(Fields from, String name) {
        if (!from.has(name)) {
            return null;
        }
        Fields id = from.fields(name);
        return new CheckpointId(id.number("timeMs"), id.number("seq"), id.integer("ordinal"));
    }

    private static void write(FieldWriter to, StartedRun run) throws IOException {
        to.text("run", run.id().value())
                .word("start", run.start())
                .number("startedAtMs", run.startedAtMs())
                .number("admittedAtMs", run.admittedAtMs());
        switch (run.lineage()) {
            case Lineage.Main main -> {
                FrameParts.write(to, "base", main.base());
                checkpoint(to, "baseHead", main.baseHead());
            }
            case Lineage.Side side -> {
                FrameParts.write(to, "values", side.values());
                checkpoint(to, "head", side.head());
                Parts.writeChanges(to, side.changes());
            }
        }
        inputs(to, "inputs", run.inputs());
        inputs(to, "inbox", run.inbox());
        to.number("inboxAdmittedAtMs", run.inboxAdmittedAtMs());
        inputs(to, "outsideState", run.outsideState());
        to.texts("written", run.written().stream().sorted().toList())
                .object("leg", run.leg(), leg -> AskParts.write(to, leg))
                .object("control", run.control(), control -> AskParts.write(to, control))
                .object(
                        "budget",
                        run.budget(),
                        budget -> to.number("limitMs", budget.limitMs()).number("usedMs", budget.usedMs()))
                .object("frame", run.frame(), frame -> FrameParts.write(to, frame));
    }

    private static StartedRun started(Fields from) {
        return new StartedRun(
                Parts.run(from),
                from.word("start", Start.class),
                from.has("base")
                        ? new Lineage.Main(FrameParts.channels(from, "base"), checkpoint(from, "baseHead"))
                        : new Lineage.Side(
                                FrameParts.channels(from, "values"), Parts.changes(from), checkpoint(from, "head")),
                from.number("startedAtMs"),
                from.number("admittedAtMs"),
                inputs(from, "inputs"),
                inputs(from, "inbox"),
                from.number("inboxAdmittedAtMs"),
                inputs(from, "outsideState"),
                Set.copyOf(from.texts("written")),
                FrameParts.frame(from.fields("frame")),
                AskParts.leg(from.fields("leg")),
                AskParts.control(from.fields("control")),
                from.has("budget") ? budget(from.fields("budget")) : null);
    }

    private static Budget budget(Fields from) {
        return new Budget(from.number("limitMs"), from.number("usedMs"));
    }

    private static void write(FieldWriter to, QueuedRun run) throws IOException {
        to.text("run", run.id().value()).text("workflow", run.workflow().toString());
        inputs(to, "inputs", run.inputs());
        to.number("admittedAtMs", run.admittedAtMs())
                .number("expiresAtMs", run.expiresAtMs())
                .word("behind", run.behind())
                .number("notBeforeMs", run.notBeforeMs());
        AskParts.write(to, run.bounds());
    }

    private static QueuedRun queued(Fields from) {
        return new QueuedRun(
                Parts.run(from),
                Parts.workflow(from),
                inputs(from, "inputs"),
                from.number("admittedAtMs"),
                from.numberOrNull("expiresAtMs"),
                from.word("behind", Behind.class),
                AskParts.bounds(from),
                from.numberOrNull("notBeforeMs"));
    }

    private static void inputs(FieldWriter to, String name, List<Input> inputs) throws IOException {
        to.objects(name, inputs, input -> Parts.write(to, input));
    }

    private static List<Input> inputs(Fields from, String name) {
        return from.objects(name, Parts::input);
    }
}
