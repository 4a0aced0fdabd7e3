package dev.threadwright.ingress;

import static dev.threadwright.ingress.Decoding.MAX_DATA_BYTES;
import static dev.threadwright.ingress.Decoding.command;
import static dev.threadwright.ingress.Decoding.reason;
import static dev.threadwright.ingress.Decoding.result;
import static dev.threadwright.ingress.Sent.bytes;
import static dev.threadwright.ingress.Sent.event;
import static dev.threadwright.ingress.Sent.input;
import static dev.threadwright.ingress.Sent.plain;
import static dev.threadwright.ingress.Sent.structured;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, and what is said about it. */
class RefusedRecordsTest {

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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            7b2261223a22c080227d                     | it is not UTF-8: byte 0xC0 at offset 6
            7b22c0a2223a317d                         | it is not UTF-8: byte 0xC0 at offset 2
            22eda08022                               | it is not UTF-8: byte 0xED at offset 1
            efbbbf7b7d                               | it begins with a byte order mark
            feff007b007d                             | it looks like UTF-16 or UTF-32
            22003dd82200                             | it looks like UTF-16 or UTF-32
            """)
    void refusesDataThatIsNotUtf8(String hex, String problem) {
        byte[] bytes = HexFormat.of().parseHex(hex);
        String base64 = Base64.getEncoder().encodeToString(bytes);

        assertThat(reason(TopicRole.INPUT, plain("").value(bytes)))
                .startsWith("The data cannot be read: Not JSON: " + problem);
        assertThat(reason(TopicRole.INPUT, input("").value(bytes)))
                .startsWith("The data cannot be read: Not JSON: " + problem);
        assertThat(reason(TopicRole.INPUT, structured("").value(bytes)))
                .startsWith("The event cannot be read: Not JSON: " + problem);
        assertThat(reason(
                        TopicRole.INPUT,
                        structured("{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"/s\",\"type\":"
                                + "\"dev.threadwright.user.input.v1\",\"data_base64\":\"" + base64 + "\"}")))
                .startsWith("The data_base64 cannot be read: Not JSON: " + problem);
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
}
