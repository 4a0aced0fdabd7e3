package dev.threadwright.journal;

import dev.threadwright.thread.Event.Rejection;
import dev.threadwright.thread.Outcome;
import dev.threadwright.thread.RunId;
import dev.threadwright.workflow.Json;
import java.io.IOException;

/** Outcomes as they are stored for senders that ask again. */
public final class OutcomeCodec {

    private OutcomeCodec() {}

    public static String write(Outcome outcome) {
        return StoredJson.write(generator -> {
            generator.writeStartObject();
            write(new FieldWriter(generator), outcome);
            generator.writeEndObject();
        });
    }

    /** @throws UnreadableException if a newer release wrote it, or it is damaged */
    public static Outcome read(String text) {
        return read(StoredJson.parse(text));
    }

    private static void write(FieldWriter to, Outcome outcome) throws IOException {
        switch (outcome) {
            case Outcome.Started o ->
                to.text("type", "started").text("run", o.run().value());
            case Outcome.Merged o ->
                to.text("type", "merged").text("run", o.run().value());
            case Outcome.Queued o ->
                to.text("type", "queued").text("run", o.run().value());
            case Outcome.Resumed o -> {
                to.text("type", "resumed").text("run", o.run().value());
                AskParts.ids(to, "interrupts", o.interrupts());
            }
            case Outcome.Kept o -> to.text("type", "kept").text("run", o.run().value());
            case Outcome.Rejected o ->
                to.text("type", "rejected").word("reason", o.reason()).text("message", o.message());
            case Outcome.Cancelled o ->
                to.text("type", "cancelled")
                        .texts("runs", o.runs().stream().map(RunId::value).toList());
            case Outcome.Applied ignored -> to.text("type", "applied");
            case Outcome.Unchanged o -> to.text("type", "unchanged").text("message", o.message());
            case Outcome.Duplicate o ->
                to.text("type", "duplicate").object("first", o.first(), first -> write(to, first));
            case Outcome.Invalid o ->
                to.text("type", "invalid").word("reason", o.reason()).text("message", o.message());
        }
    }

    private static Outcome read(Json json) {
        Fields from = Fields.of(json, "Outcome");
        String type = from.text("type");
        return switch (type) {
            case "started" -> new Outcome.Started(Parts.run(from));
            case "merged" -> new Outcome.Merged(Parts.run(from));
            case "queued" -> new Outcome.Queued(Parts.run(from));
            case "resumed" -> new Outcome.Resumed(Parts.run(from), AskParts.ids(from, "interrupts"));
            case "kept" -> new Outcome.Kept(Parts.run(from));
            case "rejected" -> new Outcome.Rejected(from.word("reason", Rejection.class), from.text("message"));
            case "cancelled" ->
                new Outcome.Cancelled(
                        from.texts("runs").stream().map(RunId::new).toList());
            case "applied" -> new Outcome.Applied();
            case "unchanged" -> new Outcome.Unchanged(from.text("message"));
            case "duplicate" -> new Outcome.Duplicate(read(from.json("first")));
            case "invalid" -> new Outcome.Invalid(from.word("reason", Rejection.class), from.text("message"));
            default -> throw new UnreadableException("This release does not know outcomes of type " + type);
        };
    }
}
