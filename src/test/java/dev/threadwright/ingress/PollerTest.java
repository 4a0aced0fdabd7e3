package dev.threadwright.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.actor.LoopHarness;
import dev.threadwright.actor.LoopSettings;
import dev.threadwright.actor.MachineThreads;
import dev.threadwright.actor.Ownership;
import dev.threadwright.journal.Batch.Offset;
import dev.threadwright.journal.DecisionRow;
import dev.threadwright.journal.InMemoryJournal;
import dev.threadwright.journal.OutboxRow;
import dev.threadwright.journal.RawHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own stand-in for a consumer, on a real loop and ownership. */
class PollerTest {

    private static final String INPUT = "in";
    private static final TopicPartition PARTITION = new TopicPartition(INPUT, 0);

    private Pace pace = Pace.FREE;
    private MockConsumer<byte[], byte[]> sideConsumer = consumer();
    private final InMemoryJournal journal = new InMemoryJournal();
    private final LoopHarness harness = new LoopHarness("a", journal, LoopSettings.DEFAULT).start();
    private final MockConsumer<byte[], byte[]> group = consumer();
    private final MockConsumer<byte[], byte[]> successor = consumer();
    private final List<Boolean> joinedAsStatic = new CopyOnWriteArrayList<>();

    private Consumers consumers = consumers(policy -> {});
    private Ownership ownership = harness.ownership(consumers);

    @AfterEach
    void close() {
        consumers.close();
        ownership.close();
        harness.close();
    }

    /** A defect of the decoder, at a place where what is configured is asked. */
    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, StackOverflowError.class})
    void whatTheDecoderFailsOnIsADeadLetterAndCostsTheOthersNothing(Class<? extends Throwable> defect) {
        ownership.close();
        joinedAsStatic.clear();
        consumers = consumers(policy -> sneaky(defect));
        ownership = harness.ownership(consumers);
        start(group);
        ConsumerRecord<byte[], byte[]> failing = record(1, "{\"text\":\"fails\"}");
        Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", "1",
                        "ce_source", "/test",
                        "ce_type", "dev.threadwright.user.input.v1",
                        "ce_policy", "queue")
                .forEach((name, value) -> failing.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        group.schedulePollTask(() -> {
            group.addRecord(record(0, "{\"text\":\"before\"}"));
            group.addRecord(failing);
            group.addRecord(record(2, "{\"text\":\"behind\"}"));
        });

        await().untilAsserted(() -> assertThat(LoopHarness.publications(journal, 0))
                .extracting(publication -> publication.getClass().getSimpleName())
                .containsSubsequence("DecisionRow", "OutboxRow", "DecisionRow"));
        OutboxRow letter = LoopHarness.publications(journal, 0).stream()
                .filter(OutboxRow.class::isInstance)
                .map(OutboxRow.class::cast)
                .toList()
                .getFirst();
        assertThat(letter.kind()).isEqualTo(OutboxRow.Kind.INVALID);
        assertThat(letter.reason()).startsWith("Decoding failed: ").contains(defect.getName());
        assertThat(letter.source()).isEqualTo(new OutboxRow.Coordinates(INPUT, 0, 1));
        assertThat(letter.value()).isEqualTo(failing.value());
        assertThat(letter.headers().last("ce_id")).isEqualTo(new byte[] {'1'});
        assertThat(letter.headers()).isNotEqualTo(RawHeaders.NONE);
        assertThat(consumers.trouble()).isNull();
        assertThat(LoopHarness.publications(journal, 0).stream()
                        .filter(DecisionRow.class::isInstance)
                        .map(row -> ((DecisionRow) row).causation().id()))
                .contains("in-0-0", "in-0-2");
    }

    @Test
    void aMemberThatIsFencedLosesItsPartitionsAndJoinsAgainWithoutTheStaticId() {
        start(group);
        long epoch = journal.holders(List.of(0)).get(0).epoch();
        group.setPollException(new FencedInstanceIdException("somebody else is it"));
        await().until(group::closed);
        await().until(() -> ownership.held().isEmpty());
        assertThat(joinedAsStatic).containsExactly(true, false);
        assertThat(ownership.pending()).isEmpty();

        assign(successor);
        await().until(() -> ownership.held().contains(0));
        assertThat(journal.holders(List.of(0)).get(0).epoch()).isGreaterThan(epoch);
        successor.schedulePollTask(() -> successor.addRecord(record(0, "{\"text\":\"on\"}")));
        await().untilAsserted(() ->
                assertThat(LoopHarness.publications(journal, 0)).singleElement().isInstanceOf(DecisionRow.class));
        assertThat(consumers.trouble()).isNull();
        assertThat(joinedAsStatic).containsExactly(true, false);
    }

    @Test
    void whatPassesIsNoReasonToJoinAgain() {
        start(group);
        group.setPollException(new KafkaException("a bad moment"));
        await().until(() -> "a bad moment".equals(consumers.trouble()));
        await().until(() -> consumers.trouble() == null);
        group.schedulePollTask(() -> group.addRecord(record(0, "{\"text\":\"on\"}")));
        await().untilAsserted(() ->
                assertThat(LoopHarness.publications(journal, 0)).singleElement().isInstanceOf(DecisionRow.class));
        assertThat(joinedAsStatic).containsExactly(true);
        assertThat(ownership.held()).containsExactly(0);
    }

    /** Gives as many as it is told to. */
    private static final class GivenPace implements Pace {
        final AtomicInteger left = new AtomicInteger();

        @Override
        public boolean isLimited(String tenant) {
            return tenant.equals("slow");
        }

        @Override
        public boolean tryTake(String tenant) {
            return left.getAndUpdate(now -> Math.max(0, now - 1)) > 0;
        }
    }

    @Test
    void recordsWaitForTheirTenantsPaceInTheirOrderAndOthersPassThem() {
        GivenPace given = paced();
        start(group);
        await().until(() -> !group.paused().contains(PARTITION));
        group.schedulePollTask(() -> {
            for (int i = 0; i < 5; i++) {
                group.addRecord(record(i, "{\"text\":\"" + i + "\"}"));
            }
        });
        await().until(() -> group.paused().contains(PARTITION));
        assertThat(decided()).isEmpty();
        sideConsumer.schedulePollTask(() -> sideConsumer.addRecord(record("others", 0, "{\"text\":\"other\"}")));
        await().until(() -> decided().equals(List.of("others-0-0")));

        given.left.set(2);
        await().until(() -> decided().equals(List.of("others-0-0", "in-0-0", "in-0-1")));
        assertThat(group.paused()).contains(PARTITION);
        given.left.set(100);
        await().until(() -> decided().size() == 6);
        assertThat(decided()).endsWith("in-0-2", "in-0-3", "in-0-4");
        await().until(() -> !group.paused().contains(PARTITION));
    }

    @Test
    void whatWaitsWhenAPartitionLeavesIsForgottenHereAndReadAgainByWhoeverOpensIt() {
        GivenPace given = paced();
        start(group);
        group.schedulePollTask(() -> {
            group.addRecord(record(0, "{\"text\":\"a\"}"));
            group.addRecord(record(1, "{\"text\":\"b\"}"));
        });
        await().until(() -> group.paused().contains(PARTITION));
        group.schedulePollTask(() -> group.rebalance(List.of()));
        await().until(() -> ownership.held().isEmpty());
        given.left.set(100);
        assign(group);
        await().until(() -> ownership.held().contains(0));
        group.schedulePollTask(() -> {
            group.addRecord(record(0, "{\"text\":\"a\"}"));
            group.addRecord(record(1, "{\"text\":\"b\"}"));
        });
        await().until(() -> decided().size() == 2);
        assertThat(decided()).as("once each").containsExactly("in-0-0", "in-0-1");
        assertThat(given.left).hasValue(98);
    }

    @Test
    void aRecordOfATenantThatIsNotHereStopsItsPartitionAndNothingBehindItIsConsumed() {
        start(group);
        ConsumerRecord<byte[], byte[]> ofAnother = record("commands", 1, "{\"text\":\"theirs\"}");
        ofAnother.headers().add("tw_tenant", "elsewhere".getBytes(StandardCharsets.UTF_8));
        sideConsumer.schedulePollTask(() -> {
            sideConsumer.addRecord(record("commands", 0, "{\"text\":\"before\"}"));
            sideConsumer.addRecord(ofAnother);
            sideConsumer.addRecord(record("commands", 2, "{\"text\":\"behind\"}"));
        });
        await().until(() -> ownership.stopped().containsKey(0));
        assertThat(ownership.stopped().get(0))
                .startsWith("Record commands-0-1 is of tenant elsewhere")
                .contains("threadwright.tenants.elsewhere");
        await().untilAsserted(() -> assertThat(LoopHarness.publications(journal, 0))
                .singleElement()
                .isInstanceOfSatisfying(
                        DecisionRow.class,
                        row -> assertThat(row.causation().id()).isEqualTo("commands-0-0")));
        assertThat(journal.claim(0, "next", "next").offsets())
                .as("whoever goes on begins with it")
                .contains(new Offset("commands", 0, 1));
    }

    private GivenPace paced() {
        ownership.close();
        joinedAsStatic.clear();
        GivenPace given = new GivenPace();
        pace = given;
        sideConsumer = consumer();
        consumers = consumers(policy -> {});
        ownership = harness.ownership(consumers);
        return given;
    }

    private List<String> decided() {
        return LoopHarness.publications(journal, 0).stream()
                .filter(DecisionRow.class::isInstance)
                .map(row -> ((DecisionRow) row).causation().id())
                .toList();
    }

    private void start(MockConsumer<byte[], byte[]> member) {
        consumers.start(ownership);
        assign(member);
        await().until(() -> ownership.held().contains(0));
    }

    private static ConditionFactory await() {
        return Awaitility.await().atMost(Duration.ofSeconds(30));
    }

    private static void assign(MockConsumer<byte[], byte[]> member) {
        member.schedulePollTask(() -> member.rebalance(List.of(PARTITION)));
    }

    private Consumers consumers(Consumer<dev.threadwright.thread.policy.Policy> policyCheck) {
        return new Consumers(
                "test",
                new MachineThreads(),
                isStatic -> {
                    joinedAsStatic.add(isStatic);
                    return isStatic ? group : successor;
                },
                sideConsumer,
                new RecordDecoder(new Tenants(), policyCheck, 1 << 16),
                INPUT,
                Map.of(
                        INPUT,
                        TopicRole.INPUT,
                        "others",
                        TopicRole.INPUT,
                        "commands",
                        TopicRole.COMMANDS,
                        "results",
                        TopicRole.RESULTS),
                1,
                harness.loop,
                pace,
                60_000);
    }

    private static final class Tenants implements TopicTenants {
        @Override
        public String tenant(String topic) {
            return topic.equals(INPUT) ? "slow" : "default";
        }

        @Override
        public boolean has(String tenant) {
            return List.of("slow", "default").contains(tenant);
        }
    }

    private static MockConsumer<byte[], byte[]> consumer() {
        MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none") {
            /** Its polls do not wait; and as with a real one, nobody who wakes it up waits for a rebalance to end. */
            @Override
            public void wakeup() {}
        };
        for (String topic : List.of(INPUT, "others", "commands", "results")) {
            consumer.updateBeginningOffsets(Map.of(new TopicPartition(topic, 0), 0L));
            consumer.updateEndOffsets(Map.of(new TopicPartition(topic, 0), 0L));
        }
        return consumer;
    }

    private static ConsumerRecord<byte[], byte[]> record(long offset, String value) {
        return record(INPUT, offset, value);
    }

    private static ConsumerRecord<byte[], byte[]> record(String topic, long offset, String value) {
        return new ConsumerRecord<>(
                topic,
                0,
                offset,
                1_000,
                TimestampType.CREATE_TIME,
                -1,
                -1,
                new byte[] {'k'},
                value.getBytes(StandardCharsets.UTF_8),
                new RecordHeaders(),
                Optional.empty());
    }

    private static void sneaky(Class<? extends Throwable> defect) {
        if (defect == StackOverflowError.class) {
            throw new StackOverflowError();
        }
        throw new IllegalStateException("a defect");
    }
}
