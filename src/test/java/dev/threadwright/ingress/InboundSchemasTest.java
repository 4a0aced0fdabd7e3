package dev.threadwright.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.testing.AsyncApi;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Event;
import dev.threadwright.thread.Failure;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.SettingsChange;
import dev.threadwright.thread.policy.InterruptPolicy;
import dev.threadwright.thread.policy.MergePolicy;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.PolicyForm;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.thread.policy.RulesPolicy;
import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the AsyncAPI document takes, the decoder takes; what it refuses, the decoder refuses. */
class InboundSchemasTest {

    private static final RunId RUN = new RunId("0198a5c0-0000-7000-8000-000000000001");
    private static final ActionId ACTION = new ActionId(RUN + "-1");
    private static final String INTERRUPT = "0123456789abcdef0123456789abcdef";
    private static final Identity IDENTITY = new Identity("/crm", "evt-1");
    private static final Json DATA = Json.object("text", Json.of("hi"));
    private static final Json.Obj VALUES = Json.object(Map.of("output", DATA));

    private final AsyncApi document = AsyncApi.document();
    private final RecordDecoder decoder =
            new RecordDecoder(topic -> "default", policy -> {}, RecordDecoder.DEFAULT_MAX_DATA_BYTES);

    static List<ProducerRecord<byte[], byte[]>> made() throws InvalidJsonException {
        CommandRecords records = new CommandRecords("threadwright.commands", "threadwright.results", Sent.PARTITIONS);
        Policy rules = new RulesPolicy(
                List.of(new RulesPolicy.Rule("a > 1", new InterruptPolicy(true))),
                new QueuePolicy(5, 60_000L, Event.Behind.ACTIVE));
        CommandRecords.Wishes wishes = new CommandRecords.Wishes(
                rules, "echo@1", RUN, INTERRUPT, new Breakpoints(Set.of("pay", "ship"), Set.of(Breakpoints.ALL)));
        CommandRecords.Wishes merge = new CommandRecords.Wishes(new MergePolicy(), null, null, null);
        Json.Obj resume = Json.object(Map.of(
                "answer",
                Json.NULL,
                "update",
                VALUES,
                "replace",
                VALUES,
                "goto",
                Json.array(List.of(Json.of("pay"))),
                "goto_input",
                DATA,
                "continue",
                Json.TRUE,
                "interrupt_before",
                Json.of("*"),
                "interrupt_after",
                Json.array(List.of(Json.of("pay")))));
        Json.Obj request = (Json.Obj) JsonText.parse("""
                {"request":{"assistant_id":"echo"},"create":true,"only_if":["idle","error"],"input":{"text":"hi"},
                 "answer":null,"update":[["last",1],["last",null]],"goto":["pay"],"goto_input":1,"checkpoint":"c",
                 "interrupt_before":"*","interrupt_after":["pay"],"recursion_limit":7,"after_ms":1000}""");
        return List.of(
                records.userInput("t1", IDENTITY, "ann", DATA, wishes),
                records.userInput("t1", IDENTITY, "ann", Json.of(1), merge),
                records.userInput("t1", IDENTITY, "ann", Json.of("hi"), CommandRecords.Wishes.NONE),
                records.externalEvent("t1", IDENTITY, "ann", "order.paid", DATA, wishes),
                records.externalEvent("t1", IDENTITY, "ann", null, DATA, CommandRecords.Wishes.NONE),
                records.cancelRun("t1", IDENTITY, "ann", RUN, true, null),
                records.cancelRun("t1", IDENTITY, "ann", RUN, false, null),
                records.cancelAll("t1", IDENTITY, "ann", Instant.EPOCH, true),
                records.cancelAll("t1", IDENTITY, "ann", null, false),
                records.updateThread("t1", IDENTITY, "ann", rules, "echo", VALUES, VALUES),
                records.updateThread("t1", IDENTITY, "ann", null, null, null, null),
                records.retryRun("t1", IDENTITY, "ann", RUN),
                records.retryRun("t1", IDENTITY, "ann", null),
                records.updateState("t1", IDENTITY, "ann", VALUES),
                records.updateState("t1", IDENTITY, "ann", Json.EMPTY_OBJECT),
                records.updateState("t1", IDENTITY, "ann", Json.array(List.of(VALUES)), RUN.value(), "pay"),
                records.createThread("t1", IDENTITY, "ann", SettingsChange.NONE, null, false, null),
                records.createThread(
                        "t1",
                        IDENTITY,
                        "ann",
                        new SettingsChange(rules, "echo", VALUES, VALUES, 60L),
                        "report",
                        true,
                        (Json.Arr) Json.array(List.of(Json.array(
                                List.of(Json.object(Map.of("values", VALUES, "as_step", Json.of("__start__")))))))),
                records.deleteThread("t1", IDENTITY, "ann", null),
                records.deleteThread("t1", IDENTITY, "ann", 7L),
                records.forkThread(
                        "t1",
                        IDENTITY,
                        "ann",
                        "t0",
                        null,
                        VALUES,
                        false,
                        new SettingsChange(rules, "echo", VALUES, VALUES, 60L)),
                records.restoreState("t1", IDENTITY, "ann", RUN.value(), VALUES, true),
                records.forkThread("t1", IDENTITY, "ann", "t0", RUN.value(), VALUES, true),
                records.forkThread("t1", IDENTITY, "ann", "t0", null, Json.EMPTY_OBJECT, false),
                records.resumeRun("t1", IDENTITY, "ann", RUN, INTERRUPT, resume),
                records.resumeRun("t1", IDENTITY, "ann", null, null, Json.object(Map.of("continue", Json.TRUE))),
                records.rejectInterrupt("t1", IDENTITY, "ann", INTERRUPT, "no"),
                records.rejectInterrupt("t1", IDENTITY, "ann", INTERRUPT, null),
                records.steerRun("t1", IDENTITY, "ann", RUN, DATA),
                records.pauseRun("t1", IDENTITY, "ann", RUN),
                records.unpauseRun("t1", IDENTITY, "ann", RUN),
                records.compactThread(
                        "t1", IDENTITY, "ann", Json.object(Map.of("reason", Json.of("r"), "keep", Json.of(3)))),
                records.requestRun("t1", IDENTITY, "ann", RUN, rules, "echo@1", request),
                records.requestRun("t1", IDENTITY, "ann", RUN, null, null, Json.object("request", VALUES)),
                records.settleAction("t1", IDENTITY, "ann", RUN, ACTION, Json.object("retry", Json.TRUE)),
                records.accepted("t1", RUN, ACTION, 1),
                records.callback("t1", IDENTITY, "callback", RUN, ACTION, 1, Json.object("result", Json.NULL)),
                records.callback(
                        "t1",
                        IDENTITY,
                        "callback",
                        RUN,
                        ACTION,
                        2,
                        Json.object("failure", Json.object("error", Json.of("no")))),
                records.succeeded("t1", RUN, ACTION, 2, Json.NULL),
                records.succeeded("t1", RUN, ACTION, 1, DATA),
                records.failed("t1", RUN, ACTION, 1, new Failure(Failure.Kind.RATE_LIMITED, "slow down", 2_500L)),
                records.failed("t1", RUN, ACTION, 1, new Failure(Failure.Kind.PERMANENT, "no", null)));
    }

    @Test
    void the_messages_of_a_topic_are_the_types_that_it_may_carry() {
        for (TopicRole role : TopicRole.values()) {
            Set<String> types = new HashSet<>(CloudEventTypes.on(role));
            types.add("structured");
            if (role != TopicRole.RESULTS) {
                types.add("plain");
            }
            assertThat(document.messages(role.word())).isEqualTo(types);
        }
        Set<String> refusable = new HashSet<>(CloudEventTypes.on(TopicRole.COMMANDS));
        refusable.removeAll(CloudEventTypes.on(TopicRole.RESULTS));
        assertThat(document.words("/CommandType/enum")).isEqualTo(refusable);
        assertThat(document.words("/ActionFailureData/properties/kind/enum"))
                .isEqualTo(Set.of("transient", "permanent", "rate_limited"))
                .hasSameSizeAs(Failure.Kind.values());
    }

    @Test
    void every_command_is_made_here() throws InvalidJsonException {
        Set<String> made = made().stream().map(record -> type(record.headers())).collect(Collectors.toSet());
        // Only workers send it.
        made.add(CloudEventTypes.ACTION_HEARTBEAT);
        assertThat(made).isEqualTo(Set.copyOf(CloudEventTypes.on(TopicRole.COMMANDS)));
    }

    @ParameterizedTest
    @MethodSource("made")
    void what_servers_send_is_as_described(ProducerRecord<byte[], byte[]> record) {
        assertThat(document.recordProblems(channel(record.topic()), record.headers(), record.value()))
                .isEmpty();
        assertThat(dead(Sent.of(record).record())).isNull();
        // And so it is where users send it.
        if (record.topic().equals("threadwright.commands")) {
            Sent sent = Sent.of(record).without("tw_actor").topic("threadwright.input");
            assertThat(document.recordProblems("commands", sent.record().headers(), record.value()))
                    .isNotEmpty();
            boolean isForUsers = !ofServersOnly(record);
            assertThat(problems(sent.record()).isEmpty()).isEqualTo(isForUsers);
            assertThat(dead(sent.record()) == null).isEqualTo(isForUsers);
        }
    }

    @ParameterizedTest
    @MethodSource("made")
    void what_is_forwarded_is_as_described(ProducerRecord<byte[], byte[]> made) {
        boolean result = made.topic().equals("threadwright.results");
        if (ofServersOnly(made)) {
            Headers headers = new RecordHeaders();
            ForwardHeaders.of(Sent.of(made).record(), 1, TopicRole.COMMANDS).forEach(headers::add);
            assertThat(document.recordProblems("commands", headers, made.value()))
                    .isEmpty();
            return;
        }
        Sent sent = Sent.of(made).without("tw_actor");
        ConsumerRecord<byte[], byte[]> record = (result ? sent : sent.topic("threadwright.input")).record();
        Headers headers = new RecordHeaders();
        ForwardHeaders.of(record, 1, result ? TopicRole.RESULTS : TopicRole.INPUT)
                .forEach(headers::add);
        assertThat(document.recordProblems("commands", headers, record.value())).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("made")
    void a_field_more_or_a_required_one_less_is_refused(ProducerRecord<byte[], byte[]> made) {
        Sent sent = Sent.of(made);
        String type = type(made.headers());
        if (!takesAnything(type)) {
            ObjectNode more = (ObjectNode) data(made);
            assertRefused(Sent.of(made).value(more.put("unheard", 1).toString()));
            for (String name : required(type)) {
                ObjectNode less = (ObjectNode) data(made);
                less.remove(name);
                assertRefused(Sent.of(made).value(less.toString()));
            }
        }
        for (Header header : made.headers()) {
            ConsumerRecord<byte[], byte[]> less =
                    Sent.of(made).without(header.key()).record();
            if (!Set.of("ce_type", "tw_actor").contains(header.key())
                    // Goes with the data.
                    && !(header.key().equals("ce_interruptid") && type.equals("run.resume"))) {
                assertThat(problems(less).isEmpty())
                        .as("without %s", header.key())
                        .isEqualTo(dead(less) == null);
            }
        }
        assertRefused(sent.ce("Policy", "merge"));
    }

    @ParameterizedTest
    @MethodSource("made")
    void an_extension_is_taken_where_it_means_something(ProducerRecord<byte[], byte[]> made) {
        Map<String, String> extensions = Map.of(
                "policy", "merge",
                "workflow", "echo",
                "runid", RUN.value(),
                "interruptid", INTERRUPT,
                "interruptbefore", "a, b",
                "interruptafter", "*",
                "eventtype", "paid",
                "actionid", ACTION.value(),
                "attempt", "1",
                "traceparent", "00-1");
        extensions.forEach((name, value) -> {
            ConsumerRecord<byte[], byte[]> record =
                    Sent.of(made).ce(name, value).record();
            boolean crosses = record.value().length > 0
                    && (type(made.headers()).equals("run.cancel") && name.equals("runid")
                            || type(made.headers()).equals("run.resume") && name.equals("interruptid"));
            if (!crosses) {
                assertThat(problems(record).isEmpty()).as("%s", name).isEqualTo(dead(record) == null);
            }
            ConsumerRecord<byte[], byte[]> structured = structured(record);
            if (!crosses) {
                assertThat(problems(structured).isEmpty())
                        .as("%s in structured mode", name)
                        .isEqualTo(dead(structured) == null);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("made")
    void the_same_in_structured_mode_is_as_described(ProducerRecord<byte[], byte[]> made) {
        ConsumerRecord<byte[], byte[]> record = structured(Sent.of(made).record());
        assertThat(problems(record)).isEmpty();
        assertThat(dead(record)).isNull();
        ObjectNode event = (ObjectNode) AsyncApi.parse(text(record.value()));
        for (String name : List.of("specversion", "id", "source", "type", "data")) {
            ObjectNode less = event.deepCopy();
            less.remove(name);
            boolean optional = name.equals("data") && type(made.headers()).equals("action.succeeded");
            ConsumerRecord<byte[], byte[]> without = Sent.structured(less.toString())
                    .topic(record.topic())
                    .header("tw_actor", "ann")
                    .record();
            assertThat(problems(without).isEmpty()).as("without %s", name).isEqualTo(optional);
            assertThat(dead(without) == null).as("without %s", name).isEqualTo(optional);
        }
    }

    @Test
    void what_only_servers_may_send_is_not_forwarded_for_users() throws InvalidJsonException {
        ProducerRecord<byte[], byte[]> request = made().stream()
                .filter(InboundSchemasTest::ofServersOnly)
                .findFirst()
                .orElseThrow();
        ConsumerRecord<byte[], byte[]> input =
                Sent.of(request).without("tw_actor").topic("threadwright.input").record();
        Sent forwarded = Sent.of(request).without("tw_actor");
        ForwardHeaders.of(input, 1, TopicRole.INPUT).forEach(forwarded::header);
        assertRefused(forwarded);
    }

    /** Type, headers, data, and whether that is a command. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', nullValues = "-", textBlock = """
            run.resume       | -                 | {}                                        | false
            run.resume       | -                 | {"continue":false}                        | false
            run.resume       | -                 | {"continue":false,"answer":null}          | true
            run.resume       | -                 | {"answer":1,"goto_input":1}               | false
            run.resume       | -                 | {"goto":[]}                               | false
            run.resume       | -                 | {"goto":""}                               | false
            run.resume       | -                 | {"goto":["a",""]}                         | false
            run.resume       | -                 | {"goto":"a","goto_input":null}            | true
            run.resume       | -                 | {"update":{}}                             | false
            run.resume       | -                 | {"replace":[]}                            | false
            run.resume       | -                 | {"answer":1,"interrupt_before":[]}        | false
            run.resume       | -                 | {"answer":1,"interrupt_after":null}       | false
            run.resume       | interruptid=abc   | {"answer":1}                              | false
            interrupt.reject | interruptid=0123456789abcdef0123456789abcdef | {"reason":null} | false
            interrupt.reject | interruptid=0123456789abcdef0123456789abcdef | {"reason":""}   | true
            interrupt.reject | -                 | {}                                        | false
            run.cancel       | -                 | {"cutoff":"2026-01-02T03:04:05Z"}         | true
            run.cancel       | -                 | {"cutoff":"yesterday"}                    | false
            run.cancel       | -                 | {"rollback":1}                            | false
            run.cancel       | -                 | []                                        | false
            run.retry        | -                 | {"values":{}}                             | false
            run.pause        | -                 | {}                                        | false
            run.pause        | runid=r           | {}                                        | true
            run.pause        | runid=r           | null                                      | false
            action.callback  | -                 | {"result":1}                              | false
            action.callback  | runid=r;actionid=a | {"result":1}                             | false
            action.callback  | runid=r;actionid=a;attempt=1 | {"result":null}                | true
            action.callback  | runid=r;actionid=a;attempt=1 | {}                             | false
            action.callback  | runid=r;actionid=a;attempt=0 | {"result":1}                   | false
            action.callback  | runid=r;actionid=a;attempt=1 | {"failure":{"error":"no","kind":"rate_limited","retry_after_ms":1}} | true
            action.callback  | runid=r;actionid=a;attempt=1 | {"failure":{"error":"no","retry_after_ms":1}} | false
            action.callback  | runid=r;actionid=a;attempt=1 | {"failure":{"error":1}}        | false
            action.callback  | runid=r;actionid=a;attempt=1 | {"failure":{"error":"no"},"result":1} | false
            action.accepted  | runid=r;actionid=a | {}                                       | false
            action.accepted  | runid=r;actionid=a;attempt=1 | {}                             | true
            action.accepted  | runid=r;actionid=a;attempt=1 | {"result":1}                   | false
            action.settle    | -                 | {"retry":true}                            | false
            action.settle    | runid=r           | {"retry":true}                            | false
            action.settle    | runid=r;actionid=a | {"retry":true}                           | true
            action.settle    | runid=r;actionid=a | {"retry":false}                          | false
            action.settle    | runid=r;actionid=a | {"result":null}                          | true
            action.settle    | runid=r;actionid=a | {"error":"no"}                           | true
            action.settle    | runid=r;actionid=a | {"error":"no","retry":true}              | false
            action.settle    | runid=r;actionid=a | {}                                       | false
            run.steer        | runid=r           | null                                      | false
            run.steer        | runid=r           | false                                     | true
            thread.compact   | -                 | {"keep":0}                                | true
            thread.compact   | -                 | {"keep":-1}                               | false
            thread.compact   | -                 | {"keep":10001}                            | false
            thread.compact   | -                 | {"keep":1.5}                              | false
            thread.compact   | -                 | {"keep":2.0}                              | true
            thread.compact   | -                 | {"reason":1}                              | false
            state.update     | -                 | {"values":{}}                             | true
            state.update     | -                 | {"values":[{}]}                           | true
            state.update     | -                 | {"values":[1]}                            | false
            state.update     | -                 | {}                                        | false
            state.update     | -                 | {"values":{},"as_step":""}                | false
            thread.create    | -                 | {}                                        | true
            thread.create    | -                 | {"ttl":0}                                 | false
            thread.create    | -                 | {"ttl":1.5}                               | false
            thread.create    | -                 | {"supersteps":[[]]}                       | false
            thread.create    | -                 | {"supersteps":[[{"as_step":"a"}]]}        | false
            thread.create    | -                 | {"supersteps":[[{"values":{},"as_step":"a","goto":["b","__end__"]}]]} | true
            thread.create    | -                 | {"supersteps":[[{"values":{},"as_step":"a","goto":[]}]]} | false
            thread.delete    | -                 | {}                                        | true
            thread.delete    | -                 | {"if_seq":0}                              | false
            state.update     | -                 | {"values":{"a":null}}                     | true
            state.restore    | -                 | {"checkpoint":"c","values":{},"run":true} | true
            state.restore    | -                 | {"checkpoint":""}                         | false
            state.restore    | -                 | {"checkpoint":"c","run":null}             | false
            thread.fork      | -                 | {"thread":"t0","checkpoint":null}         | false
            thread.update    | -                 | {"workflow":null}                         | false
            thread.update    | -                 | {"metadata":null}                         | false
            thread.update    | -                 | {"approvals":{"k":null}}                  | true
            thread.update    | -                 | {"policy":null}                           | false
            user.input       | interruptbefore=, | 1                                         | false
            user.input       | interruptbefore=a,,b | 1                                      | false
            user.input       | interruptbefore= a , b | 1                                    | true
            user.input       | source=/kafka/x   | 1                                         | false
            user.input       | source=a b        | 1                                         | false
            user.input       | specversion=0.3   | 1                                         | false
            user.input       | time=noon         | 1                                         | false
            user.input       | time=2026-01-02T03:04:05+01:00 | 1                            | true
            user.input       | dataschema=urn:x  | 1                                         | true
            user.input       | datacontenttype=application/json | 1                          | false
            run.request      | -                 | {"request":{}}                            | true
            run.request      | -                 | {}                                        | false
            run.request      | -                 | {"request":[]}                            | false
            run.request      | -                 | {"request":{},"input":null}               | true
            run.request      | -                 | {"request":{},"create":"reject"}          | false
            run.request      | -                 | {"request":{},"only_if":[]}               | false
            run.request      | -                 | {"request":{},"only_if":"idle"}           | true
            run.request      | -                 | {"request":{},"only_if":["IDLE"]}         | false
            run.request      | -                 | {"request":{},"only_if":["asleep"]}       | false
            run.request      | -                 | {"request":{},"update":{"last":1}}        | false
            run.request      | -                 | {"request":{},"update":[["last"]]}        | false
            run.request      | -                 | {"request":{},"update":[[1,2]]}           | false
            run.request      | -                 | {"request":{},"update":[]}                | true
            run.request      | -                 | {"request":{},"goto":[]}                  | false
            run.request      | -                 | {"request":{},"goto_input":1}             | false
            run.request      | -                 | {"request":{},"checkpoint":""}            | false
            run.request      | -                 | {"request":{},"checkpoint":null}          | false
            run.request      | -                 | {"request":{},"interrupt_before":{}}      | false
            run.request      | -                 | {"request":{},"after_ms":-1}              | false
            run.request      | -                 | {"request":{},"recursion_limit":0}        | false
            run.request      | -                 | {"request":{},"recursion_limit":1}        | true
            run.request      | -                 | {"request":{},"recursion_limit":1000}     | true
            run.request      | -                 | {"request":{},"recursion_limit":1001}     | false
            run.request      | -                 | {"request":{},"recursion_limit":1.5}      | false
            run.request      | -                 | {"request":{},"after_ms":1.5}             | false
            run.request      | -                 | {"request":{},"after_ms":315619200000}    | true
            run.request      | -                 | {"request":{},"after_ms":315619200001}    | false
            run.request      | interruptid=0123456789abcdef0123456789abcdef | {"request":{}} | false
            run.request      | interruptbefore=a | {"request":{}}                            | false
            action.failed    | -                 | {"error":1}                               | false
            action.failed    | -                 | {"error":"e","kind":"odd"}                | false
            action.failed    | -                 | {"error":"e","retry_after_ms":1}          | false
            action.failed    | -                 | {"error":"e","kind":"rate_limited","retry_after_ms":-1} | false
            action.failed    | -                 | {"error":"e","kind":"rate_limited","retry_after_ms":1.5} | true
            action.succeeded | attempt=0         | 1                                         | false
            action.succeeded | attempt=one       | 1                                         | false
            """)
    void the_document_and_the_decoder_take_and_refuse_the_same(
            String type, String attribute, String data, boolean isCommand) {
        Sent sent = Sent.event(type, data);
        if (CloudEventTypes.on(TopicRole.RESULTS).contains(type)) {
            sent.topic("threadwright.results")
                    .ce("runid", "r")
                    .ce("actionid", "a")
                    .ce("attempt", "1");
        } else if (type.equals("run.request")) {
            sent.topic("threadwright.commands").ce("runid", "r").header("tw_actor", "ann");
        } else if (type.equals("action.callback") || type.equals("action.accepted")) {
            sent.topic("threadwright.commands").header("tw_actor", "ann");
        }
        for (String one : attribute == null ? new String[0] : attribute.split(";")) {
            int equals = one.indexOf('=');
            sent.ce(one.substring(0, equals), one.substring(equals + 1));
        }
        ConsumerRecord<byte[], byte[]> record = sent.record();
        assertThat(dead(record) == null).as("%s", dead(record)).isEqualTo(isCommand);
        assertThat(problems(record).isEmpty()).as("%s", problems(record)).isEqualTo(isCommand);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"text":"hi"} | -                                  | true
            null          | -                                  | false
            1             | content-type=text/plain            | true
            1             | content-type=application/cloudevents | false
            1             | ce_policy=merge                    | false
            1             | tw_origin=whatever                 | true
            """)
    void plain_records_are_user_inputs(String data, String header, boolean isCommand) {
        Sent sent = Sent.plain(data);
        if (!header.equals("-")) {
            sent.header(header.substring(0, header.indexOf('=')), header.substring(header.indexOf('=') + 1));
        }
        ConsumerRecord<byte[], byte[]> record = sent.record();
        List<String> problems = new ArrayList<>(document.headerProblems("input", "plain", record.headers()));
        problems.addAll(document.payloadProblems("input", "plain", data));
        assertThat(problems.isEmpty()).isEqualTo(isCommand);
        assertThat(dead(record) == null).isEqualTo(isCommand);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "queue"                                          | true
            "rules"                                          | false
            "custom"                                         | false
            {}                                               | false
            {"type":"merge"}                                 | true
            {"type":"merge","max":1}                         | false
            {"type":"queue","max":0}                         | false
            {"type":"queue","max":2147483648}                | false
            {"type":"queue","ttlMs":315619200000}            | true
            {"type":"queue","ttlMs":315619200001}            | false
            {"type":"queue","behind":"active"}               | true
            {"type":"queue","behind":"ACTIVE"}               | false
            {"type":"parallel","max":2.0}                    | true
            {"type":"parallel","max":2.5}                    | false
            {"type":"interrupt","prependSuperseded":true}    | true
            {"type":"interrupt","prependSuperseded":1}       | false
            {"type":"custom","name":" "}                     | false
            {"type":"custom","name":"x"}                     | true
            {"type":"rules","rules":[]}                      | false
            {"type":"rules","rules":[],"otherwise":"queue"}  | true
            {"type":"rules","rules":[{"when":"a","then":"merge"}],"otherwise":{"type":"parallel","max":2}} | true
            {"type":"rules","rules":[{"when":"","then":"merge"}],"otherwise":"queue"} | false
            {"type":"rules","rules":[{"when":"a","then":{"type":"custom","name":"x"}}],"otherwise":"queue"} | false
            """)
    void policies_are_as_described(String json, boolean isPolicy) {
        assertThat(document.schemaProblems("Policy", json).isEmpty()).isEqualTo(isPolicy);
        boolean read;
        try {
            PolicyForm.parse(JsonText.parse(json));
            read = true;
        } catch (IllegalArgumentException | InvalidJsonException e) {
            read = false;
        }
        assertThat(read).isEqualTo(isPolicy);
    }

    private void assertRefused(Sent sent) {
        ConsumerRecord<byte[], byte[]> record = sent.record();
        assertThat(problems(record)).isNotEmpty();
        assertThat(dead(record)).isNotNull();
    }

    private List<String> problems(ConsumerRecord<byte[], byte[]> record) {
        return document.recordProblems(channel(record.topic()), record.headers(), record.value());
    }

    /** Why it is no command; null if it is one. */
    private String dead(ConsumerRecord<byte[], byte[]> record) {
        TopicRole role = TopicRole.valueOf(channel(record.topic()).toUpperCase(java.util.Locale.ROOT));
        return decoder.decode(record, role, Sent.PARTITIONS) instanceof Decoded.Dead dead ? dead.reason() : null;
    }

    private static ConsumerRecord<byte[], byte[]> structured(ConsumerRecord<byte[], byte[]> binary) {
        ObjectNode event = (ObjectNode) AsyncApi.parse("{}");
        for (Header header : binary.headers()) {
            if (header.key().startsWith("ce_")) {
                event.put(header.key().substring("ce_".length()), text(header.value()));
            }
        }
        event.set("data", AsyncApi.parse(text(binary.value())));
        Sent sent = Sent.structured(event.toString()).topic(binary.topic());
        return (binary.topic().equals("threadwright.commands") ? sent.header("tw_actor", "ann") : sent).record();
    }

    private static boolean ofServersOnly(ProducerRecord<byte[], byte[]> record) {
        String type = type(record.headers());
        return !CloudEventTypes.on(TopicRole.INPUT).contains(type)
                && !CloudEventTypes.on(TopicRole.RESULTS).contains(type);
    }

    private static boolean takesAnything(String type) {
        return Set.of("user.input", "external.event", "run.steer", "action.succeeded")
                .contains(type);
    }

    private List<String> required(String type) {
        String message = "/components/messages/commands." + type + "/payload/$ref";
        String schema = document.root().at(message).textValue().substring(1);
        List<String> names = new ArrayList<>();
        document.root().at(schema + "/required").forEach(name -> names.add(name.textValue()));
        return names;
    }

    private static JsonNode data(ProducerRecord<byte[], byte[]> record) {
        return AsyncApi.parse(text(record.value()));
    }

    private static String type(Headers headers) {
        return CloudEventTypes.fromWire(text(headers.lastHeader("ce_type").value()));
    }

    private static String channel(String topic) {
        return topic.substring("threadwright.".length());
    }

    private static String text(byte[] utf8) {
        return new String(utf8, java.nio.charset.StandardCharsets.UTF_8);
    }
}
