package dev.threadwright.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.deadletter.Replays;
import dev.threadwright.http.DeadLetterSender.Sent;
import dev.threadwright.ingress.KeyPartitions;
import dev.threadwright.ingress.RecordDecoder;
import dev.threadwright.ingress.TopicRole;
import dev.threadwright.journal.DeadLetterNames;
import dev.threadwright.journal.OutboxPlace;
import dev.threadwright.security.Role;
import dev.threadwright.tables.Tables;
import dev.threadwright.testing.TestDatabase;
import io.smallrye.mutiny.helpers.test.UniAssertSubscriber;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is recorded of a replay when Kafka does not take it, or the caller goes away. */
class DeadLetterSenderTest {

    private static final OutboxPlace LETTER = new OutboxPlace(3, 12);

    private static Tables tables;

    /** Whoever waits for an acknowledgement from Kafka. */
    private final List<UniEmitter<? super Void>> unacknowledged = new CopyOnWriteArrayList<>();

    private final CommandSender commands = new CommandSender(Unacknowledged.emitter(unacknowledged));
    private final DeadLetterSender sender = new DeadLetterSender(
            new ReplayTargets(
                    tenant -> List.of("in"),
                    Map.of("in", TopicRole.INPUT),
                    "commands",
                    tenant -> "dead",
                    new RecordDecoder(topic -> "default", policy -> {}, 1_000),
                    16,
                    1_000),
            names(),
            new Replays(tables),
            commands);

    private static DeadLetterNames names() {
        DeadLetterNames names = new DeadLetterNames();
        names.open(new byte[DeadLetterNames.KEY_BYTES]);
        return names;
    }

    /** As long as one may ask for the same oneself. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "resolve | run.resume       |            | {\"answer\": 1}",
                "resolve | interrupt.reject | interruptid | {}",
                "resolve | user.input       | interruptid | {}",
                "resolve | thread.update    |            | {\"approvals\": {\"paid\": true}}",
                "resolve | thread.create    |            | {\"approvals\": {\"paid\": true}}",
                "resolve | thread.create    |            | {\"supersteps\": [[{\"values\": {}, \"as_step\": \"ask\"}]]}",
                "resolve | state.update     |            | {\"values\": {}, \"as_step\": \"ask\"}",
                "write   | state.update     |            | {\"values\": {}}",
                "write   | thread.update    |            | {\"metadata\": {\"a\": 1}}",
                "write   | user.input       |            | {}",
                "write   | no.such.type     |            | {}",
            })
    void aCorrectionNeedsTheRoleOfWhatItBecomes(String role, String type, String extension, String data) {
        byte[] key = "t".getBytes(UTF_8);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>("in", KeyPartitions.of(key, 16), key, data.getBytes(UTF_8));
        Map<String, String> attributes = new HashMap<>(Map.of(
                "ce_specversion", "1.0",
                "ce_id", "1",
                "ce_source", "/test",
                "ce_type", "dev.threadwright." + type + ".v1",
                "content-type", "application/json"));
        if (extension != null) {
            attributes.put("ce_" + extension, "0123456789abcdef0123456789abcdef");
        }
        attributes.forEach((name, value) -> record.headers().add(name, value.getBytes(UTF_8)));
        assertThat(sender.roleFor(record).word()).isEqualTo(role);
    }

    @Test
    void whatBecomesADeadLetterAgainNeedsTheRoleToWrite() {
        assertThat(sender.roleFor(new ProducerRecord<>("in", 3, null, null))).isEqualTo(Role.WRITE);
    }

    @BeforeAll
    static void database() {
        tables = TestDatabase.migrated("dead_letter_sender").tables();
    }

    @BeforeEach
    void oneLetter() {
        tables.writeNow(sql -> sql.update("delete from dead_letter")
                + sql.update("insert into dead_letter (dead_at_ms, position, source_offset, source_time_ms, partition,"
                        + " source_partition, bytes, whole, tenant, kind, source_topic, reason, headers)"
                        + " values (1, 12, 1, 1, 3, 0, 0, true, 'default', 'invalid', 'in', 'why', '[]')"));
    }

    @Test
    void itIsRecordedBeforeItIsSentAndWhenKafkaHasIt() {
        UniAssertSubscriber<Sent> replay = replay(false);
        awaitOnItsWay(1);
        assertThat(status()).isEqualTo("sending");
        unacknowledged.getFirst().complete(null);
        assertThat(replay.awaitItem().getItem().replay().number()).isEqualTo(1);
        assertThat(status()).isEqualTo("sent");
    }

    @Test
    void whatKafkaDoesNotAcknowledgeIsUnsureAndNotSentAgainBlindly() {
        UniAssertSubscriber<Sent> replay = replay(false);
        awaitOnItsWay(1);
        unacknowledged.getFirst().fail(new IllegalStateException("no leader"));
        assertThat(refusal(replay)).isEqualTo(ProblemType.KAFKA_UNAVAILABLE);
        assertThat(status()).isEqualTo("unsure");
        assertThat(refusal(replay(false))).isEqualTo(ProblemType.ALREADY_REPLAYED);
        assertThat(unacknowledged).hasSize(1);
        replay(true);
        awaitOnItsWay(2);
    }

    @Test
    void whatWasNotEvenTriedMayBeSentAgain() {
        for (int i = 0; i < CommandSender.MAX_IN_FLIGHT; i++) {
            commands.send(new ProducerRecord<>("commands", 0, new byte[1], new byte[1]))
                    .subscribe()
                    .with(ignored -> {}, lost -> {});
        }
        assertThat(refusal(replay(false))).isEqualTo(ProblemType.OVERLOADED);
        assertThat(status()).isEqualTo("failed");
        unacknowledged.forEach(one -> one.complete(null));
        replay(false);
        awaitOnItsWay(CommandSender.MAX_IN_FLIGHT + 1);
    }

    @Test
    void whoGoesAwayLeavesTheReplayRecorded() {
        UniAssertSubscriber<Sent> replay = replay(false);
        awaitOnItsWay(1);
        replay.cancel();
        unacknowledged.getFirst().complete(null);
        await().untilAsserted(() -> assertThat(status()).isEqualTo("sent"));
    }

    private UniAssertSubscriber<Sent> replay(boolean force) {
        return sender.send(
                        new Replays.Request("default", LETTER, "http", null, "hash", force),
                        new ProducerRecord<>("in", 0, new byte[1], new byte[1]))
                .subscribe()
                .withSubscriber(UniAssertSubscriber.create());
    }

    private static ProblemType refusal(UniAssertSubscriber<Sent> replay) {
        return ((ProblemException) replay.awaitFailure().getFailure()).problem().type();
    }

    private void awaitOnItsWay(int count) {
        await().until(() -> unacknowledged.size() == count);
    }

    private static String status() {
        return tables.writeNow(sql ->
                        sql.query("select replay_status from dead_letter", row -> row.getString("replay_status")))
                .getFirst();
    }
}
