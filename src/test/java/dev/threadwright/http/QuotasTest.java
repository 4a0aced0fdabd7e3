package dev.threadwright.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.threadwright.cron.Cron;
import dev.threadwright.cron.CronFiring;
import dev.threadwright.cron.CronRefusedException;
import dev.threadwright.cron.CronRuns;
import dev.threadwright.json.JsonText;
import dev.threadwright.testing.Readiness;
import dev.threadwright.testing.TestServers;
import dev.threadwright.workflow.Json;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.quarkus.vertx.VertxContextSupport;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a tenant has too much of is refused over HTTP, and waits or is refused over Kafka; others notice nothing. */
@QuarkusTest
@TestProfile(Tenants.class)
class QuotasTest {

    private static final Pattern ACCEPTED = Pattern.compile("\"data\":\\{\"type\":\"input.accepted\"");
    private static final Pattern QUOTA_RUNS = Pattern.compile("\"reason\":\"quota_runs\"");
    private static final Pattern LETTER = Pattern.compile("\"dead_letter_id\":\"([^\"]+)\"");
    private static final Pattern REFUSED =
            Pattern.compile("threadwright_quota_refused_total\\{quota=\"(\\w+)\"} ([0-9.]+)");

    @TestHTTPResource("/")
    URI server;

    @Inject
    CronRuns crons;

    private final HttpClient client = HttpClient.newHttpClient();
    private final String thread = "t-" + UUID.randomUUID();
    private KafkaProducer<byte[], byte[]> producer;

    @BeforeEach
    void connect() {
        Readiness.await();
        producer = new KafkaProducer<>(
                java.util.Map.of("bootstrap.servers", TestServers.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @AfterEach
    void close() {
        producer.close();
    }

    @Test
    void inputsTooManyAreRefusedBeforeAnythingIsDone() throws Exception {
        // Whatever another test has used up of the quota.
        awaitTaken(() -> post(Tenants.SLOW, "/threads/" + thread + "/inputs", "{\"data\": 1}", null));
        double before = refused("inputs_per_second");
        List<HttpResponse<String>> answers = together(Tenants.SLOW, 40);
        List<HttpResponse<String>> refused =
                answers.stream().filter(answer -> answer.statusCode() != 202).toList();
        long taken = 1 + answers.size() - refused.size();
        assertThat(refused).isNotEmpty().allSatisfy(answer -> {
            assertProblem(answer, "inputs-per-second");
            assertThat(answer.body()).contains("\"retry_after_ms\":");
        });
        assertThat(refused("inputs_per_second") - before).isEqualTo(refused.size());
        // Not counted: what is no input.
        for (int i = 0; i < 3 * Tenants.SLOW_PER_SECOND; i++) {
            assertThat(post(Tenants.SLOW, "/threads/" + thread + "/cancel?wait=decision", "{}", null)
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(together(Tenants.ACME, 40))
                .allSatisfy(answer -> assertThat(answer.statusCode()).isEqualTo(202));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(accepted(Tenants.ACME, thread)).isEqualTo(40));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(accepted(Tenants.SLOW, thread)).isEqualTo(taken));
    }

    @Test
    void aRepetitionThatIsKnownIsNotCounted() throws Exception {
        String key = UUID.randomUUID().toString();
        String path = "/threads/" + thread + "/inputs?wait=decision";
        await().atMost(Duration.ofSeconds(20))
                .until(() -> post(Tenants.SLOW, path, "{\"data\": 1}", key).statusCode() == 200);
        for (int i = 0; i < 4 * Tenants.SLOW_PER_SECOND; i++) {
            assertThat(post(Tenants.SLOW, path, "{\"data\": 1}", key).statusCode())
                    .isEqualTo(200);
        }
        assertThat(accepted(Tenants.SLOW, thread)).isEqualTo(1);
    }

    @Test
    void overKafkaATenantsOwnInputsWaitAndThoseOfOthersDoNotAndNothingIsLost() throws Exception {
        int inputs = 6 * Tenants.SLOW_PER_SECOND;
        long begun = System.nanoTime();
        for (int i = 0; i < inputs; i++) {
            // Over both partitions, several threads each.
            producer.send(record("tenants.input.slow", thread + "-" + i % 4, "{\"number\": " + i + "}"));
        }
        for (int i = 0; i < inputs; i++) {
            producer.send(record("tenants.input.acme", thread + "-" + i % 4, "{\"number\": " + i + "}"));
        }
        producer.flush();
        // Which of them are passed, and how far: PollerTest.
        await().atMost(Duration.ofSeconds(60)).until(() -> acceptedOfAll(Tenants.ACME) > 0);
        assertThat(acceptedOfAll(Tenants.SLOW)).as("others pass them").isLessThan(inputs);
        await().atMost(Duration.ofSeconds(60)).until(() -> acceptedOfAll(Tenants.ACME) == inputs);

        await().atMost(Duration.ofSeconds(60)).until(() -> acceptedOfAll(Tenants.SLOW) == inputs);
        // A burst of a second's worth, and then as many as the quota says.
        assertThat(Duration.ofNanos(System.nanoTime() - begun))
                .isGreaterThan(Duration.ofSeconds(inputs / Tenants.SLOW_PER_SECOND - 2));
        int seen = 0;
        for (int i = 0; i < 4; i++) {
            List<Integer> numbers = numbers(thread + "-" + i);
            assertThat(numbers).isSorted().doesNotHaveDuplicates();
            seen += numbers.size();
        }
        assertThat(seen).isEqualTo(inputs);
    }

    @Test
    void threadsAndRunsTooManyDoNotBegin() throws Exception {
        double threadsBefore = refused("threads");
        double runsBefore = refused("outstanding_runs");
        assertThat(post(Tenants.SMALL, "/threads", "{\"thread_id\": \"" + thread + "-1\"}", null)
                        .statusCode())
                .isEqualTo(200);
        assertThat(input(Tenants.SMALL, thread + "-2", "echo", 0).statusCode()).isEqualTo(200);
        assertProblem(post(Tenants.SMALL, "/threads", "{\"thread_id\": \"" + thread + "-3\"}", null), "threads");
        assertProblem(input(Tenants.SMALL, thread + "-3", "echo", 0), "threads");
        assertProblem(
                post(Tenants.SMALL, "/runs/wait", "{\"assistant_id\": \"echo\", \"input\": {}}", null), "threads");
        send("tenants.input.small", thread + "-4", "{\"text\": \"later\"}");
        String letters = "/dead-letters?thread_id=" + thread + "-4";
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(get(Tenants.SMALL, letters).body()).contains("\"kind\":\"refused\""));
        assertThat(get(Tenants.SMALL, letters).body()).contains("quota");
        assertThat(get(Tenants.SMALL, "/threads/" + thread + "-4").statusCode()).isEqualTo(404);

        // What is there goes on, and when something goes, there is room for what was refused.
        assertThat(input(Tenants.SMALL, thread + "-1", "echo", 0).statusCode()).isEqualTo(200);
        assertThat(send(request(Tenants.SMALL, "/threads/" + thread + "-2").DELETE())
                        .statusCode())
                .isEqualTo(204);
        Matcher letter = LETTER.matcher(get(Tenants.SMALL, letters).body());
        assertThat(letter.find()).isTrue();
        assertThat(post(Tenants.SMALL, "/dead-letters/" + letter.group(1) + "/replay", "{}", null)
                        .statusCode())
                .isEqualTo(200);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(accepted(Tenants.SMALL, thread + "-4")).isEqualTo(1));
        assertThat(refused("threads") - threadsBefore).isEqualTo(4);

        // Two runs that wait, on two threads.
        assertThat(input(Tenants.SMALL, thread + "-1", "delay", 600_000).statusCode())
                .isEqualTo(200);
        assertThat(input(Tenants.SMALL, thread + "-4", "delay", 600_000).statusCode())
                .isEqualTo(200);
        assertProblem(input(Tenants.SMALL, thread + "-1", "delay", 600_000), "outstanding-runs");
        send("tenants.input.small", thread + "-1", "{\"ms\": 600000}", "parallel");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(refused("outstanding_runs") - runsBefore).isEqualTo(2));
        CronFiring firing = firing(thread + "-1");
        assertThatThrownBy(() -> start(firing))
                .as("would be refused however often it is tried: the next firing is another matter")
                .isInstanceOf(CronRefusedException.class)
                .hasMessageContaining("quota");
        assertThat(QUOTA_RUNS
                        .matcher(get(Tenants.SMALL, "/threads/" + thread + "-1/events?limit=100")
                                .body())
                        .results())
                .as("all are events of the thread")
                .hasSize(3);
        assertThat(post(Tenants.SMALL, "/threads/" + thread + "-4/cancel?wait=decision", "{}", null)
                        .statusCode())
                .isEqualTo(200);
        assertThat(input(Tenants.SMALL, thread + "-1", "delay", 600_000).statusCode())
                .isEqualTo(200);
        for (String name : List.of("-1", "-4")) {
            assertThat(send(request(Tenants.SMALL, "/threads/" + thread + name).DELETE())
                            .statusCode())
                    .isEqualTo(204);
        }
    }

    @Test
    void aBatchIsTakenWholeOrNotAtAll() throws Exception {
        String run = "{\"assistant_id\": \"echo\", \"input\": {\"of\": \"" + thread + "\"}}";
        long before = threads();
        HttpResponse<String> tooMany = post(
                Tenants.SLOW,
                "/runs/batch",
                Stream.generate(() -> run)
                        .limit(Tenants.SLOW_PER_SECOND + 1)
                        .toList()
                        .toString(),
                null);
        assertThat(tooMany.statusCode()).as("waiting does not help").isEqualTo(422);
        assertThat(tooMany.headers().firstValue("Retry-After")).isEmpty();
        assertThat(tooMany.body()).contains("send fewer").contains("inputs-per-second");
        String three = Stream.generate(() -> run).limit(3).toList().toString();
        awaitTaken(() -> post(Tenants.SLOW, "/runs/batch", three, null));
        int refused = 0;
        int taken = 1;
        for (int i = 0; i < 3; i++) {
            HttpResponse<String> answer = post(Tenants.SLOW, "/runs/batch", three, null);
            if (answer.statusCode() == 429) {
                assertProblem(answer, "inputs-per-second");
                refused++;
            } else {
                assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
                taken++;
            }
        }
        assertThat(threads() - before).as(refused + " refused").isEqualTo(3L * taken);
    }

    @Test
    void aBatchThatIsKnownIsNotCountedAgain() throws Exception {
        String key = UUID.randomUUID().toString();
        String run =
                "{\"assistant_id\": \"echo\", \"on_completion\": \"keep\", \"input\": {\"of\": \"" + thread + "\"}}";
        String three = Stream.generate(() -> run).limit(3).toList().toString();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> post(Tenants.SLOW, "/runs/batch", three, key).statusCode() == 200);
        for (int i = 0; i < 2 * Tenants.SLOW_PER_SECOND; i++) {
            HttpResponse<String> again = post(Tenants.SLOW, "/runs/batch", three, key);
            assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
        }
    }

    private CronFiring firing(String name) {
        Cron cron = new Cron(
                UUID.randomUUID().toString(),
                "delay",
                name,
                "* * * * *",
                null,
                null,
                true,
                null,
                Json.object(java.util.Map.of(
                        "input", Json.object("ms", Json.of(600_000)), "multitask_strategy", Json.of("enqueue"))),
                Json.EMPTY_OBJECT,
                null,
                0,
                0);
        return new CronFiring("small", cron, 0, 1);
    }

    private void start(CronFiring firing) throws Throwable {
        VertxContextSupport.subscribeAndAwait(() -> crons.start(firing));
    }

    /** Once there is room in the quota again; until then it is refused. */
    private static void awaitTaken(Callable<HttpResponse<String>> request) {
        await().atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> request.call().statusCode() < 300);
    }

    /** Of the tenant whose inputs are few. */
    private long threads() throws Exception {
        return Long.parseLong(
                post(Tenants.SLOW, "/threads/count", "{}", null).body().strip());
    }

    private HttpResponse<String> input(String key, String name, String workflow, int ms) throws Exception {
        return post(
                key,
                "/threads/" + name + "/inputs?wait=decision",
                "{\"workflow\": \"%s\", \"policy\": \"parallel\", \"data\": {\"ms\": %d}}".formatted(workflow, ms),
                null);
    }

    /** Many inputs to one thread at once. */
    private List<HttpResponse<String>> together(String key, int count) {
        List<CompletableFuture<HttpResponse<String>>> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sent.add(client.sendAsync(
                    request(key, "/threads/" + thread + "/inputs")
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString("{\"data\": " + i + "}"))
                            .build(),
                    BodyHandlers.ofString()));
        }
        return sent.stream().map(CompletableFuture::join).toList();
    }

    private long acceptedOfAll(String key) throws Exception {
        long accepted = 0;
        for (int i = 0; i < 4; i++) {
            accepted += accepted(key, thread + "-" + i);
        }
        return accepted;
    }

    private long accepted(String key, String name) throws Exception {
        return ACCEPTED.matcher(
                        get(key, "/threads/" + name + "/events?limit=1000").body())
                .results()
                .count();
    }

    private List<Integer> numbers(String name) throws Exception {
        return Pattern.compile("\"data\":\\{\"type\":\"input.accepted\".*?\"number\":(\\d+)")
                .matcher(get(Tenants.SLOW, "/threads/" + name + "/events?limit=1000")
                        .body())
                .results()
                .map(found -> Integer.parseInt(found.group(1)))
                .toList();
    }

    private double refused(String quota) throws Exception {
        return REFUSED.matcher(get(Tenants.ACME, "/q/metrics").body())
                .results()
                .filter(found -> found.group(1).equals(quota))
                .mapToDouble(found -> Double.parseDouble(found.group(2)))
                .sum();
    }

    private void send(String topic, String name, String value) throws Exception {
        send(topic, name, value, null);
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, String name, String value) {
        return new ProducerRecord<>(topic, name.getBytes(UTF_8), value.getBytes(UTF_8));
    }

    private void send(String topic, String name, String value, String policy) throws Exception {
        ProducerRecord<byte[], byte[]> record = record(topic, name, value);
        if (policy != null) {
            java.util.Map.of(
                            "ce_specversion", "1.0",
                            "ce_id", UUID.randomUUID().toString(),
                            "ce_source", "/test",
                            "ce_type", "dev.threadwright.user.input.v1",
                            "ce_workflow", "delay",
                            "ce_policy", policy)
                    .forEach((header, text) -> record.headers().add(header, text.getBytes(UTF_8)));
        }
        producer.send(record).get(30, TimeUnit.SECONDS);
    }

    private HttpResponse<String> get(String key, String path) throws IOException, InterruptedException {
        return send(request(key, path));
    }

    private HttpResponse<String> post(String key, String path, String body, String idempotencyKey)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                request(key, path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
        return send(idempotencyKey == null ? request : request.header("Idempotency-Key", idempotencyKey));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.timeout(Duration.ofSeconds(40)).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String key, String path) {
        return Tenants.request(URI.create(server.toString().replaceAll("/$", "") + path), key);
    }

    private static void assertProblem(HttpResponse<String> answer, String quota) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith(Problem.MEDIA_TYPE);
        assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0)).isPositive();
        assertThat(JsonText.parse(answer.body())).isInstanceOfSatisfying(Json.Obj.class, problem -> {
            assertThat(problem.get("type")).isEqualTo(Json.of("urn:threadwright:problem:quota-exceeded"));
            assertThat(problem.get("quota")).isEqualTo(Json.of(quota));
        });
    }
}
