package dev.threadwright.ingress;

import static dev.threadwright.ingress.Decoding.COMMANDS;
import static dev.threadwright.ingress.Decoding.DECODER;
import static dev.threadwright.ingress.Decoding.IDENTITY;
import static dev.threadwright.ingress.Decoding.RECORDS;
import static dev.threadwright.ingress.Decoding.anotherPartition;
import static dev.threadwright.ingress.Decoding.command;
import static dev.threadwright.ingress.Decoding.decode;
import static dev.threadwright.ingress.Decoding.forwarded;
import static dev.threadwright.ingress.Decoding.reason;
import static dev.threadwright.ingress.Decoding.result;
import static dev.threadwright.ingress.Sent.PARTITIONS;
import static dev.threadwright.ingress.Sent.THREAD;
import static dev.threadwright.ingress.Sent.TIME_MS;
import static dev.threadwright.ingress.Sent.bytes;
import static dev.threadwright.ingress.Sent.input;
import static dev.threadwright.ingress.Sent.plain;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.thread.Command;
import dev.threadwright.thread.Identity;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a record belongs, and what becomes of one that arrives elsewhere. */
class ForwardedRecordsTest {

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
                RECORDS.userInput(THREAD, IDENTITY, "ann", Json.of(1), CommandRecords.Wishes.NONE);

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
        Command before = ((Decoded.ForThread) DECODER.decode(here, TopicRole.INPUT, PARTITIONS)).command();
        Command now = ((Decoded.ForThread) third.decode(here, TopicRole.INPUT, PARTITIONS)).command();
        assertThat(before.header().identity().id() + "~3")
                .isEqualTo(now.header().identity().id());

        ConsumerRecord<byte[], byte[]> elsewhere =
                plain("1").partition(anotherPartition()).record();
        Sent forward = new Sent().topic(COMMANDS).key(elsewhere.key()).value(elsewhere.value());
        third.forwardHeaders(elsewhere, TopicRole.INPUT).forEach(forward::header);
        Command forwarded =
                ((Decoded.ForThread) DECODER.decode(forward.record(), TopicRole.COMMANDS, PARTITIONS)).command();
        assertThat(forwarded.header().identity().id()).endsWith("-" + anotherPartition() + "-7~3");
    }
}
