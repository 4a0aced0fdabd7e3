package dev.threadwright.ingress;

import static dev.threadwright.ingress.Decoding.COMMANDS;
import static dev.threadwright.ingress.Decoding.DECODER;
import static dev.threadwright.ingress.Decoding.IDENTITY;
import static dev.threadwright.ingress.Decoding.KEY;
import static dev.threadwright.ingress.Decoding.MAX_DATA_BYTES;
import static dev.threadwright.ingress.Decoding.anotherPartition;
import static dev.threadwright.ingress.Decoding.command;
import static dev.threadwright.ingress.Decoding.forwarded;
import static dev.threadwright.ingress.Decoding.policy;
import static dev.threadwright.ingress.Decoding.reason;
import static dev.threadwright.ingress.Decoding.result;
import static dev.threadwright.ingress.Sent.PARTITIONS;
import static dev.threadwright.ingress.Sent.THREAD;
import static dev.threadwright.ingress.Sent.TIME_MS;
import static dev.threadwright.ingress.Sent.event;
import static dev.threadwright.ingress.Sent.input;
import static dev.threadwright.ingress.Sent.plain;
import static dev.threadwright.ingress.Sent.structured;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.Command;
import dev.threadwright.thread.Failure;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.InterruptId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.RunIds;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.thread.policy.InterruptPolicy;
import dev.threadwright.thread.policy.ParallelPolicy;
import dev.threadwright.thread.policy.QueuePolicy;
import dev.threadwright.workflow.Json;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a good record becomes. */
class RecordDecoderTest {

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
        assertThat(DECODER.decode(forwarded(misrouted, TopicRole.INPUT).record(), TopicRole.COMMANDS, PARTITIONS))
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
}
