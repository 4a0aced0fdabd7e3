package dev.threadwright.ingress;

import static dev.threadwright.ingress.Sent.PARTITIONS;
import static dev.threadwright.ingress.Sent.THREAD;
import static dev.threadwright.ingress.Sent.TIME_MS;
import static dev.threadwright.ingress.Sent.bytes;
import static dev.threadwright.ingress.Sent.event;
import static dev.threadwright.ingress.Sent.input;
import static dev.threadwright.ingress.Sent.plain;
import static dev.threadwright.ingress.Sent.structured;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.expression.CelConditions;
import dev.threadwright.expression.PolicyCheck;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.json.JsonText;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Failure;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunIds;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.ThreadStatus;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.thread.policy.InterruptPolicy;
import dev.threadwright.thread.policy.ParallelPolicy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.workflow.Bounds;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordDecoderTest {

    private static final String COMMANDS = "threadwright.commands";
    private static final String RESULTS = "threadwright.results";
    private static final int MAX_DATA_BYTES = 2_000;
    private static final ThreadKey KEY = new ThreadKey("default", THREAD);
    private static final Identity IDENTITY = new Identity("/shop", "i1");
    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private static final String OTHER_PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
    private static final String STRUCTURED =
            "{\"specversion\":\"1.0\",\"id\":\"i1\",\"source\":\"/shop\",\"type\":\"dev.threadwright.user.input.v1\",%s}";

    private final RecordDecoder decoder = new RecordDecoder(
            topic -> topic.startsWith("acme.") ? "acme" : "default",
            new PolicyCheck(new CelConditions())::validate,
            MAX_DATA_BYTES);

    private final CommandRecords records = new CommandRecords(COMMANDS, RESULTS, PARTITIONS);

    // What a good record becomes

    @Test
    void aPlainRecordIsAUserInputKnownByItsCoordinates() {
        var record = plain("{\"text\":\"hi\"}").record();

        Command.SubmitInput submit = (Command.SubmitInput) command(TopicRole.INPUT, plain("{\"text\":\"hi\"}"));

        Identity identity =
                new Identity("/kafka/threadwright.input", "threadwright.input-" + record.partition() + "-7");
        assertThat(submit.input())
                .isEqualTo(new Input(identity, Input.Type.USER_INPUT, null, Json.object("text", Json.of("hi"))));
        assertThat(submit.newRun()).isEqualTo(RunIds.of(KEY, identity, TIME_MS));
        assertThat(submit.policy()).isNull();
        assertThat(submit.workflow()).isNull();
        assertThat(submit.run()).isNull();
        assertThat(submit.interrupt()).isNull();
        Command.Header header = submit.header();
        assertThat(header.thread()).isEqualTo(KEY);
        assertThat(header.timeMs()).isEqualTo(TIME_MS);
        assertThat(header.identity()).isEqualTo(identity);
        assertThat(header.contentHash()).matches("[0-9a-f]{64}");
        assertThat(header.type()).isEqualTo("user.input");
        assertThat(header.actor()).isEqualTo("kafka");
    }

    @Test
    void aBinaryEventCarriesItsIdentityAndItsExtensions() {
        Sent sent = event("external.event", "[1,2]")
                .ce("policy", "{\"type\":\"parallel\",\"max\":2}")
                .ce("workflow", "echo")
                .ce("runid", "r1")
                .ce("interruptid", "0123456789abcdef0123456789abcdef")
                .ce("eventtype", "payment.settled")
                .ce("traceparent", "00-unread\n")
                .header("unrelated", new byte[] {-1});

        Command.SubmitInput submit = (Command.SubmitInput) command(TopicRole.INPUT, sent);

        assertThat(submit.input())
                .isEqualTo(new Input(IDENTITY, Input.Type.EXTERNAL_EVENT, "payment.settled", JsonText.parse("[1,2]")));
        assertThat(submit.policy()).isEqualTo(new ParallelPolicy(2));
        assertThat(submit.workflow()).isEqualTo("echo");
        assertThat(submit.run()).isEqualTo(new RunId("r1"));
        assertThat(submit.interrupt()).isEqualTo(new InterruptId("0123456789abcdef0123456789abcdef"));
        assertThat(submit.header().type()).isEqualTo("external.event");
    }

    @Test
    void bothModesOfCloudEventsAreTheSameCommand() {
        Sent binary = event("external.event", "{\"a\":[1,null,{\"b\":\"\u00e9\"}]}")
                .ce("policy", "queue")
                .ce("runid", "r1")
                .ce("eventtype", "x")
                .ce("time", "2026-01-02T03:04:05.678+01:00");
        Sent structured = structured("""
                {"specversion":"1.0","id":"i1","source":"/shop","type":"dev.threadwright.external.event.v1",
                 "subject":"t1","policy":"queue","runid":"r1","eventtype":"x","traceparent":{"un":"read"},
                 "time":"2026-01-02T03:04:05.678+01:00","datacontenttype":"application/json","dataschema":null,
                 "data":{"a":[1,null,{"b":"\u00e9"}]}}""");
        Sent base64 = structured("""
                {"specversion":"1.0","id":"i1","source":"/shop","type":"dev.threadwright.external.event.v1",
                 "policy":"queue","runid":"r1","eventtype":"x",
                 "data_base64":"eyJhIjpbMSxudWxsLHsiYiI6IsOpIn1dfQ=="}""");

        assertThat(command(TopicRole.INPUT, structured)).isEqualTo(command(TopicRole.INPUT, binary));
        assertThat(command(TopicRole.INPUT, base64)).isEqualTo(command(TopicRole.INPUT, binary));
    }

    @Test
    void anInputBelongsToTheTraceThatItsHeadersSay() {
        Sent plain = plain("1").header("traceparent", PARENT).header("tracestate", "a=1, b=2");
        Sent binary = input("1").header("traceparent", PARENT).header("tracestate", "a=1,b=2");
        Sent extension = input("1").ce("traceparent", PARENT).ce("tracestate", "a=1,b=2");
        Sent structured = structured(
                STRUCTURED.formatted("\"traceparent\":\"" + PARENT + "\",\"tracestate\":\"a=1,b=2\",\"data\":1"));
        Sent both = structured(STRUCTURED.formatted("\"traceparent\":\"" + OTHER_PARENT + "\",\"data\":1"))
                .header("traceparent", PARENT)
                .header("tracestate", "a=1,b=2");

        for (Sent sent : List.of(plain, binary, extension, structured, both)) {
            Command.SubmitInput submit = (Command.SubmitInput) command(TopicRole.INPUT, sent);
            assertThat(submit.input().trace())
                    .isEqualTo(new TraceContext(PARENT, "a=1,b=2"))
                    .isEqualTo(submit.header().trace());
        }
    }

    @Test
    void whatCarriedARecordLastSaysItsTraceAndTheExtensionWhereThatSaysNothing() {
        Sent both = input("1").ce("traceparent", OTHER_PARENT).ce("tracestate", "a=1");
        assertThat(trace(both.header("traceparent", PARENT))).isEqualTo(new TraceContext(PARENT, null));
        assertThat(trace(both.header("traceparent", "00-malformed"))).isEqualTo(new TraceContext(OTHER_PARENT, "a=1"));
        assertThat(trace(input("1").header("tracestate", "a=1"))).isNull();
    }

    /** No trace is a reason to refuse an input, and the same input of another trace is the same. */
    @ParameterizedTest
    @ValueSource(strings = {"traceparent", "ce_traceparent"})
    void aTraceThatCannotBeReadIsNone(String header) {
        Sent bare = input("1");
        Command without = command(TopicRole.INPUT, bare);
        for (byte[] value : new byte[][] {
            {},
            null,
            bytes("00-" + "0".repeat(32) + "-b7ad6b7169203331-01"),
            bytes(PARENT + "\n"),
            {-1, 0},
            new byte[100_000]
        }) {
            assertThat(command(TopicRole.INPUT, input("1").header(header, value)))
                    .isEqualTo(without);
        }
        Command traced = command(TopicRole.INPUT, input("1").header(header, PARENT));
        assertThat(traced.header().trace()).isEqualTo(new TraceContext(PARENT, null));
        assertThat(traced.header().contentHash()).isEqualTo(without.header().contentHash());
    }

    @Test
    void everythingThatIsAskedOfAThreadMayBelongToATrace() {
        Sent steer = event("run.steer", "1").ce("runid", "r1").header("traceparent", PARENT);
        assertThat(command(TopicRole.INPUT, steer))
                .isInstanceOfSatisfying(
                        Command.SteerRun.class,
                        command -> assertThat(command.input().trace()).isEqualTo(new TraceContext(PARENT, null)));
        Sent request = event("run.request", "{\"request\":{},\"input\":1}")
                .topic(COMMANDS)
                .ce("runid", "r1")
                .header("tw_actor", "ann")
                .header("traceparent", PARENT);
        assertThat(command(TopicRole.COMMANDS, request))
                .isInstanceOfSatisfying(
                        Command.RequestRun.class,
                        command -> assertThat(command.input().trace()).isEqualTo(new TraceContext(PARENT, null)));
        assertThat(trace(event("run.cancel", "{}").header("traceparent", PARENT)))
                .isEqualTo(new TraceContext(PARENT, null));
    }

    @Test
    void aTraceIsForwardedAndReadBack() {
        Sent sent = input("1").header("traceparent", PARENT).ce("tracestate", "ignored=1");
        assertThat(trace(TopicRole.COMMANDS, forwarded(sent, TopicRole.INPUT)))
                .isEqualTo(new TraceContext(PARENT, null));

        TraceContext trace = new TraceContext(PARENT, "a=1");
        ProducerRecord<byte[], byte[]> record =
                records.userInput(THREAD, IDENTITY, "ann", Json.of(1), CommandRecords.Wishes.NONE);
        TraceHeaders.add(record.headers(), trace);
        assertThat(sent(record).header().trace()).isEqualTo(trace);
    }

    private TraceContext trace(Sent sent) {
        return trace(TopicRole.INPUT, sent);
    }

    private TraceContext trace(TopicRole role, Sent sent) {
        return command(role, sent).header().trace();
    }

    @ParameterizedTest
    @CsvSource({"specversion, 1.0", "id, 17", "source, 1", "type, 2", "subject, 3", "time, 4"})
    void theSpecificationsOwnAttributesAreTexts_andANumberIsNotTakenForOne(String name, String number) {
        java.util.Map<String, String> event = new java.util.LinkedHashMap<>(java.util.Map.of(
                "specversion",
                "\"1.0\"",
                "id",
                "\"17\"",
                "source",
                "\"/test\"",
                "type",
                "\"dev.threadwright.user.input.v1\"",
                "data",
                "1"));
        event.put(name, number);
        String json = event.entrySet().stream()
                .map(field -> "\"" + field.getKey() + "\":" + field.getValue())
                .collect(java.util.stream.Collectors.joining(",", "{", "}"));
        assertThat(reason(TopicRole.INPUT, structured(json)))
                .isEqualTo("CloudEvents attribute " + name + " must be a string, and is the number " + number);
    }

    @Test
    void structuredModeDoesNotReadAttributesFromHeaders() {
        Sent sent = structured("""
                {"specversion":"1.0","id":"i1","source":"/shop","type":"dev.threadwright.user.input.v1","data":1}""").ce("subject", "another");

        assertThat(command(TopicRole.INPUT, sent)).isInstanceOf(Command.SubmitInput.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/json", "Application/JSON; charset=utf-8", "application/vnd.acme+json", "text/json"})
    void takesEveryMediaTypeThatIsJson(String contentType) {
        assertThat(command(TopicRole.INPUT, input("{}").header("content-type", contentType)))
                .isEqualTo(command(TopicRole.INPUT, input("{}").without("content-type")));
    }

    @Test
    void thePolicyIsANameOrJson() {
        assertThat(policy("interrupt")).isEqualTo(InterruptPolicy.DEFAULT);
        assertThat(policy("\"interrupt\"")).isEqualTo(InterruptPolicy.DEFAULT);
        assertThat(policy(" {\"type\":\"queue\"} ")).isEqualTo(QueuePolicy.DEFAULT);
    }

    private Object policy(String text) {
        return ((Command.SubmitInput) command(TopicRole.INPUT, input("{}").ce("policy", text))).policy();
    }

    @Test
    void theTopicGivesTheTenant() {
        Command command = command(TopicRole.INPUT, plain("1").topic("acme.input"));

        assertThat(command.header().thread()).isEqualTo(new ThreadKey("acme", THREAD));
    }

    @Test
    void whatIsOfATenantThatOnlyOtherServersHaveIsNoDeadLetterHere() {
        RecordDecoder old = new RecordDecoder(
                new TopicTenants() {
                    @Override
                    public String tenant(String topic) {
                        return topic.startsWith("acme.") ? null : "default";
                    }

                    @Override
                    public boolean has(String tenant) {
                        return tenant.equals("default");
                    }
                },
                policy -> {},
                MAX_DATA_BYTES);
        Sent whole = plain("1").topic(COMMANDS).header("tw_tenant", "acme");
        Sent broken = plain("{").topic(COMMANDS).header("tw_tenant", "acme");
        for (Sent sent : List.of(whole, broken)) {
            assertThat(old.decode(sent.record(), TopicRole.COMMANDS, PARTITIONS))
                    .isInstanceOfSatisfying(
                            Decoded.NotHere.class,
                            there -> assertThat(there.reason())
                                    .contains("is of tenant acme")
                                    .contains("threadwright.tenants.acme"));
        }
        Sent misrouted = plain("1").topic("acme.input").partition(anotherPartition());
        assertThat(old.decode(forwarded(misrouted, TopicRole.INPUT).record(), TopicRole.COMMANDS, PARTITIONS))
                .isInstanceOfSatisfying(
                        Decoded.NotHere.class,
                        there -> assertThat(there.reason()).contains("acme.input"));
        assertThat(decoder.decode(forwarded(misrouted, TopicRole.INPUT).record(), TopicRole.COMMANDS, PARTITIONS))
                .isInstanceOf(Decoded.ForThread.class);
    }

    @Test
    void cancelIsForOneRunOrForAllUpToACutOff() {
        assertThat(command(
                        TopicRole.INPUT,
                        event("run.cancel", "{\"rollback\":true}").ce("runid", "r1")))
                .isInstanceOfSatisfying(Command.CancelRun.class, cancel -> {
                    assertThat(cancel.run()).isEqualTo(new RunId("r1"));
                    assertThat(cancel.rollback()).isTrue();
                });
        assertThat(command(TopicRole.INPUT, event("run.cancel", "{}")))
                .isInstanceOfSatisfying(Command.CancelAll.class, cancel -> {
                    assertThat(cancel.cutOffMs()).isEqualTo(TIME_MS);
                    assertThat(cancel.rollback()).isFalse();
                });
        assertThat(command(TopicRole.INPUT, event("run.cancel", "{\"cutoff\":\"1970-01-01T01:00:01.5+01:00\"}")))
                .isInstanceOfSatisfying(
                        Command.CancelAll.class,
                        cancel -> assertThat(cancel.cutOffMs()).isEqualTo(1_500));
    }

    @Test
    void anUpdateSetsWhatItNames() {
        assertThat(command(TopicRole.INPUT, event("thread.update", "{\"policy\":\"queue\",\"metadata\":{\"a\":1}}")))
                .isInstanceOfSatisfying(Command.UpdateThread.class, update -> {
                    assertThat(update.change().policy()).isEqualTo(QueuePolicy.DEFAULT);
                    assertThat(update.change().workflow()).isNull();
                    assertThat(update.change().metadata()).isEqualTo(Json.object("a", Json.of(1)));
                });
    }

    @Test
    void resultsNameTheirAttemptAndHaveNoIdentity() {
        Sent succeeded = result("action.succeeded", "{\"answer\":42}");
        Sent failed = result("action.failed", "{\"error\":\"no such card\"}");
        Command.Header header = new Command.Header(KEY, TIME_MS, null, "", "action.succeeded", "kafka");

        assertThat(command(TopicRole.RESULTS, succeeded))
                .isEqualTo(new Command.CompleteAction(
                        header, new RunId("r1"), new ActionId("r1-1"), 2, Json.object("answer", Json.of(42))));
        assertThat(command(TopicRole.RESULTS, failed))
                .isInstanceOfSatisfying(
                        Command.FailAction.class,
                        fail -> assertThat(fail.failure()).isEqualTo(Failure.passing("no such card")));
        assertThat(command(TopicRole.RESULTS, result("action.succeeded", null)))
                .as("work without a result")
                .isInstanceOfSatisfying(
                        Command.CompleteAction.class,
                        complete -> assertThat(complete.result()).isEqualTo(Json.NULL));
    }

    private static Sent result(String type, String data) {
        return event(type, data)
                .topic(RESULTS)
                .ce("runid", "r1")
                .ce("actionid", "r1-1")
                .ce("attempt", "2");
    }

    // What is refused

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            specversion |                    | CloudEvents attribute specversion is missing
            specversion | 0.3                | CloudEvents attribute specversion must be 1.0, not "0.3"
            id          |                    | CloudEvents attribute id is missing
            id          | ``                 | CloudEvents attribute id is empty
            source      |                    | CloudEvents attribute source is missing
            source      | ``                 | CloudEvents attribute source is empty
            source      | not a uri          | CloudEvents attribute source must be a URI reference, not "not a uri"
            source      | /kafka/threadwright.input | CloudEvents attribute source begins with /kafka/, which is kept for plain records
            type        |                    | CloudEvents attribute type is missing
            type        | order.placed       | CloudEvents attribute type "order.placed" is unknown; here it may be dev.threadwright.user.input.v1, dev.threadwright.external.event.v1, dev.threadwright.run.cancel.v1, dev.threadwright.run.retry.v1
            type        | dev.threadwright.user.input.v2 | CloudEvents attribute type "dev.threadwright.user.input.v2" is unknown
            type        | dev.threadwright..v1 | CloudEvents attribute type "dev.threadwright..v1" is unknown
            type        | dev.threadwright.v1 | CloudEvents attribute type "dev.threadwright.v1" is unknown
            type        | dev.threadwright.action.succeeded.v1 | CloudEvents attribute type "dev.threadwright.action.succeeded.v1" does not belong on the input topic
            subject     | t2                 | The record's key "t1" and CloudEvents attribute subject "t2" differ
            time        | yesterday          | CloudEvents attribute time must be an RFC 3339 time, not "yesterday"
            time        | 2026-02-30T00:00:00Z | CloudEvents attribute time must be an RFC 3339 time
            dataschema  | a b                | CloudEvents attribute dataschema must be a URI reference
            datacontenttype | text/plain     | CloudEvents attribute datacontenttype
            policy      | ``                 | CloudEvents attribute policy is empty
            policy      | panic              | The policy is not valid: policy: unknown policy "panic"
            policy      | {"type":           | CloudEvents attribute policy must be a policy's name or JSON: Not JSON
            policy      | {"type":"parallel","max":0} | The policy is not valid: policy.max: must be from 1
            policy      | {"type":"rules","rules":[{"when":"urgent","then":"merge"}],"otherwise":"queue"} | The policy is not valid: policy.rules[0].when: line 1, column 1: undeclared reference to 'urgent'
            workflow    | ``                 | CloudEvents attribute workflow is empty
            runid       | ``                 | CloudEvents attribute runid is empty
            interruptid | 5                  | CloudEvents attribute interruptid must be 32 lower-case hexadecimal digits, not "5"
            interruptbefore | a,,b           | CloudEvents attribute interruptbefore must be names of steps with commas between them, not "a,,b"
            eventtype   | x                  | CloudEvents attribute eventtype does not apply to dev.threadwright.user.input.v1; leave it out
            attempt     | 1                  | CloudEvents attribute attempt does not apply to
            Policy      | merge              | "Policy" is not a CloudEvents attribute name: those have lower-case letters and digits only
            """)
    void refusesABadAttributeAndNamesIt(String name, String value, String reason) {
        Sent sent = value == null
                ? input("{}").without("ce_" + name)
                : name.equals("datacontenttype")
                        ? input("{}").header("content-type", value)
                        : input("{}").ce(name, value);

        assertThat(reason(TopicRole.INPUT, sent)).startsWith(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            user.input     | null                   | Null data: send a JSON value that is not null
            user.input     | ``                     | The data cannot be read: Not JSON: there is no value
            user.input     | hello                  | The data cannot be read: Not JSON: Unrecognized token 'hello'
            user.input     | {"a":1                 | The data cannot be read: Not JSON: Unexpected end-of-input
            user.input     | {"a":1} 2              | The data cannot be read: Not JSON: something follows the value (line 1, column 10)
            user.input     | {"a":1,"a":2}          | The data cannot be read: Not JSON: Duplicate field 'a'
            user.input     | "\\ud800"              | The data cannot be read: A string holds an unpaired surrogate
            user.input     | 1e1001                 | The data cannot be read: A number's exponent is beyond 1000
            run.cancel     | []                     | The data of dev.threadwright.run.cancel.v1 must be an object, {} if there is nothing to say
            run.cancel     | {"rollback":"yes"}     | The data's field rollback must be true or false
            run.cancel     | {"force":true}         | The data's field "force" is unknown; it may have cutoff, leg, rollback
            run.cancel     | {"cutoff":12}          | The data's field cutoff must be a string
            run.cancel     | {"cutoff":"noon"}      | The data's field cutoff must be an RFC 3339 time, not "noon"
            thread.update  | "queue"                | The data of dev.threadwright.thread.update.v1 must be an object
            thread.update  | {"name":"x"}           | The data's field "name" is unknown; it may have approvals, metadata, policy, ttl, workflow
            thread.update  | {"policy":"panic"}     | The policy is not valid: policy: unknown policy "panic"
            thread.update  | {"policy":null}        | The policy is not valid: policy: must be a policy's name
            thread.update  | {"policy":{"type":"rules","rules":[{"when":"1","then":"merge"}],"otherwise":"queue"}} | The policy is not valid: policy.rules[0].when: line 1, column 1: expected type 'bool'
            thread.update  | {"workflow":7}         | The data's field workflow must be a string
            thread.update  | {"workflow":""}        | The data's field workflow is empty
            thread.update  | {"metadata":[]}        | The data's field metadata must be an object
            thread.update  | {"metadata":{"a":["\\u0000"]}} | The data's field metadata holds the character U+0000
            thread.update  | {"metadata":{"\\u0000":1}} | The data's field metadata holds the character U+0000
            thread.update  | {"ttl":5256001}        | The data's field ttl must be a whole number from 1 to 5256000
            thread.delete  | {"if_seq":"1"}         | The data's field if_seq must be a whole number from 1
            thread.create  | {"supersteps":{}}      | The data's field supersteps must be a list
            thread.create  | {"supersteps":[[]]}    | The data's field supersteps must be lists that are not empty
            thread.create  | {"supersteps":[[{"values":{},"as":"a"}]]} | The data's field supersteps must be lists of objects with values, as_step and goto
            thread.update  | {"approvals":true}     | The data's field approvals must be an object: the answer for each kind of interrupt
            run.resume     | {}                     | The data of dev.threadwright.run.resume.v1 must have answer, update, replace, goto or continue
            run.resume     | true                   | The data of dev.threadwright.run.resume.v1 must be an object
            run.resume     | {"resume":true}        | The data's field "resume" is unknown; it may have answer, continue, goto, goto_input, interrupt_after, interrupt_before, replace, update
            run.resume     | {"continue":1}         | The data's field continue must be true or false
            run.resume     | {"continue":false}     | The data of dev.threadwright.run.resume.v1 must have answer
            run.resume     | {"update":{}}          | The data's field update must be an object of channels, and not empty
            run.resume     | {"replace":[1]}        | The data's field replace must be an object of channels, and not empty
            run.resume     | {"goto":[]}            | The data's field goto names no step
            run.resume     | {"goto":7}             | The data's field goto must be the name of a step, or a list of them
            run.resume     | {"goto":["a",""]}      | The data's field goto must be the name of a step, or a list of them
            run.resume     | {"goto_input":1,"continue":true} | The data's field goto_input goes with goto
            run.resume     | {"continue":true,"interrupt_before":{}} | The data's field interrupt_before must be the name of a step
            run.steer      | {"text":"x"}           | CloudEvents attribute runid is missing
            run.pause      | {}                     | CloudEvents attribute runid is missing
            action.settle  | {"retry":true}         | CloudEvents attribute runid is missing
            run.unpause    | {"now":true}           | The data's field "now" is unknown
            interrupt.reject | {}                   | CloudEvents attribute interruptid is missing
            interrupt.reject | {"reason":7}         | CloudEvents attribute interruptid is missing
            thread.compact | {"keep":-1}            | The data's field keep must be a whole number from 0 to 10000
            thread.compact | {"keep":1.5}           | The data's field keep must be a whole number from 0 to 10000
            thread.compact | {"keep":10001}         | The data's field keep must be a whole number from 0 to 10000
            thread.compact | {"reason":[]}          | The data's field reason must be a string of at most 1000 characters
            """)
    void refusesBadData(String type, String data, String reason) {
        assertThat(reason(TopicRole.INPUT, event(type, data))).startsWith(reason);
    }

    /** Scenario 25. */
    @Test
    void refusesASubjectThatIsNotTheKey() {
        assertThat(reason(TopicRole.INPUT, input("{}").ce("subject", "t2")))
                .isEqualTo("The record's key \"t1\" and CloudEvents attribute subject \"t2\" differ: both are the"
                        + " thread id; leave the subject out or make them equal");
    }

    /** Scenario 26. */
    @Test
    void refusesDataThatIsNull() {
        String reason = "Null data: send a JSON value that is not null";

        assertThat(reason(TopicRole.INPUT, plain(null))).isEqualTo(reason);
        assertThat(reason(TopicRole.INPUT, plain("null"))).isEqualTo(reason);
        assertThat(reason(TopicRole.INPUT, input(null))).isEqualTo(reason);
        String attributes =
                "\"specversion\":\"1.0\",\"id\":\"i1\",\"source\":\"/s\",\"type\":\"dev.threadwright.user.input.v1\"";
        assertThat(reason(TopicRole.INPUT, structured("{" + attributes + "}"))).isEqualTo(reason);
        assertThat(reason(TopicRole.INPUT, structured("{" + attributes + ",\"data\":null}")))
                .isEqualTo(reason);
    }

    @Test
    void refusesARecordWithoutAKeyEvenIfItHasASubject() {
        assertThat(reason(TopicRole.INPUT, input("{}").key((byte[]) null))).startsWith("The record has no key");
        assertThat(reason(TopicRole.INPUT, plain("{}").key(""))).isEqualTo("The record's key (the thread id) is empty");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            c3           | is not UTF-8
            eda080       | is not UTF-8
            c080         | is not UTF-8
            610062       | holds U+0000 at character 1
            0a           | holds U+000A at character 0
            7f           | holds U+007F at character 0
            c285         | holds U+0085 at character 0
            efbfbf       | holds U+FFFF at character 0
            f09fbfbe     | holds U+1FFFE at character 0
            """)
    void refusesBytesThatAreNoTextWhereverTextBelongs(String hex, String problem) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        assertThat(reason(TopicRole.INPUT, plain("{}").key(bytes)))
                .startsWith("The record's key (the thread id) " + problem);
        for (String name : List.of("id", "source", "type", "subject", "workflow", "policy", "runid", "interruptid")) {
            assertThat(reason(TopicRole.INPUT, input("{}").header("ce_" + name, bytes)))
                    .startsWith("CloudEvents attribute " + name + " " + problem);
        }
    }

    @Test
    void takesTextThatIsWellFormed() {
        String thread = "caf\u00e9 \ud83d\ude00/\u4e2d\ufffd";

        assertThat(command(TopicRole.INPUT, plain("{}").key(thread))
                        .header()
                        .thread()
                        .thread())
                .isEqualTo(thread);
    }

    @Test
    void refusesAnAttributeGivenTwiceOrWithoutAValue() {
        assertThat(reason(TopicRole.INPUT, input("{}").also("ce_id", bytes("i2"))))
                .isEqualTo("CloudEvents attribute id is given twice");
        assertThat(reason(TopicRole.INPUT, input("{}").header("ce_policy", (byte[]) null)))
                .isEqualTo("CloudEvents attribute policy has no value");
        assertThat(reason(TopicRole.INPUT, plain("{}").ce("anything", "x")))
                .as("half a CloudEvent is not a plain record")
                .isEqualTo("CloudEvents attribute specversion is missing");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            []                    | The event must be a JSON object
            {                     | The event cannot be read: Not JSON
            {"id":{}}             | CloudEvents attribute id must be a string
            {"id":true}           | CloudEvents attribute id must be a string
            {"id":"a\\nb"}        | CloudEvents attribute id holds U+000A
            {"id":null}           | CloudEvents attribute specversion is missing
            {"Id":"x"}            | "Id" is not a CloudEvents attribute name
            {"specversion":"1.0","id":"i","source":"/s","type":"dev.threadwright.user.input.v1","data":1,"data_base64":"MQ=="} | data_base64 must be a string, and stand alone without data
            {"specversion":"1.0","id":"i","source":"/s","type":"dev.threadwright.user.input.v1","data_base64":"?"} | data_base64 is not base64
            {"specversion":"1.0","id":"i","source":"/s","type":"dev.threadwright.user.input.v1","data_base64":"ew=="} | The data_base64 cannot be read: Not JSON
            """)
    void refusesABadStructuredEvent(String event, String reason) {
        assertThat(reason(TopicRole.INPUT, structured(event))).startsWith(reason);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/cloudevents-batch+json", "application/cloudevents+avro", "application/cloudevents"})
    void refusesFormatsOfCloudEventsThatItDoesNotRead(String contentType) {
        assertThat(reason(TopicRole.INPUT, plain("{}").header("content-type", contentType)))
                .isEqualTo("Content type \"" + contentType + "\" is not supported; send"
                        + " application/cloudevents+json, one event a record, or binary mode");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            runid    |      | CloudEvents attribute runid is missing; dev.threadwright.action.failed.v1 needs it
            actionid |      | CloudEvents attribute actionid is missing
            attempt  |      | CloudEvents attribute attempt is missing
            attempt  | 0    | CloudEvents attribute attempt must be a whole number from 1 up, not "0"
            attempt  | 1.5  | CloudEvents attribute attempt must be a whole number from 1 up, not "1.5"
            attempt  | 2147483648 | CloudEvents attribute attempt must be a whole number from 1 up
            """)
    void refusesAResultThatDoesNotNameItsAttempt(String name, String value, String reason) {
        Sent sent = result("action.failed", "{\"error\":\"x\"}");

        assertThat(reason(TopicRole.RESULTS, value == null ? sent.without("ce_" + name) : sent.ce(name, value)))
                .startsWith(reason);
    }

    @Test
    void refusesResultsThatAreNone() {
        assertThat(reason(TopicRole.RESULTS, result("action.failed", "\"x\"")))
                .startsWith("The data must be {\"error\": \"what went wrong\"}");
        assertThat(reason(TopicRole.RESULTS, result("action.failed", "{\"error\":\"x\",\"kind\":\"worse\"}")))
                .isEqualTo("The data's field kind must be \"transient\", \"permanent\" or \"rate_limited\"");
        assertThat(reason(TopicRole.RESULTS, result("action.failed", "{\"error\":\"x\",\"retry_after_ms\":5}")))
                .startsWith("The data's field retry_after_ms must be a number from 0 up, and goes with");
        assertThat(reason(TopicRole.RESULTS, result("action.failed", "{\"error\":\"x\",\"when\":1}")))
                .startsWith("The data must be {\"error\"");
        assertThat(reason(TopicRole.RESULTS, input("{}")))
                .startsWith("CloudEvents attribute type \"dev.threadwright.user.input.v1\" does not belong on the"
                        + " results topic; here it may be dev.threadwright.action.succeeded.v1");
        assertThat(reason(TopicRole.RESULTS, plain("{}"))).startsWith("A result must be a CloudEvent");
    }

    @Test
    void refusesACutOffForOneRun() {
        assertThat(reason(
                        TopicRole.INPUT,
                        event("run.cancel", "{\"cutoff\":\"2026-01-01T00:00:00Z\"}")
                                .ce("runid", "r1")))
                .isEqualTo("The data's field cutoff goes with cancelling all runs, not with runid");
    }

    @Test
    void aReasonIsOneShortLine() {
        String reason = reason(TopicRole.INPUT, input("x".repeat(MAX_DATA_BYTES)));

        assertThat(reason).hasSizeLessThanOrEqualTo(RecordDecoder.MAX_REASON);
        assertThat(reason.chars()).noneMatch(Character::isISOControl);
    }

    // Limits: at the edge, and one beyond

    @Test
    void limitsTheThreadId() {
        assertLimit(
                "The record's key (the thread id) is too long",
                255,
                id -> plain("{}").key(id));
        assertThat(command(TopicRole.INPUT, plain("{}").key("\u4e2d".repeat(255)))
                        .header()
                        .thread()
                        .thread())
                .hasSize(255);
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "source", "workflow", "runid", "interruptbefore"})
    void limitsAttributes(String name) {
        assertLimit(
                "CloudEvents attribute " + name + " is too long",
                255,
                value -> input("{}").ce(name, value));
    }

    @Test
    void limitsThePolicy() {
        String policy = "{\"type\":\"queue\"}";
        int limit = Attributes.MAX_POLICY_LENGTH;

        assertThat(policy(policy + " ".repeat(limit - policy.length()))).isEqualTo(QueuePolicy.DEFAULT);
        assertThat(reason(TopicRole.INPUT, input("{}").ce("policy", policy + " ".repeat(limit - policy.length() + 1))))
                .isEqualTo("CloudEvents attribute policy is too long: 65537 characters, at most 65536 characters");
    }

    @Test
    void limitsTheData() {
        String atLimit = '"' + "x".repeat(MAX_DATA_BYTES - 2) + '"';

        assertThat(command(TopicRole.INPUT, plain(atLimit))).isInstanceOf(Command.SubmitInput.class);
        assertThat(reason(TopicRole.INPUT, plain(atLimit + " ")))
                .isEqualTo("The data is too large: 2001 bytes, at most 2000");
        assertThat(reason(TopicRole.INPUT, input(atLimit + " "))).startsWith("The data is too large");
        assertThat(reason(TopicRole.INPUT, structured(atLimit + " "))).startsWith("The data is too large");
    }

    @Test
    void limitsTheDepth() {
        int limit = JsonText.MAX_DEPTH;

        assertThat(command(TopicRole.INPUT, plain("[".repeat(limit) + "]".repeat(limit))))
                .isInstanceOf(Command.SubmitInput.class);
        assertThat(reason(TopicRole.INPUT, plain("[".repeat(limit + 1) + "]".repeat(limit + 1))))
                .startsWith("The data cannot be read: Not JSON: Document nesting depth (65) exceeds");
    }

    @Test
    void limitsTheTimestamp() {
        assertThat(command(TopicRole.INPUT, plain("1").at(0)).header().timeMs()).isZero();
        assertThat(command(TopicRole.INPUT, plain("1").at(RecordDecoder.MAX_TIME_MS))
                        .header()
                        .timeMs())
                .isEqualTo(RecordDecoder.MAX_TIME_MS);
        assertThat(reason(TopicRole.INPUT, plain("1").at(-1)))
                .startsWith("The record's timestamp -1 is not between 1970 and 9999");
        assertThat(reason(TopicRole.INPUT, plain("1").at(RecordDecoder.MAX_TIME_MS + 1)))
                .startsWith("The record's timestamp");
    }

    private void assertLimit(String reason, int limit, Function<String, Sent> make) {
        assertThat(command(TopicRole.INPUT, make.apply("x".repeat(limit)))).isInstanceOf(Command.SubmitInput.class);
        assertThat(reason(TopicRole.INPUT, make.apply("x".repeat(limit + 1))))
                .isEqualTo(reason + ": " + (limit + 1) + " characters, at most " + limit + " characters");
        assertThat(reason(TopicRole.INPUT, make.apply("x".repeat(100_000)))).startsWith(reason);
    }

    // The content hash

    @Test
    void theSameContentInOtherWordsHasTheSameHash() {
        String hash = hash(
                input("{\"a\":1,\"b\":[true,{\"c\":\"\u00e9\",\"d\":100}]}").ce("policy", "queue"));

        assertThat(hash(input("{ \"b\" : [true, {\"d\":1e2,\"c\":\"\\u00e9\"} ], \"a\":1.0 }")
                        .ce("policy", "{\"max\":100,\"type\":\"queue\"}")))
                .isEqualTo(hash);
        assertThat(hash(input("{\"a\":1,\"b\":[true,{\"c\":\"\u00e9\",\"d\":100}]}")
                        .ce("policy", "queue")
                        .ce("id", "i2")
                        .ce("source", "/elsewhere")
                        .ce("time", "2026-01-01T00:00:00Z")
                        .at(5)))
                .as("who says it, and when, is not content")
                .isEqualTo(hash);
    }

    @Test
    void otherContentHasAnotherHash() {
        List<String> hashes = new ArrayList<>();
        hashes.add(hash(input("{\"a\":1}")));
        hashes.add(hash(event("external.event", "{\"a\":1}")));
        hashes.add(hash(event("external.event", "{\"a\":1}").ce("eventtype", "x")));
        hashes.add(hash(input("{\"a\":2}")));
        hashes.add(hash(input("{\"a\":\"1\"}")));
        hashes.add(hash(input("{\"a\":1,\"b\":null}")));
        hashes.add(hash(input("[1,2]")));
        hashes.add(hash(input("[2,1]")));
        hashes.add(hash(input("{\"a\":1}").ce("policy", "queue")));
        hashes.add(hash(input("{\"a\":1}").ce("policy", "merge")));
        hashes.add(hash(input("{\"a\":1}").ce("workflow", "x")));
        hashes.add(hash(input("{\"a\":1}").ce("runid", "x")));
        hashes.add(hash(input("{\"a\":1}").ce("interruptid", "0123456789abcdef0123456789abcdef")));
        hashes.add(hash(input("{\"a\":1}").ce("interruptbefore", "x")));
        hashes.add(hash(input("{\"a\":1}").ce("interruptafter", "x")));
        hashes.add(hash(event("run.cancel", "{}")));
        hashes.add(hash(event("run.cancel", "{}").ce("runid", "x")));
        hashes.add(hash(event("thread.update", "{}")));

        assertThat(hashes).doesNotHaveDuplicates();
    }

    private String hash(Sent sent) {
        return command(TopicRole.INPUT, sent).header().contentHash();
    }

    // Where a record belongs

    @Test
    void aRecordOnAnotherPartitionIsMisrouted() {
        int owner = KeyPartitions.of(bytes(THREAD), PARTITIONS);

        for (int partition = 0; partition < PARTITIONS; partition++) {
            Decoded decoded = decode(TopicRole.INPUT, input("{}").partition(partition));
            if (partition == owner) {
                assertThat(decoded).isInstanceOf(Decoded.ForThread.class);
            } else {
                assertThat(decoded).isEqualTo(new Decoded.Misrouted(owner));
            }
        }
    }

    @Test
    void theOwnerIsWhereTheJavaClientSends() {
        for (String key : List.of("t1", "", "caf\u00e9", "a much longer thread id than the others")) {
            assertThat(KeyPartitions.of(bytes(key), 7))
                    .isEqualTo(org.apache.kafka.clients.producer.internals.BuiltInPartitioner.partitionForKey(
                            bytes(key), 7));
        }
    }

    @Test
    void whatIsDeadIsNotSentOn() {
        assertThat(reason(TopicRole.INPUT, plain("{").partition(anotherPartition())))
                .startsWith("The data");
    }

    @Test
    void aForwardedRecordIsTheCommandThatItWouldHaveBeen() {
        Sent misplaced = plain("{\"text\":\"hi\"}").topic("acme.input").partition(anotherPartition());

        Command command = command(TopicRole.COMMANDS, forwarded(misplaced, TopicRole.INPUT));

        Identity identity = new Identity("/kafka/acme.input", "acme.input-" + anotherPartition() + "-7");
        assertThat(command.header().identity()).isEqualTo(identity);
        assertThat(command.header().timeMs()).isEqualTo(TIME_MS);
        assertThat(command.header().thread()).isEqualTo(new ThreadKey("acme", THREAD));
        assertThat(command(TopicRole.COMMANDS, forwarded(result("action.succeeded", "1"), TopicRole.RESULTS)))
                .isEqualTo(command(TopicRole.RESULTS, result("action.succeeded", "1")));
    }

    @Test
    void forwardingAgainKeepsTheOrigin() {
        Sent once = forwarded(plain("1").partition(anotherPartition()), TopicRole.INPUT);

        assertThat(command(TopicRole.COMMANDS, forwarded(once.partition(3), TopicRole.COMMANDS)))
                .isEqualTo(command(
                        TopicRole.COMMANDS, forwarded(plain("1").partition(anotherPartition()), TopicRole.INPUT)));
    }

    @Test
    void forwardingACommandKeepsItsCaller() {
        ProducerRecord<byte[], byte[]> http =
                records.userInput(THREAD, IDENTITY, "ann", Json.of(1), CommandRecords.Wishes.NONE);

        Sent forward = forwarded(Sent.of(http).partition(anotherPartition()), TopicRole.COMMANDS);

        assertThat(command(TopicRole.COMMANDS, forward)).isEqualTo(command(TopicRole.COMMANDS, Sent.of(http)));
    }

    @Test
    void aForwardedResultCannotBeAnInputNorTheOtherWayRound() {
        assertThat(reason(TopicRole.COMMANDS, forwarded(result("action.succeeded", "1"), TopicRole.INPUT)))
                .contains("does not belong on the input topic");
        assertThat(reason(TopicRole.COMMANDS, forwarded(plain("1"), TopicRole.RESULTS)))
                .startsWith("A result must be a CloudEvent");
    }

    @Test
    void headersOfServersAreNoiseFromAnyoneElse() {
        for (UnaryOperator<Sent> forge : List.<UnaryOperator<Sent>>of(
                sent -> sent.header("tw_origin", "acme.input-0-1").header("tw_time", "5"),
                sent -> sent.header("tw_role", "results"),
                sent -> sent.header("tw_actor", "admin"),
                sent -> sent.header("tw_origin", new byte[] {-1}))) {
            assertThat(decode(TopicRole.INPUT, forge.apply(plain("1")))).isEqualTo(decode(TopicRole.INPUT, plain("1")));
            assertThat(decode(TopicRole.RESULTS, forge.apply(result("action.succeeded", "1"))))
                    .isEqualTo(decode(TopicRole.RESULTS, result("action.succeeded", "1")));
            assertThat(command(TopicRole.COMMANDS, forwarded(forge.apply(plain("1")), TopicRole.INPUT)))
                    .as("and a forward does not launder them")
                    .isEqualTo(command(TopicRole.COMMANDS, forwarded(plain("1"), TopicRole.INPUT)));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            tw_origin | nowhere             | tw_origin must be topic-partition-offset
            tw_origin | a/b-1-2             | tw_origin must be topic-partition-offset
            tw_time   | soon                | tw_time must be milliseconds since 1970 beside tw_origin
            tw_time   |                     | tw_time must be milliseconds since 1970 beside tw_origin
            tw_time   | -5                  | The record's timestamp -5 is not between
            tw_role   | admin               | tw_role must be input or results
            tw_actor  | ``                  | Header tw_actor is empty
            """)
    void refusesAForwardThatIsBroken(String name, String value, String reason) {
        Sent forward = forwarded(plain("1"), TopicRole.INPUT);

        assertThat(reason(TopicRole.COMMANDS, value == null ? forward.without(name) : forward.header(name, value)))
                .startsWith(reason);
    }

    @Test
    void aRecordThatIsTooLargeToBeSentOnIsDeadWhereItLies() {
        RecordDecoder narrow =
                new RecordDecoder(topic -> "default", topic -> 1, policy -> {}, 1 << 20, 1_000, ReceivedTrace.AS_SENT);
        Sent large = plain("1").header("unheard", "x".repeat(1_000));

        assertThat(narrow.decode(large.record(), TopicRole.INPUT, PARTITIONS)).isInstanceOf(Decoded.ForThread.class);
        assertThat(narrow.decode(large.partition(anotherPartition()).record(), TopicRole.INPUT, PARTITIONS))
                .isInstanceOfSatisfying(
                        Decoded.Dead.class,
                        dead -> assertThat(dead.reason())
                                .startsWith("The record is on partition " + anotherPartition() + ", its key belongs to")
                                .contains("too large to be sent on (at most 1000)", "murmur2"));
    }

    /** Offsets begin anew with a topic that was created anew. */
    @Test
    void plainRecordsOfATopicThatWasCreatedAnewAreOthers() {
        RecordDecoder third = new RecordDecoder(
                topic -> "default", topic -> 3, policy -> {}, 1 << 20, Integer.MAX_VALUE, ReceivedTrace.AS_SENT);
        ConsumerRecord<byte[], byte[]> here = plain("1").record();
        Command before = ((Decoded.ForThread) decoder.decode(here, TopicRole.INPUT, PARTITIONS)).command();
        Command now = ((Decoded.ForThread) third.decode(here, TopicRole.INPUT, PARTITIONS)).command();
        assertThat(before.header().identity().id() + "~3")
                .isEqualTo(now.header().identity().id());

        ConsumerRecord<byte[], byte[]> elsewhere =
                plain("1").partition(anotherPartition()).record();
        Sent forward = new Sent().topic(COMMANDS).key(elsewhere.key()).value(elsewhere.value());
        third.forwardHeaders(elsewhere, TopicRole.INPUT).forEach(forward::header);
        Command forwarded =
                ((Decoded.ForThread) decoder.decode(forward.record(), TopicRole.COMMANDS, PARTITIONS)).command();
        assertThat(forwarded.header().identity().id()).endsWith("-" + anotherPartition() + "-7~3");
    }

    private static int anotherPartition() {
        return (KeyPartitions.of(bytes(THREAD), PARTITIONS) + 1) % PARTITIONS;
    }

    /** As the relay sends it on. */
    private static Sent forwarded(Sent sent, TopicRole role) {
        var record = sent.record();
        RawHeaders headers = ForwardHeaders.of(record, 1, role);
        Sent forward = new Sent()
                .topic(COMMANDS)
                .key(record.key())
                .value(record.value())
                .at(TIME_MS + 999);
        headers.forEach(forward::header);
        return forward;
    }

    // What the server itself sends

    @Test
    void readsBackWhatTheServerWrites() {
        CommandRecords.Wishes wishes = new CommandRecords.Wishes(
                new ParallelPolicy(2), "echo@1", new RunId("r1"), "0123456789abcdef0123456789abcdef");
        Json data = JsonText.parse("{\"text\":\"h\u00e9\"}");

        assertThat(sent(records.userInput(THREAD, IDENTITY, "ann", data, wishes)))
                .isEqualTo(new Command.SubmitInput(
                        header("user.input", records.userInput(THREAD, IDENTITY, "ann", data, wishes)),
                        new Input(IDENTITY, Input.Type.USER_INPUT, null, data),
                        RunIds.of(KEY, IDENTITY, TIME_MS),
                        new ParallelPolicy(2),
                        "echo@1",
                        new RunId("r1"),
                        new InterruptId("0123456789abcdef0123456789abcdef")));
        assertThat(sent(records.externalEvent(THREAD, IDENTITY, "ann", "paid", data, CommandRecords.Wishes.NONE)))
                .isInstanceOfSatisfying(Command.SubmitInput.class, submit -> {
                    assertThat(submit.input()).isEqualTo(new Input(IDENTITY, Input.Type.EXTERNAL_EVENT, "paid", data));
                    assertThat(submit.policy()).isNull();
                });
        assertThat(sent(records.cancelRun(THREAD, IDENTITY, "ann", new RunId("r1"), true, null)))
                .isInstanceOfSatisfying(Command.CancelRun.class, cancel -> {
                    assertThat(cancel.run()).isEqualTo(new RunId("r1"));
                    assertThat(cancel.rollback()).isTrue();
                    assertThat(cancel.header().actor()).isEqualTo("ann");
                });
        assertThat(sent(records.cancelAll(THREAD, IDENTITY, "ann", Instant.ofEpochMilli(1_500), false)))
                .isInstanceOfSatisfying(Command.CancelAll.class, cancel -> {
                    assertThat(cancel.cutOffMs()).isEqualTo(1_500);
                    assertThat(cancel.rollback()).isFalse();
                });
        assertThat(sent(records.updateThread(
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

        assertThat(sent(records.resumeRun(THREAD, IDENTITY, "ann", run, interrupt.value(), resume)))
                .isEqualTo(new Command.ResumeRun(
                        header(
                                "run.resume",
                                records.resumeRun(THREAD, IDENTITY, "ann", run, interrupt.value(), resume)),
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
        assertThat(sent(records.resumeRun(THREAD, IDENTITY, "ann", null, null, Json.object("answer", Json.NULL))))
                .isInstanceOfSatisfying(Command.ResumeRun.class, bare -> {
                    assertThat(bare.answer()).as("null is an answer").isEqualTo(Json.NULL);
                    assertThat(bare.run()).isNull();
                    assertThat(bare.goTo()).isNull();
                    assertThat(bare.header().via()).isEqualTo("http");
                });
        assertThat(sent(records.rejectInterrupt(THREAD, IDENTITY, "ann", interrupt.value(), "no")))
                .isInstanceOfSatisfying(Command.RejectInterrupt.class, reject -> {
                    assertThat(reject.interrupt()).isEqualTo(interrupt);
                    assertThat(reject.reason()).isEqualTo("no");
                });
        assertThat(sent(records.steerRun(THREAD, IDENTITY, "ann", run, Json.of("left"))))
                .isInstanceOfSatisfying(
                        Command.SteerRun.class,
                        steer -> assertThat(steer.input())
                                .isEqualTo(new Input(IDENTITY, Input.Type.USER_INPUT, null, Json.of("left"))));
        assertThat(sent(records.pauseRun(THREAD, IDENTITY, "ann", run))).isInstanceOf(Command.PauseRun.class);
        assertThat(sent(records.unpauseRun(THREAD, IDENTITY, "ann", run))).isInstanceOf(Command.UnpauseRun.class);
        assertThat(sent(records.compactThread(THREAD, IDENTITY, "ann", Json.EMPTY_OBJECT)))
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
                records.requestRun(THREAD, IDENTITY, "ann", leg, new ParallelPolicy(2), "echo@1", data);

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
        assertThat(sent(records.requestRun(THREAD, IDENTITY, "ann", leg, null, null, (Json.Obj) JsonText.parse("""
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
                records.succeeded(THREAD, new RunId("r1"), new ActionId("r1-1"), 2, Json.object("a", Json.of(1)));
        ProducerRecord<byte[], byte[]> failed =
                records.failed(THREAD, new RunId("r1"), new ActionId("r1-1"), 2, Failure.passing("no such card"));

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

    private Command sent(ProducerRecord<byte[], byte[]> record) {
        assertThat(record.topic()).isEqualTo(COMMANDS);
        assertThat(record.partition()).isEqualTo(KeyPartitions.of(bytes(THREAD), PARTITIONS));
        return command(TopicRole.COMMANDS, Sent.of(record));
    }

    private Decoded decode(TopicRole role, Sent sent) {
        return decoder.decode(sent.record(), role, PARTITIONS);
    }

    private Command command(TopicRole role, Sent sent) {
        Decoded decoded = decode(role, sent);
        assertThat(decoded).isInstanceOf(Decoded.ForThread.class);
        return ((Decoded.ForThread) decoded).command();
    }

    private String reason(TopicRole role, Sent sent) {
        Decoded decoded = decode(role, sent);
        assertThat(decoded).isInstanceOf(Decoded.Dead.class);
        return ((Decoded.Dead) decoded).reason();
    }
}
