package dev.threadwright.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.deadletter.Replays;
import dev.threadwright.http.DeadLetterSender.Sent;
import dev.threadwright.journal.DeadLetterId;
import dev.threadwright.tables.Tables;
import dev.threadwright.testing.TestDatabase;
import io.smallrye.mutiny.helpers.test.UniAssertSubscriber;
import io.smallrye.mutiny.subscription.UniEmitter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is recorded of a replay when Kafka does not take it, or the caller goes away. */
class DeadLetterSenderTest {

    private static final DeadLetterId LETTER = new DeadLetterId(3, 12);

    private static Tables tables;

    /** Whoever waits for an acknowledgement from Kafka. */
    private final List<UniEmitter<? super Void>> unacknowledged = new CopyOnWriteArrayList<>();

    private final CommandSender commands = new CommandSender(Unacknowledged.emitter(unacknowledged));
    private final DeadLetterSender sender = new DeadLetterSender(
            new ReplayTargets(tenant -> List.of("in"), "commands", tenant -> "dead", 16, 1_000),
            new Replays(tables),
            commands);

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
