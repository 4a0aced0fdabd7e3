package dev.threadwright.ingress;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;

import dev.threadwright.expression.CelConditions;
import dev.threadwright.expression.PolicyCheck;
import dev.threadwright.journal.RawHeaders;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Fuzz;
import dev.threadwright.testing.Readiness;
import dev.threadwright.testing.TestServers;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Broken records of all kinds on all topics of a real server: it moves on, and every one is found where it was put. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class BadRecordsTest {

    private static final int PARTITIONS = 16;
    private static final List<String> DEFECTS =
            List.of("failed", "not_stored", "thread_unreadable", "thread_set_aside");

    @Inject
    AgroalDataSource database;

    private final String prefix = "bad-" + UUID.randomUUID() + "-";
    private final RecordDecoder decoder = new RecordDecoder(
            topic -> "default", new PolicyCheck(new CelConditions())::validate, RecordDecoder.DEFAULT_MAX_DATA_BYTES);

    private record Sending(
            long seed, String of, ProducerRecord<byte[], byte[]> record, Decoded fate, Future<RecordMetadata> at) {}

    private record Place(String topic, int partition, long offset) {}

    private record LetterId(int partition, long position) {}

    private record Letter(String kind, String reason, byte[] key, byte[] value, String headers) {}

    @Test
    void everyPartitionMovesOnAndEveryBadRecordIsFoundAsItCame() throws Exception {
        Readiness.await();
        long defects = count("select count(*) from dead_letter where kind in ('" + String.join("','", DEFECTS) + "')");
        long setAside = count("select count(*) from thread_set_aside");
        // What other tests have put there says that it came from anywhere.
        Set<LetterId> before = letterIds();
        BrokenRecords records = new BrokenRecords();
        List<Sending> sent = new ArrayList<>();
        List<String> good = new ArrayList<>();
        List<Future<RecordMetadata>> last = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestServers.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            Fuzz.each(600, (seed, random) -> {
                BrokenRecords.Broken broken = records.broken(random, prefix + seed, PARTITIONS, false);
                var consumed = broken.sent().over(PARTITIONS);
                ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                        consumed.topic(), consumed.partition(), consumed.key(), consumed.value(), consumed.headers());
                Decoded fate = decoder.decode(consumed, broken.role(), PARTITIONS);
                sent.add(new Sending(seed, broken.of(), record, fate, producer.send(record)));
            });
            for (int partition = 0; partition < PARTITIONS; partition++) {
                String thread = on(partition);
                good.add(thread);
                producer.send(new ProducerRecord<>(
                        "threadwright.input", partition, thread.getBytes(UTF_8), "{\"text\":\"hi\"}".getBytes(UTF_8)));
                last.add(producer.send(new ProducerRecord<>(
                        "threadwright.results", partition, thread.getBytes(UTF_8), "no result".getBytes(UTF_8))));
            }
        }
        for (String thread : good) {
            // Through the third topic, behind all that was sent to it.
            given().contentType(ContentType.JSON)
                    .body("{\"data\": {\"text\": \"there\"}, \"policy\": \"queue\"}")
                    .post("/threads/{id}/inputs?wait=completion", thread)
                    .then()
                    .statusCode(200);
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> given().get("/threads/{id}", thread)
                            .then()
                            .statusCode(200)
                            .body("runs.status", contains("completed", "completed")));
        }
        Map<Place, Letter> letters = new HashMap<>();
        List<Place> ends = new ArrayList<>();
        for (Future<RecordMetadata> end : last) {
            ends.add(place(end.get()));
        }
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            letters.putAll(letters(before));
            assertThat(letters.keySet()).containsAll(ends);
        });

        int dead = 0;
        for (Sending sending : sent) {
            Letter letter = letters.get(place(sending.at().get()));
            String what = "seed " + sending.seed() + " of " + sending.of() + ": " + sending.fate();
            if (sending.fate() instanceof Decoded.Dead(String reason)) {
                dead++;
                assertThat(letter).as(what).isNotNull();
                assertThat(letter.kind()).as(what).isEqualTo("invalid");
                assertThat(letter.reason()).as(what).isEqualTo(reason);
            }
            if (letter != null) {
                assertThat(letter.key()).as(what).isEqualTo(sending.record().key());
                assertThat(letter.value()).as(what).isEqualTo(sending.record().value());
                List<RawHeaders.Header> headers = new ArrayList<>();
                sending.record()
                        .headers()
                        .forEach(header -> headers.add(new RawHeaders.Header(header.key(), header.value())));
                assertThat(RawHeaders.parse(letter.headers()).all()).as(what).isEqualTo(headers);
            }
        }
        if (Fuzz.isWhole()) {
            assertThat(dead).isBetween(100, 550);
        }
        assertThat(count("select count(*) from dead_letter where kind in ('" + String.join("','", DEFECTS) + "')"))
                .as("the server failed on none")
                .isEqualTo(defects);
        assertThat(count("select count(*) from thread_set_aside")).isEqualTo(setAside);
        given().get("/q/health/ready").then().statusCode(200);
    }

    private String on(int partition) {
        for (int i = 0; ; i++) {
            String thread = prefix + "good-" + i;
            if (KeyPartitions.of(thread.getBytes(UTF_8), PARTITIONS) == partition) {
                return thread;
            }
        }
    }

    private static Place place(RecordMetadata at) {
        return new Place(at.topic(), at.partition(), at.offset());
    }

    private Set<LetterId> letterIds() throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select partition, position from dead_letter")) {
            Set<LetterId> ids = new HashSet<>();
            while (rows.next()) {
                ids.add(new LetterId(rows.getInt(1), rows.getLong(2)));
            }
            return ids;
        }
    }

    private Map<Place, Letter> letters(Set<LetterId> before) throws SQLException {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select source_topic, source_partition, source_offset, kind,"
                        + " reason, key, value, headers::text, partition, position from dead_letter")) {
            Map<Place, Letter> letters = new HashMap<>();
            while (rows.next()) {
                if (before.contains(new LetterId(rows.getInt(9), rows.getLong(10)))) {
                    continue;
                }
                letters.put(
                        new Place(rows.getString(1), rows.getInt(2), rows.getLong(3)),
                        new Letter(
                                rows.getString(4),
                                rows.getString(5),
                                rows.getBytes(6),
                                rows.getBytes(7),
                                rows.getString(8)));
            }
            return letters;
        }
    }

    private long count(String sql) {
        try (var connection = database.getConnection();
                var statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
