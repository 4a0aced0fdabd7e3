package dev.threadwright.thread;

import dev.threadwright.thread.policy.Policy;
import dev.threadwright.workflow.Json;
import java.util.function.Supplier;

/** An input in the making: {@code input(2).policy(MERGE).at(50)} is the input {@code i2}, whose own run is {@code r2}. */
record Submit(
        ThreadKey thread,
        int number,
        long timeMs,
        Json data,
        String eventType,
        Policy policyOrNull,
        String workflowOrNull,
        String runOrNull,
        String interruptOrNull)
        implements Supplier<Command> {

    static Submit of(int number) {
        return new Submit(
                Commands.THREAD, number, Commands.NOW_MS, Json.of("hello " + number), null, null, null, null, null);
    }

    static Submit event(int number, String type) {
        return new Submit(Commands.THREAD, number, Commands.NOW_MS, Json.NULL, type, null, null, null, null);
    }

    Submit at(long ms) {
        return new Submit(
                thread, number, ms, data, eventType, policyOrNull, workflowOrNull, runOrNull, interruptOrNull);
    }

    Submit data(Json json) {
        return new Submit(
                thread, number, timeMs, json, eventType, policyOrNull, workflowOrNull, runOrNull, interruptOrNull);
    }

    /** Data that the test workflows map to their {@code log} channel. */
    Submit log(String entry) {
        return data(Json.object("log", Json.of(entry)));
    }

    Submit last(String value) {
        return data(Json.object("last", Json.of(value)));
    }

    Submit policy(Policy policy) {
        return new Submit(thread, number, timeMs, data, eventType, policy, workflowOrNull, runOrNull, interruptOrNull);
    }

    Submit workflow(String name) {
        return new Submit(thread, number, timeMs, data, eventType, policyOrNull, name, runOrNull, interruptOrNull);
    }

    Submit to(String run) {
        return new Submit(thread, number, timeMs, data, eventType, policyOrNull, workflowOrNull, run, interruptOrNull);
    }

    Submit answering(String interrupt) {
        return new Submit(thread, number, timeMs, data, eventType, policyOrNull, workflowOrNull, runOrNull, interrupt);
    }

    Input input() {
        Input.Type type = eventType == null ? Input.Type.USER_INPUT : Input.Type.EXTERNAL_EVENT;
        return new Input(new Identity("test", "i" + number), type, eventType, data);
    }

    @Override
    public Command get() {
        Input input = input();
        Command.Header header = new Command.Header(
                thread,
                timeMs,
                input.identity(),
                "" + data.canonical() + policyOrNull + workflowOrNull + runOrNull,
                input.type().wireName(),
                "tester");
        return new Command.SubmitInput(
                header,
                input,
                new RunId("r" + number),
                policyOrNull,
                workflowOrNull,
                runOrNull == null ? null : new RunId(runOrNull),
                interruptOrNull == null ? null : new InterruptId(interruptOrNull));
    }
}
