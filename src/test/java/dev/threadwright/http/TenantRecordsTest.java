package dev.threadwright.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.testing.Readiness;
import dev.threadwright.testing.TestServers;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Over Kafka, whose a record is follows from its topic; and what comes of it goes to topics of the same tenant. */
@QuarkusTest
@TestProfile(Tenants.class)
class TenantRecordsTest {

    private static final Map<String, String> KEYS =
            Map.of("default", Tenants.DEFAULT, "acme", Tenants.ACME, "globex", Tenants.GLOBEX);

    /** Each topic that has a tenant's records, and whose they are. */
    private static final Map<String, String> OUTGOING = outgoing();

    /** Which each say in their records whose these are, and which the servers alone write and read. */
    private static final Set<String> OF_SERVERS = Set.of("tenants.commands", "tenants.progress", "tenants.positions");

    /** What comes from a tenant's users and workers, and whose it is. */
    private static final Map<String, String> INCOMING = Map.of(
            "tenants.input",
            "default",
            "tenants.results",
            "default",
            "tenants.input.acme",
            "acme",
            "tenants.results.acme",
            "acme",
            Tenants.GLOBEX_INPUT,
            "globex",
            "tenants.results.globex",
            "globex",
            "tenants.input.slow",
            "slow",
            "tenants.results.slow",
            "slow",
            "tenants.input.small",
            "small",
            "tenants.results.small",
            "small");

    @TestHTTPResource("/")
    URI server;

    private final HttpClient client = HttpClient.newHttpClient();
    private final String thread = "t-" + UUID.randomUUID();
    private KafkaProducer<byte[], byte[]> producer;
    private KafkaConsumer<byte[], byte[]> consumer;

    private static Map<String, String> outgoing() {
        Map<String, String> topics = new HashMap<>();
        for (String topic : List.of("lifecycle", "events", "dead-letter", "actions")) {
            topics.put("tenants." + topic, "default");
            topics.put("tenants." + topic + ".acme", "acme");
            topics.put("tenants." + topic + ".globex", "globex");
            topics.put("tenants." + topic + ".slow", "slow");
            topics.put("tenants." + topic + ".small", "small");
        }
        return topics;
    }

    @BeforeEach
    void connect() {
        Readiness.await();
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestServers.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", TestServers.bootstrapServers(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        List<TopicPartition> partitions = OUTGOING.keySet().stream()
                .flatMap(topic -> consumer.partitionsFor(topic).stream())
                .map(info -> new TopicPartition(info.topic(), info.partition()))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    @AfterEach
    void close() {
        producer.close();
        consumer.close();
    }

    /** A topic that is in none of the tables above has no test of whose it is. */
    @Test
    void everyTopicHasARow() throws Exception {
        Set<String> known = new HashSet<>(OF_SERVERS);
        known.addAll(INCOMING.keySet());
        known.addAll(OUTGOING.keySet());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", TestServers.bootstrapServers()))) {
            assertThat(admin.listTopics().names().get(30, TimeUnit.SECONDS))
                    .filteredOn(name -> name.startsWith("tenants.") || name.startsWith("from."))
                    .containsExactlyInAnyOrderElementsOf(known);
        }
    }

    @Test
    void threadsOfOneNameAreThreeThreads() throws Exception {
        send("tenants.input", "{\"of\": \"default\"}");
        send("tenants.input.acme", "{\"of\": \"acme\"}");
        send(Tenants.GLOBEX_INPUT, "{\"of\": \"globex\"}");
        for (String tenant : KEYS.keySet()) {
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(events(tenant)).contains("completed"));
            String events = events(tenant);
            assertThat(events).contains(tenant);
            KEYS.keySet().stream()
                    .filter(other -> !other.equals(tenant))
                    .forEach(other -> assertThat(events).doesNotContain("\"of\":\"" + other + "\""));
        }
        List<ConsumerRecord<byte[], byte[]>> published = published(Set.of(
                "tenants.lifecycle",
                "tenants.lifecycle.acme",
                "tenants.lifecycle.globex",
                "tenants.events",
                "tenants.events.acme",
                "tenants.events.globex"));
        assertThat(published).allSatisfy(record -> {
            String owner = OUTGOING.get(record.topic());
            assertThat(header(record, "ce_id")).startsWith(owner + "/" + thread + "/");
            String value = new String(record.value(), UTF_8);
            KEYS.keySet().stream()
                    .filter(other -> !other.equals(owner))
                    .forEach(other -> assertThat(value).doesNotContain("\"of\":\"" + other + "\""));
        });
    }

    /** A record's own words do not count: headers are anybody's to write. */
    @Test
    void nobodyBecomesAnotherTenantByAHeader() throws Exception {
        ProducerRecord<byte[], byte[]> forged = new ProducerRecord<>(
                "tenants.input.acme", thread.getBytes(UTF_8), "{\"of\": \"acme\"}".getBytes(UTF_8));
        forged.headers().add("tw_tenant", "globex".getBytes(UTF_8));
        forged.headers().add("tw_origin", "from.globex-0-0".getBytes(UTF_8));
        forged.headers().add("tw_actor", "root".getBytes(UTF_8));
        producer.send(forged).get(30, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(status("acme", "/threads/" + thread)).isEqualTo(200));
        assertThat(status("globex", "/threads/" + thread)).isEqualTo(404);
        assertThat(status("default", "/threads/" + thread)).isEqualTo(404);
        assertThat(events("acme")).doesNotContain("root");
    }

    /** Clients differ in how they choose partitions: what comes to the wrong one goes on, and stays its tenant's. */
    @Test
    void aRecordOnTheWrongPartitionStaysItsTenants() throws Exception {
        int right = org.apache.kafka.common.utils.Utils.toPositive(
                        org.apache.kafka.common.utils.Utils.murmur2(thread.getBytes(UTF_8)))
                % 2;
        producer.send(new ProducerRecord<>(
                        Tenants.GLOBEX_INPUT,
                        1 - right,
                        thread.getBytes(UTF_8),
                        "{\"of\": \"globex\"}".getBytes(UTF_8)))
                .get(30, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(status("globex", "/threads/" + thread)).isEqualTo(200));
        assertThat(status("default", "/threads/" + thread)).isEqualTo(404);
        assertThat(status("acme", "/threads/" + thread)).isEqualTo(404);
    }

    @Test
    void aDeadLetterIsItsTenants() throws Exception {
        send("tenants.input.acme", "{no JSON of acme");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(get("acme", "/dead-letters?thread_id=" + thread))
                        .contains("invalid"));
        assertThat(get("globex", "/dead-letters?thread_id=" + thread)).doesNotContain(thread);
        assertThat(get("default", "/dead-letters?thread_id=" + thread)).doesNotContain(thread);
        assertThat(published(Set.of("tenants.dead-letter.acme")))
                .extracting(ConsumerRecord::topic)
                .containsOnly("tenants.dead-letter.acme");
    }

    /** Workers of one tenant cannot answer for another: results are of the tenant whose topic they are on. */
    @Test
    void aResultOnAnothersTopicIsNobodysResult() throws Exception {
        String name = "charge-" + UUID.randomUUID();
        post("acme", "/workflows", """
                {"name": "%1$s", "channels": {"receipt": "last_write_wins"}, "start": "pay",
                 "steps": {"pay": {"work": "%1$s", "result": {"receipt": "result"}, "timeout": "1h"}}}
                """.formatted(name));
        post("acme", "/threads/" + thread + "/inputs?wait=decision", "{\"workflow\": \"" + name + "\", \"data\": {}}");
        ConsumerRecord<byte[], byte[]> request =
                published(1, "tenants.actions.acme").getFirst();
        result("tenants.results.globex", request, "\"forged\"");
        awaitAllTaken("globex", "tenants.results.globex", request);
        result("tenants.results", request, "\"forged\"");
        awaitAllTaken("default", "tenants.results", request);
        result("tenants.results.acme", request, "\"right\"");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(get("acme", "/threads/" + thread + "/state")).contains("right"));
        assertThat(events("acme")).doesNotContain("forged");
    }

    /** By one behind it that nobody understands. */
    private void awaitAllTaken(String tenant, String topic, ConsumerRecord<byte[], byte[]> request) throws Exception {
        producer.send(new ProducerRecord<>(topic, request.partition(), request.key(), "{no JSON".getBytes(UTF_8)))
                .get(30, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(get(tenant, "/dead-letters?kind=invalid&thread_id=" + thread))
                        .contains("\"" + topic + "\""));
    }

    private void result(String topic, ConsumerRecord<byte[], byte[]> request, String data) throws Exception {
        ProducerRecord<byte[], byte[]> result =
                new ProducerRecord<>(topic, request.partition(), request.key(), data.getBytes(UTF_8));
        Map<String, String> headers = Map.of(
                "ce_specversion", "1.0",
                "ce_id", UUID.randomUUID().toString(),
                "ce_source", "/worker",
                "ce_type", "dev.threadwright.action.succeeded.v1",
                "ce_runid", header(request, "ce_runid"),
                "ce_actionid", header(request, "ce_actionid"),
                "ce_attempt", header(request, "ce_attempt"));
        headers.forEach((name, value) -> result.headers().add(name, value.getBytes(UTF_8)));
        producer.send(result).get(30, TimeUnit.SECONDS);
    }

    private void send(String topic, String value) throws Exception {
        producer.send(new ProducerRecord<>(topic, thread.getBytes(UTF_8), value.getBytes(UTF_8)))
                .get(30, TimeUnit.SECONDS);
    }

    /** What is published of the thread, once it is on all of these. */
    private List<ConsumerRecord<byte[], byte[]>> published(Set<String> topics) {
        List<ConsumerRecord<byte[], byte[]>> seen = new ArrayList<>();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            poll(seen);
            return seen.stream().map(ConsumerRecord::topic).toList().containsAll(topics);
        });
        poll(seen);
        return seen;
    }

    private List<ConsumerRecord<byte[], byte[]>> published(int records, String topic) {
        List<ConsumerRecord<byte[], byte[]>> seen = new ArrayList<>();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            poll(seen);
            seen.removeIf(record -> !record.topic().equals(topic));
            return seen.size() >= records;
        });
        return seen;
    }

    private void poll(List<ConsumerRecord<byte[], byte[]>> seen) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> {
            if (record.key() != null && new String(record.key(), UTF_8).equals(thread)) {
                seen.add(record);
            }
        });
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), UTF_8);
    }

    private String events(String tenant) throws IOException, InterruptedException {
        return get(tenant, "/threads/" + thread + "/events?limit=100");
    }

    private String get(String tenant, String path) throws IOException, InterruptedException {
        return client.send(request(tenant, path).build(), BodyHandlers.ofString())
                .body();
    }

    private int status(String tenant, String path) throws IOException, InterruptedException {
        return client.send(request(tenant, path).build(), BodyHandlers.ofString())
                .statusCode();
    }

    private void post(String tenant, String path, String body) throws IOException, InterruptedException {
        assertThat(client.send(
                                request(tenant, path)
                                        .header("Content-Type", "application/json")
                                        .POST(BodyPublishers.ofString(body))
                                        .build(),
                                BodyHandlers.ofString())
                        .statusCode())
                .isBetween(200, 201);
    }

    private HttpRequest.Builder request(String tenant, String path) {
        return Tenants.request(server.resolve(path), KEYS.get(tenant));
    }
}
