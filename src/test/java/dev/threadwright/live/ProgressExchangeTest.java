package dev.threadwright.live;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.json.JsonText;
import dev.threadwright.testing.TestServers;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Servers on a real broker. */
class ProgressExchangeTest {

    private static final int PARTITIONS = 2;
    private static final ThreadKey OF_ZERO = new ThreadKey("default", "zero");
    private static final ThreadKey OF_ONE = new ThreadKey("default", "one");

    private final String topic = "progress-" + UUID.randomUUID();
    private final Server zero = new Server("zero", Set.of(0));
    private final Server one = new Server("one", Set.of(1));

    private final class Server {
        final String name;
        final Set<Integer> owned = ConcurrentHashMap.newKeySet();
        final List<StepProgress> heard = new CopyOnWriteArrayList<>();
        final ProgressExchange exchange;

        Server(String name, Set<Integer> owned) {
            this.name = name;
            this.owned.addAll(owned);
            exchange = new ProgressExchange(
                    name,
                    topic,
                    PARTITIONS,
                    thread -> thread.equals(OF_ZERO) ? 0 : 1,
                    () -> Set.copyOf(this.owned),
                    heard::add,
                    () -> new KafkaProducer<>(connection(), new ByteArraySerializer(), new ByteArraySerializer()),
                    () -> new KafkaConsumer<>(connection(), new ByteArrayDeserializer(), new ByteArrayDeserializer()));
        }

        /** Others read what is said from when they have found their places. */
        void say(ThreadKey thread, String word) {
            exchange.tell(said(thread, word));
        }

        List<String> words() {
            return heard.stream().map(said -> ((Json.Text) said.data()).value()).toList();
        }
    }

    @BeforeEach
    void twoServers() throws Exception {
        try (Admin admin = Admin.create(connection())) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
        zero.exchange.start();
        one.exchange.start();
    }

    @AfterEach
    void close() {
        zero.exchange.close();
        one.exchange.close();
    }

    @Test
    void whatIsSaidOnOneServerIsHeardOnTheOtherAsItWasSaid() {
        awaitHeard(zero, OF_ZERO, one);
        awaitHeard(one, OF_ONE, zero);
        int before = one.heard.size();
        StepProgress said = new StepProgress(
                OF_ZERO,
                new RunId("r"),
                "step",
                new ActionId("r-1"),
                3,
                JsonText.parse("{\"text\":\"häß\",\"n\":[1,null]}"));
        zero.exchange.tell(said);
        await().untilAsserted(() -> assertThat(one.heard).hasSize(before + 1));
        assertThat(one.heard.getLast()).isEqualTo(said);
        assertThat(zero.heard).noneMatch(heard -> heard.thread().equals(OF_ZERO));
    }

    @Test
    void whatIsSaidIsHeardInItsOrder() {
        awaitHeard(zero, OF_ZERO, one);
        List<String> words =
                IntStream.range(0, 200).mapToObj(number -> "w" + number).toList();
        words.forEach(word -> zero.say(OF_ZERO, word));
        await().untilAsserted(() -> assertThat(one.words().stream().filter(word -> word.startsWith("w")))
                .containsExactlyElementsOf(words));
    }

    @Test
    void whoOwnsAllSaysNothingToOthersAndWhoGetsMoreHearsLess() {
        awaitHeard(zero, OF_ZERO, one);
        zero.owned.add(1);
        one.owned.clear();
        // It looks now and then what it owns; until it has, what it says goes out.
        await().ignoreExceptionsMatching(ConditionTimeoutException.class::isInstance)
                .untilAsserted(() -> {
                    long before = end();
                    zero.say(OF_ZERO, "alone");
                    await().atMost(Duration.ofSeconds(1))
                            .during(Duration.ofMillis(200))
                            .until(() -> end() == before);
                });
        zero.owned.remove(1);
        awaitHeard(zero, OF_ZERO, one);
    }

    @Test
    void whatIsNoneIsPassedOver() {
        awaitHeard(zero, OF_ZERO, one);
        int before = one.heard.size();
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(connection(), new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String value :
                    List.of("no json", "[]", "{}", "{\"tenant\":1}", valid("1.5"), valid("1e400"), valid("\"one\""))) {
                producer.send(record(value.getBytes(UTF_8), "stranger"));
            }
            producer.send(record(null, "stranger"));
            producer.send(record(valid("1").getBytes(UTF_8), null));
            producer.send(record(valid("1").getBytes(UTF_8), "stranger"));
            producer.flush();
        }
        await().untilAsserted(() -> assertThat(one.heard).hasSize(before + 1));
        assertThat(one.heard.getLast().attempt()).isEqualTo(1);
    }

    @Test
    void ofTooMuchTheRestIsLostAndNobodyWaits() {
        Server away = new Server("away", Set.of(0));
        for (int i = 0; i < ProgressExchange.MAX_UNSENT + 10; i++) {
            away.say(OF_ZERO, "w" + i);
        }
        awaitHeard(zero, OF_ZERO, one);
        away.exchange.start();
        await().untilAsserted(() -> assertThat(one.words()).contains("w" + (ProgressExchange.MAX_UNSENT - 1)));
        away.exchange.close();
        assertThat(one.words()).doesNotContain("w" + ProgressExchange.MAX_UNSENT);
    }

    private void awaitHeard(Server from, ThreadKey thread, Server by) {
        int before = by.heard.size();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            from.say(thread, "?");
            return by.heard.size() > before;
        });
        // What was asked more often than needed has to be past.
        String last = "settled " + UUID.randomUUID();
        from.say(thread, last);
        await().until(() -> by.words().contains(last));
    }

    private long end() {
        try (Consumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(connection(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            return consumer
                    .endOffsets(List.of(new TopicPartition(topic, 0), new TopicPartition(topic, 1)))
                    .values()
                    .stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }

    private static StepProgress said(ThreadKey thread, String word) {
        return new StepProgress(thread, new RunId("r"), "step", new ActionId("r-1"), 1, Json.of(word));
    }

    private static String valid(String attempt) {
        return "{\"tenant\":\"default\",\"run\":\"r\",\"step\":\"s\",\"action\":\"a\",\"attempt\":" + attempt
                + ",\"data\":\"strange\"}";
    }

    private ProducerRecord<byte[], byte[]> record(byte[] value, String server) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, 0, OF_ZERO.thread().getBytes(UTF_8), value);
        if (server != null) {
            record.headers().add("server", server.getBytes(UTF_8));
        }
        return record;
    }

    private static Map<String, Object> connection() {
        return Map.of("bootstrap.servers", TestServers.bootstrapServers(), "auto.offset.reset", "none");
    }
}
