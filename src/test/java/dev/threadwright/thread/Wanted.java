package dev.threadwright.thread;

import dev.threadwright.json.JsonText;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** A request for a run in the making: {@code wanted("r2").input("hi").strategy(REJECT)}. */
final class Wanted implements Supplier<Command> {

    private final String leg;
    private long timeMs = Commands.NOW_MS;
    private boolean create;
    private Set<ThreadStatus> onlyIf = Set.of();
    private Policy strategy;
    private String workflow;
    private Json input;
    private Json answer;
    private final List<Command.Edit> updates = new ArrayList<>();
    private List<String> goTo;
    private Json item = Json.NULL;
    private String checkpoint;
    private Bounds bounds = Bounds.NONE;
    private long afterMs;

    private Wanted(String leg) {
        this.leg = leg;
    }

    /** Nothing but going on. */
    static Wanted wanted(String leg) {
        return new Wanted(leg);
    }

    Wanted at(long ms) {
        timeMs = ms;
        return this;
    }

    Wanted create() {
        create = true;
        return this;
    }

    Wanted onlyIf(ThreadStatus... statuses) {
        onlyIf = Set.of(statuses);
        return this;
    }

    Wanted strategy(Policy policy) {
        strategy = policy;
        return this;
    }

    Wanted workflow(String name) {
        workflow = name;
        return this;
    }

    Wanted input(String text) {
        input = Json.of(text);
        return this;
    }

    Wanted input(Json json) {
        input = json;
        return this;
    }

    Wanted answer(String json) {
        answer = JsonText.parse(json);
        return this;
    }

    Wanted answer(InterruptId interrupt, String json) {
        answer = Json.object(interrupt.value(), JsonText.parse(json));
        return this;
    }

    Wanted update(String channel, String json) {
        updates.add(new Command.Edit(channel, JsonText.parse(json), false));
        return this;
    }

    Wanted goTo(String... steps) {
        goTo = List.of(steps);
        return this;
    }

    Wanted item(String json) {
        item = JsonText.parse(json);
        return this;
    }

    Wanted checkpoint(String id) {
        checkpoint = id;
        return this;
    }

    Wanted stopping(Breakpoints at) {
        bounds = new Bounds(at, bounds.recursionLimit());
        return this;
    }

    Wanted recursionLimit(int superSteps) {
        bounds = new Bounds(bounds.breakpoints(), superSteps);
        return this;
    }

    Wanted after(long ms) {
        afterMs = ms;
        return this;
    }

    @Override
    public Command get() {
        Identity identity = new Identity("test", "i" + leg.substring(1));
        return new Command.RequestRun(
                new Command.Header(
                        Commands.THREAD,
                        timeMs,
                        identity,
                        "" + leg + input + answer + updates + goTo,
                        "run.request",
                        "ann",
                        "http"),
                new RunId(leg),
                Json.object("assistant_id", Json.of("echo")),
                create,
                onlyIf,
                strategy,
                workflow,
                input == null ? null : new Input(identity, Input.Type.USER_INPUT, null, input),
                answer,
                updates,
                goTo,
                item,
                checkpoint,
                bounds,
                afterMs);
    }
}
