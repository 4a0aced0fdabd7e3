package dev.threadwright.ingress;

import static dev.threadwright.ingress.Decoding.COMMANDS;
import static dev.threadwright.ingress.Decoding.IDENTITY;
import static dev.threadwright.ingress.Decoding.KEY;
import static dev.threadwright.ingress.Decoding.RECORDS;
import static dev.threadwright.ingress.Decoding.RESULTS;
import static dev.threadwright.ingress.Decoding.command;
import static dev.threadwright.ingress.Decoding.forwarded;
import static dev.threadwright.ingress.Decoding.reason;
import static dev.threadwright.ingress.Decoding.sent;
import static dev.threadwright.ingress.Sent.THREAD;
import static dev.threadwright.ingress.Sent.TIME_MS;
import static dev.threadwright.ingress.Sent.event;
import static dev.threadwright.ingress.Sent.input;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Failure;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunIds;
import dev.threadwright.thread.ThreadStatus;
import dev.threadwright.thread.policy.ParallelPolicy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Json;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the server itself sends is read back as it was meant. */
class CommandRecordsTest {

    @Test
    void readsBackWhatTheServerWrites() {
        CommandRecords.Wishes wishes = new CommandRecords.Wishes(
                new ParallelPolicy(2), "echo@1", new RunId("r1"), "0123456789abcdef0123456789abcdef");
        Json data = JsonText.parse("{\"text\":\"h\u00e9\"}");

        assertThat(sent(RECORDS.userInput(THREAD, IDENTITY, "ann", data, wishes)))
                .isEqualTo(new Command.SubmitInput(
                        header("user.input", RECORDS.userInput(THREAD, IDENTITY, "ann", data, wishes)),
                        new Input(IDENTITY, Input.Type.USER_INPUT, null, data),
                        RunIds.of(KEY, IDENTITY, TIME_MS),
                        new ParallelPolicy(2),
                        "echo@1",
                        new RunId("r1"),
                        new InterruptId("0123456789abcdef0123456789abcdef")));
        assertThat(sent(RECORDS.externalEvent(THREAD, IDENTITY, "ann", "paid", data, CommandRecords.Wishes.NONE)))
                .isInstanceOfSatisfying(Command.SubmitInput.class, submit -> {
                    assertThat(submit.input()).isEqualTo(new Input(IDENTITY, Input.Type.EXTERNAL_EVENT, "paid", data));
                    assertThat(submit.policy()).isNull();
                });
        assertThat(sent(RECORDS.cancelRun(THREAD, IDENTITY, "ann", new RunId("r1"), true, null)))
                .isInstanceOfSatisfying(Command.CancelRun.class, cancel -> {
                    assertThat(cancel.run()).isEqualTo(new RunId("r1"));
                    assertThat(cancel.rollback()).isTrue();
                    assertThat(cancel.header().actor()).isEqualTo("ann");
                });
        assertThat(sent(RECORDS.cancelAll(THREAD, IDENTITY, "ann", Instant.ofEpochMilli(1_500), false)))
                .isInstanceOfSatisfying(Command.CancelAll.class, cancel -> {
                    assertThat(cancel.cutOffMs()).isEqualTo(1_500);
                    assertThat(cancel.rollback()).isFalse();
                });
        assertThat(sent(RECORDS.updateThread(
                        THREAD, IDENTITY, "ann", QueuePolicy.DEFAULT, null, Json.EMPTY_OBJECT, null)))
                .isInstanceOfSatisfying(Command.UpdateThread.class, update -> {
                    assertThat(update.change().policy()).isEqualTo(QueuePolicy.DEFAULT);
                    assertThat(update.change().workflow()).isNull();
                    assertThat(update.change().metadata()).isEqualTo(Json.EMPTY_OBJECT);
                });
    }

    @Test
    void readsBackWhatPeopleDoToRuns() {
        RunId run = new RunId("r1");
        InterruptId interrupt = new InterruptId("0123456789abcdef0123456789abcdef");
        Json.Obj resume = (Json.Obj) JsonText.parse("""
                {"answer":true,"update":{"a":1},"replace":{"b":[2]},"goto":["x","y"],"goto_input":{"n":1},"continue":true,
                 "interrupt_before":"*","interrupt_after":["z"]}
                """);

        assertThat(sent(RECORDS.resumeRun(THREAD, IDENTITY, "ann", run, interrupt.value(), resume)))
                .isEqualTo(new Command.ResumeRun(
                        header(
                                "run.resume",
                                RECORDS.resumeRun(THREAD, IDENTITY, "ann", run, interrupt.value(), resume)),
                        run,
                        interrupt,
                        Json.TRUE,
                        List.of(
                                new Command.Edit("a", Json.of(1), false),
                                new Command.Edit("b", Json.array(List.of(Json.of(2))), true)),
                        List.of("x", "y"),
                        Json.object("n", Json.of(1)),
                        Event.Pass.ONE,
                        Bounds.at(new Breakpoints(Set.of("*"), Set.of("z")))));
        assertThat(sent(RECORDS.resumeRun(THREAD, IDENTITY, "ann", null, null, Json.object("answer", Json.NULL))))
                .isInstanceOfSatisfying(Command.ResumeRun.class, bare -> {
                    assertThat(bare.answer()).as("null is an answer").isEqualTo(Json.NULL);
                    assertThat(bare.run()).isNull();
                    assertThat(bare.goTo()).isNull();
                    assertThat(bare.header().via()).isEqualTo("http");
                });
        assertThat(sent(RECORDS.rejectInterrupt(THREAD, IDENTITY, "ann", interrupt.value(), "no")))
                .isInstanceOfSatisfying(Command.RejectInterrupt.class, reject -> {
                    assertThat(reject.interrupt()).isEqualTo(interrupt);
                    assertThat(reject.reason()).isEqualTo("no");
                });
        assertThat(sent(RECORDS.steerRun(THREAD, IDENTITY, "ann", run, Json.of("left"))))
                .isInstanceOfSatisfying(
                        Command.SteerRun.class,
                        steer -> assertThat(steer.input())
                                .isEqualTo(new Input(IDENTITY, Input.Type.USER_INPUT, null, Json.of("left"))));
        assertThat(sent(RECORDS.pauseRun(THREAD, IDENTITY, "ann", run))).isInstanceOf(Command.PauseRun.class);
        assertThat(sent(RECORDS.unpauseRun(THREAD, IDENTITY, "ann", run))).isInstanceOf(Command.UnpauseRun.class);
        assertThat(sent(RECORDS.compactThread(THREAD, IDENTITY, "ann", Json.EMPTY_OBJECT)))
                .isInstanceOfSatisfying(Command.CompactThread.class, compact -> {
                    assertThat(compact.reason()).isEqualTo("Manual context compaction");
                    assertThat(compact.keep()).isEqualTo(CommandReader.DEFAULT_KEEP);
                    assertThat(compact.newRun()).isEqualTo(RunIds.of(KEY, IDENTITY, TIME_MS));
                });
        assertThat(command(TopicRole.INPUT, event("run.resume", "{\"continue\":true}"))
                        .header()
                        .via())
                .isEqualTo("kafka");
        assertThat(command(
                        TopicRole.INPUT,
                        input("1").ce("interruptbefore", "a, b").ce("interruptafter", "*")))
                .isInstanceOfSatisfying(
                        Command.SubmitInput.class,
                        submit -> assertThat(submit.bounds().breakpoints())
                                .isEqualTo(new Breakpoints(Set.of("a", "b"), Set.of("*"))));
    }

    @Test
    void readsBackWhatIsAskedForAsARun() {
        RunId leg = new RunId("r1");
        Json.Obj data = (Json.Obj) JsonText.parse("""
                {"request":{"assistant_id":"echo"},"create":true,"only_if":["idle","error"],"input":{"text":"hi"},
                 "answer":null,"update":[["a",1],["b",[2]],["a",null]],"goto":["x","y"],"goto_input":{"n":1},
                 "checkpoint":"c1","interrupt_before":"*","interrupt_after":["z"],"recursion_limit":7,"after_ms":5000}
                """);
        ProducerRecord<byte[], byte[]> record =
                RECORDS.requestRun(THREAD, IDENTITY, "ann", leg, new ParallelPolicy(2), "echo@1", data);

        assertThat(sent(record))
                .isEqualTo(new Command.RequestRun(
                        header("run.request", record),
                        leg,
                        Json.object("assistant_id", Json.of("echo")),
                        true,
                        Set.of(ThreadStatus.IDLE, ThreadStatus.ERROR),
                        new ParallelPolicy(2),
                        "echo@1",
                        new Input(IDENTITY, Input.Type.USER_INPUT, null, Json.object("text", Json.of("hi"))),
                        Json.NULL,
                        List.of(
                                new Command.Edit("a", Json.of(1), false),
                                new Command.Edit("b", Json.array(List.of(Json.of(2))), false),
                                new Command.Edit("a", Json.NULL, false)),
                        List.of("x", "y"),
                        Json.object("n", Json.of(1)),
                        "c1",
                        new Bounds(new Breakpoints(Set.of("*"), Set.of("z")), 7),
                        5_000));
        assertThat(sent(RECORDS.requestRun(THREAD, IDENTITY, "ann", leg, null, null, (Json.Obj) JsonText.parse("""
                                {"request":{},"input":null}"""))))
                .isInstanceOfSatisfying(Command.RequestRun.class, bare -> {
                    assertThat(bare.input()).isNull();
                    assertThat(bare.answer()).isNull();
                    assertThat(bare.strategy()).isNull();
                    assertThat(bare.create()).isFalse();
                    assertThat(bare.afterMs()).isZero();
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {}                                      | The data's field request is missing
            {"request":[]}                          | The data's field request must be an object
            {"request":{},"create":"reject"}        | The data's field create must be true or false
            {"request":{},"only_if":"asleep"}       | The data's field only_if must name statuses of threads (idle, busy, interrupted, error)
            {"request":{},"update":{"a":1}}         | The data's field update must be a list of [channel, value]
            {"request":{},"update":[["a"]]}         | The data's field update must be a list of [channel, value]
            {"request":{},"update":[["a",1,2]]}     | The data's field update must be a list of [channel, value]
            {"request":{},"update":[[1,"a"]]}       | The data's field update must be a list of [channel, value]
            {"request":{},"goto_input":1}           | The data's field goto_input goes with goto
            {"request":{},"checkpoint":7}           | The data's field checkpoint must be a string
            {"request":{},"after_ms":-1}            | The data's field after_ms must be a whole number from 0 to 315619200000
            {"request":{},"recursion_limit":0}      | The data's field recursion_limit must be a whole number from 1 to 1000
            {"request":{},"recursion_limit":1001}   | The data's field recursion_limit must be a whole number from 1 to 1000
            {"request":{},"recursion_limit":"9"}    | The data's field recursion_limit must be a whole number from 1 to 1000
            {"request":{},"recursion_limit":1.5}    | The data's field recursion_limit must be a whole number from 1 to 1000
            {"request":{},"after_ms":"1"}           | The data's field after_ms must be a whole number from 0 to 315619200000
            {"request":{},"after_ms":315619200001}  | The data's field after_ms must be a whole number from 0 to 315619200000
            {"request":{},"strategy":"merge"}       | The data's field "strategy" is unknown
            """)
    void refusesABadRequestForARun(String data, String reason) {
        Sent request =
                event("run.request", data).topic(COMMANDS).ce("runid", "r1").header("tw_actor", "ann");
        assertThat(reason(TopicRole.COMMANDS, request)).startsWith(reason);
    }

    @Test
    void onlyServersAskForRunsByTheirIds() {
        Sent request = event("run.request", "{\"request\":{}}").ce("runid", "r1");
        assertThat(reason(TopicRole.INPUT, request)).contains("does not belong on the input topic");
        assertThat(reason(TopicRole.COMMANDS, forwarded(request, TopicRole.INPUT)))
                .contains("does not belong on the input topic");
        assertThat(reason(
                        TopicRole.COMMANDS,
                        event("run.request", "{\"request\":{}}").topic(COMMANDS)))
                .startsWith("CloudEvents attribute runid is missing");
    }

    @Test
    void anAnswerThatNamesAnInterruptIsGiven() {
        assertThat(reason(
                        TopicRole.INPUT,
                        event("run.resume", "{\"continue\":true}")
                                .ce("interruptid", "0123456789abcdef0123456789abcdef")))
                .isEqualTo("The data's field answer is missing: interruptid names the interrupt that it is for");
    }

    @Test
    void readsBackTheResultsThatTheServerWrites() {
        ProducerRecord<byte[], byte[]> succeeded =
                RECORDS.succeeded(THREAD, new RunId("r1"), new ActionId("r1-1"), 2, Json.object("a", Json.of(1)));
        ProducerRecord<byte[], byte[]> failed =
                RECORDS.failed(THREAD, new RunId("r1"), new ActionId("r1-1"), 2, Failure.passing("no such card"));

        assertThat(succeeded.topic()).isEqualTo(RESULTS);
        assertThat(command(TopicRole.RESULTS, Sent.of(succeeded)))
                .isInstanceOfSatisfying(Command.CompleteAction.class, complete -> {
                    assertThat(complete.result()).isEqualTo(Json.object("a", Json.of(1)));
                    assertThat(complete.attempt()).isEqualTo(2);
                });
        assertThat(command(TopicRole.RESULTS, Sent.of(failed)))
                .isInstanceOfSatisfying(
                        Command.FailAction.class,
                        fail -> assertThat(fail.failure()).isEqualTo(Failure.passing("no such card")));
    }

    private Command.Header header(String type, ProducerRecord<byte[], byte[]> record) {
        String hash = command(TopicRole.COMMANDS, Sent.of(record)).header().contentHash();
        return new Command.Header(KEY, TIME_MS, IDENTITY, hash, type, "ann", "http");
    }
}
