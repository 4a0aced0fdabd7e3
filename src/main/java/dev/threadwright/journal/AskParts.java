package dev.threadwright.journal;

import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Breakpoint;
import dev.threadwright.thread.Control;
import dev.threadwright.thread.Interrupt;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.KeptInput;
import dev.threadwright.thread.Leg;
import dev.threadwright.thread.Replay;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.Stop;
import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Prompt;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The forms of what runs ask people, and of what people do to runs. */
final class AskParts {

    private AskParts() {}

    static void write(FieldWriter to, Interrupt interrupt) throws IOException {
        to.text("id", interrupt.id().value()).number("ordinal", interrupt.ordinal());
        write(to, interrupt.prompt());
        to.number("createdAtMs", interrupt.createdAtMs())
                // For whoever reads the record; it follows from the others.
                .number("expiresAtMs", interrupt.expiresAtMs());
    }

    static Interrupt interrupt(Fields from) {
        return new Interrupt(
                new InterruptId(from.text("id")), from.integer("ordinal"), prompt(from), from.number("createdAtMs"));
    }

    private static void write(FieldWriter to, Prompt prompt) throws IOException {
        to.text("kind", prompt.kind()).json("payload", prompt.payload());
        jsonIf(to, "schema", prompt.schema());
        to.number("expiresInMs", prompt.expiresInMs());
        jsonIf(to, "expiryAnswer", prompt.expiryAnswer());
    }

    /** What readers see of the question. */
    static String promptText(Interrupt interrupt) {
        return StoredJson.write(generator -> {
            generator.writeStartObject();
            write(new FieldWriter(generator), interrupt.prompt());
            generator.writeEndObject();
        });
    }

    private static Prompt prompt(Fields from) {
        return new Prompt(
                from.text("kind"),
                from.json("payload"),
                from.has("schema") ? from.object("schema") : null,
                from.numberOrNull("expiresInMs"),
                jsonOrNull(from, "expiryAnswer"));
    }

    /** Left out if there is nothing in it. */
    static void write(FieldWriter to, Replay replay) throws IOException {
        if (!replay.equals(Replay.NONE)) {
            to.object(
                    "replay",
                    replay,
                    all -> to.objects("answers", all.answers(), answered -> {
                                write(to, answered.prompt());
                                to.json("answer", answered.answer());
                            })
                            .json("results", Json.object(all.results()))
                            .number("attempts", all.attempts()));
        }
    }

    static Replay replay(Fields from) {
        if (!from.has("replay")) {
            return Replay.NONE;
        }
        Fields replay = from.fields("replay");
        return new Replay(
                replay.objects("answers", answered -> new Replay.Answered(prompt(answered), answered.json("answer"))),
                replay.object("results").fields(),
                replay.integer("attempts"));
    }

    /** Each left out if there is none. */
    static void write(FieldWriter to, Bounds bounds) throws IOException {
        Breakpoints breakpoints = bounds.breakpoints();
        if (!breakpoints.isEmpty()) {
            to.object(
                    "breakpoints",
                    breakpoints,
                    all -> to.texts("before", all.before().stream().sorted().toList())
                            .texts("after", all.after().stream().sorted().toList()));
        }
        Integer limit = bounds.recursionLimit();
        to.number("recursionLimit", limit == null ? null : limit.longValue());
    }

    static Bounds bounds(Fields from) {
        return new Bounds(breakpoints(from), from.has("recursionLimit") ? from.integer("recursionLimit") : null);
    }

    private static Breakpoints breakpoints(Fields from) {
        if (!from.has("breakpoints")) {
            return Breakpoints.NONE;
        }
        Fields breakpoints = from.fields("breakpoints");
        return new Breakpoints(Set.copyOf(breakpoints.texts("before")), Set.copyOf(breakpoints.texts("after")));
    }

    /** Without its interrupts, which stand beside it. */
    static void write(FieldWriter to, Stop stop) throws IOException {
        to.object("breakpoint", stop.breakpoint(), breakpoint -> write(to, breakpoint));
        if (stop.byOperator()) {
            to.flag("byOperator", true);
        }
        if (!stop.uncertain().isEmpty()) {
            to.texts("uncertain", stop.uncertain().stream().map(ActionId::value).toList());
        }
    }

    static Stop stop(Fields from, List<InterruptId> interrupts) {
        return new Stop(
                interrupts,
                from.has("breakpoint") ? breakpoint(from.fields("breakpoint")) : null,
                from.has("byOperator"),
                from.has("uncertain")
                        ? from.texts("uncertain").stream().map(ActionId::new).toList()
                        : List.of());
    }

    private static void write(FieldWriter to, Breakpoint breakpoint) throws IOException {
        to.word("when", breakpoint.when()).text("step", breakpoint.step());
    }

    private static Breakpoint breakpoint(Fields from) {
        return new Breakpoint(from.word("when", Breakpoint.When.class), from.text("step"));
    }

    static List<InterruptId> ids(Fields from, String name) {
        return from.texts(name).stream().map(InterruptId::new).toList();
    }

    static void ids(FieldWriter to, String name, List<InterruptId> ids) throws IOException {
        to.texts(name, ids.stream().map(InterruptId::value).toList());
    }

    static void write(FieldWriter to, Leg leg) throws IOException {
        to.text("id", leg.id().value()).number("number", leg.number()).number("fromSuperStep", leg.fromSuperStep());
        write(to, leg.bounds());
        to.texts("came", leg.came())
                .objects("passed", leg.passed(), breakpoint -> write(to, breakpoint))
                .object("at", leg.at(), breakpoint -> write(to, breakpoint))
                .object("told", leg.told(), stop -> {
                    write(to, stop);
                    ids(to, "interrupts", stop.interrupts());
                });
        if (leg.isClosed()) {
            to.flag("closed", true);
        }
    }

    static Leg leg(Fields from) {
        return new Leg(
                new RunId(from.text("id")),
                from.integer("number"),
                from.integer("fromSuperStep"),
                bounds(from),
                from.texts("came"),
                from.objects("passed", AskParts::breakpoint),
                from.has("at") ? breakpoint(from.fields("at")) : null,
                from.has("told") ? told(from.fields("told")) : null,
                from.has("closed"));
    }

    private static Stop told(Fields from) {
        return stop(from, ids(from, "interrupts"));
    }

    static void write(FieldWriter to, Control control) throws IOException {
        to.flag("paused", control.paused())
                .number("steers", control.steers())
                .json("approvals", Json.object(control.approvals()))
                .object(
                        "redirect",
                        control.redirect(),
                        redirect -> to.texts("steps", redirect.steps()).json("item", redirect.item()))
                .object(
                        "bare",
                        control.bare(),
                        bare -> to.text("interrupt", bare.interrupt().value())
                                .json("answer", bare.answer())
                                .number("atMs", bare.atMs()))
                .objects("steered", control.steered(), identity -> Parts.write(to, identity));
    }

    static Control control(Fields from) {
        Map<String, Json> approvals =
                new LinkedHashMap<>(from.object("approvals").fields());
        return new Control(
                from.flag("paused"),
                from.integer("steers"),
                approvals,
                from.has("redirect") ? redirect(from.fields("redirect")) : null,
                from.has("bare") ? bare(from.fields("bare")) : null,
                from.objects("steered", Parts::identity));
    }

    private static Control.Redirect redirect(Fields from) {
        return new Control.Redirect(from.texts("steps"), from.json("item"));
    }

    private static Control.Bare bare(Fields from) {
        return new Control.Bare(new InterruptId(from.text("interrupt")), from.json("answer"), from.number("atMs"));
    }

    static void write(FieldWriter to, KeptInput kept) throws IOException {
        to.object("input", kept.input(), input -> Parts.write(to, input))
                .text("run", kept.run().value())
                .flag("isNamed", kept.isNamed())
                .number("expiresAtMs", kept.expiresAtMs());
    }

    static KeptInput kept(Fields from) {
        return new KeptInput(
                Parts.input(from.fields("input")),
                new RunId(from.text("run")),
                from.flag("isNamed"),
                from.number("expiresAtMs"));
    }

    static void jsonIf(FieldWriter to, String name, @Nullable Json value) throws IOException {
        if (value != null) {
            to.json(name, value);
        }
    }

    static @Nullable Json jsonOrNull(Fields from, String name) {
        return from.has(name) ? from.json(name) : null;
    }
}
