package dev.threadwright.ops;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Exposition;
import dev.threadwright.testing.PromQl;
import dev.threadwright.testing.Readiness;
import dev.threadwright.testing.TestServers;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the server exposes, what the page says of it, and what dashboard and alerts are made of, are the same. */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class MetricsTest {

    private static final Path PAGE = Path.of("docs", "metrics.md");
    private static final Path OPERATIONS = Path.of("docs", "operations.md");
    private static final Path ALERTS = Path.of("docker", "observability", "prometheus", "alerts.yaml");
    private static final Path DASHBOARD =
            Path.of("docker", "observability", "grafana", "dashboards", "threadwright.json");

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `(threadwright_\\w+)` \\| (\\w+) \\| [^|]+ \\|([^|]*)\\|");
    private static final Pattern LABEL = Pattern.compile("`(\\w+)`");

    /** Prometheus makes it itself, of each server that it scrapes. */
    private static final Set<String> OF_PROMETHEUS = Set.of("up");

    /** Prometheus adds them to all that it scrapes. */
    private static final Set<String> LABELS_OF_PROMETHEUS = Set.of("instance", "job");

    private final String thread = "measured-" + UUID.randomUUID();

    /** A metric of the page. */
    private record Documented(String type, Set<String> labels) {}

    @BeforeEach
    void ready() {
        Readiness.await();
    }

    @Test
    void workIsCountedOnceItIsCommitted() throws Exception {
        Exposition before = scrape();
        decide(thread, "interrupt", "echo").body("outcome", equalTo("started"));
        decide(thread, "reject", "echo").statusCode(200);
        letterOfRubbish();
        asks();

        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            Exposition now = scrape();
            assertThat(grown(before, now, "threadwright_decisions_total", "policy=interrupt,decision=start"))
                    .isPositive();
            assertThat(grown(before, now, "threadwright_decisions_total", "policy=reject,decision=start"))
                    .isPositive();
            assertThat(grown(before, now, "threadwright_events_total", "type=run.completed"))
                    .isGreaterThanOrEqualTo(2);
            assertThat(grown(before, now, "threadwright_dead_letters_total", "kind=invalid"))
                    .isPositive();
            assertThat(grown(before, now, "threadwright_decision_delay_seconds_count", "topic=commands"))
                    .isGreaterThanOrEqualTo(2);
            assertThat(grown(before, now, "threadwright_commit_seconds_count", ""))
                    .isPositive();
            assertThat(grown(before, now, "threadwright_batch_works_sum", "")).isGreaterThanOrEqualTo(4);
            assertThat(grown(before, now, "threadwright_batch_bytes_sum", "")).isPositive();
            assertThat(grown(before, now, "threadwright_relay_delay_seconds_count", ""))
                    .isPositive();
            assertThat(grown(before, now, "threadwright_publications_total", ""))
                    .isGreaterThanOrEqualTo(4);
            assertThat(grown(before, now, "threadwright_threads_loaded_total", ""))
                    .isPositive();
            assertThat(now.sum("threadwright_interrupts_pending", "age=minute")).isPositive();
            assertThat(now.sum("threadwright_interrupts_oldest_seconds", "")).isPositive();
            assertThat(now.sum("threadwright_consumer_lag_records", "topic=input"))
                    .isZero();
            assertThat(now.sum("threadwright_engine_running", "")).isOne();
            assertThat(now.sum("threadwright_partitions_owned", "")).isPositive();
            assertThat(now.sum("threadwright_claim_seconds_count", "")).isPositive();
            assertThat(now.sum("threadwright_rebalances_total", "kind=assigned"))
                    .isPositive();
            assertThat(now.sum("threadwright_partitions_claiming", "")).isZero();
        });
        assertThat(scrape().text()).as("labels that never end").doesNotContain(thread);
    }

    @Test
    void thePageHasEveryMetricWithItsLabelsAndNoOther() throws IOException {
        Exposition exposed = afterSomeWork();
        Map<String, Documented> documented = documented();
        Map<String, Documented> found = new TreeMap<>();
        exposed.families().forEach((name, family) -> {
            if (name.startsWith("threadwright_") && !isMaximum(name, exposed)) {
                Set<String> labels = new TreeSet<>(family.labels());
                labels.remove("le");
                found.put(name, new Documented(family.type(), labels));
            }
        });
        assertThat(documented).isEqualTo(found);
    }

    @Test
    void theDashboardAsksForWhatThereIs() throws IOException {
        JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
        List<String> expressions = new ArrayList<>();
        for (JsonNode panel : dashboard.get("panels")) {
            for (JsonNode target : panel.path("targets")) {
                expressions.add(target.get("expr").asText());
            }
            if (!panel.get("type").asText().equals("row")) {
                assertThat(panel.path("targets"))
                        .as(panel.get("title").asText())
                        .isNotEmpty();
                assertThat(panel.get("description").asText()).isNotBlank();
            }
        }
        for (JsonNode variable : dashboard.at("/templating/list")) {
            if (variable.get("type").asText().equals("query")) {
                expressions.add(variable.at("/query/query").asText());
            }
        }
        assertThat(expressions).hasSizeGreaterThan(50);
        Set<Integer> ids = new HashSet<>();
        dashboard
                .get("panels")
                .forEach(panel -> assertThat(ids.add(panel.get("id").asInt())).isTrue());
        assertThat(problems(expressions, afterSomeWork())).isEmpty();
    }

    @Test
    void theAlertsWatchWhatThereIsAndSayWhatToDo() throws IOException {
        JsonNode file = new ObjectMapper(new YAMLFactory()).readTree(ALERTS.toFile());
        Set<String> sections = sections(Files.readString(OPERATIONS));
        Set<String> names = new HashSet<>();
        List<String> expressions = new ArrayList<>();
        for (JsonNode group : file.get("groups")) {
            assertThat(group.get("name").asText()).isNotBlank();
            for (JsonNode rule : group.get("rules")) {
                String name = rule.get("alert").asText();
                assertThat(names.add(name)).as(name + " is there once").isTrue();
                assertThat(rule.at("/labels/severity").asText()).as(name).isIn("critical", "warning", "info");
                assertThat(rule.at("/annotations/summary").asText()).as(name).isNotBlank();
                assertThat(rule.at("/annotations/description").asText())
                        .as(name)
                        .isNotBlank();
                String[] runbook = rule.at("/annotations/runbook").asText().split("#");
                assertThat(runbook).as(name).hasSize(2);
                assertThat(runbook[0]).as(name).isEqualTo("docs/operations.md");
                assertThat(sections).as(name).contains(runbook[1]);
                expressions.add(rule.get("expr").asText());
            }
        }
        assertThat(names).hasSizeGreaterThan(15);
        assertThat(problems(expressions, afterSomeWork())).isEmpty();
    }

    private static boolean isMaximum(String name, Exposition exposed) {
        return name.endsWith("_max")
                && exposed.families().containsKey(name.substring(0, name.length() - "_max".length()));
    }

    private static Map<String, Documented> documented() throws IOException {
        Map<String, Documented> documented = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(PAGE));
        while (row.find()) {
            Set<String> labels = new TreeSet<>();
            LABEL.matcher(row.group(3)).results().forEach(label -> labels.add(label.group(1)));
            assertThat(documented.put(row.group(1), new Documented(row.group(2), labels)))
                    .as(row.group(1) + " is there once")
                    .isNull();
        }
        return documented;
    }

    /** Metrics, labels and values of labels that the server does not have. */
    private static List<String> problems(List<String> expressions, Exposition exposed) {
        List<String> problems = new ArrayList<>();
        for (String expression : expressions) {
            PromQl query = PromQl.of(expression);
            assertThat(query.metrics()).as(expression).isNotEmpty();
            for (PromQl.Selector selector : query.selectors()) {
                if (OF_PROMETHEUS.contains(selector.metric())) {
                    continue;
                }
                if (!exposed.has(selector.metric())) {
                    problems.add(selector.metric() + " is not exposed: " + expression);
                    continue;
                }
                selector.matchers().forEach((label, matcher) -> {
                    if (!LABELS_OF_PROMETHEUS.contains(label)
                            && exposed.values(selector.metric(), label).stream().noneMatch(matcher)) {
                        problems.add("No " + selector.metric() + " has such a " + label + ": " + expression);
                    }
                });
            }
            Set<String> labels = new HashSet<>(LABELS_OF_PROMETHEUS);
            query.metrics().forEach(metric -> labels.addAll(exposed.labels(metric)));
            query.groupedBy().stream()
                    .filter(label -> !labels.contains(label))
                    .forEach(label -> problems.add("Nothing has the label " + label + ": " + expression));
        }
        return problems;
    }

    /** As links name them. */
    private static Set<String> sections(String page) {
        Set<String> sections = new HashSet<>();
        Pattern.compile("(?m)^#+ (.+)$")
                .matcher(page)
                .results()
                .forEach(heading -> sections.add(heading.group(1)
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-')));
        return sections;
    }

    /** Counters of events and decisions are there once there is something to count. */
    private Exposition afterSomeWork() {
        decide(thread, "interrupt", "echo").body("outcome", equalTo("started"));
        decide(thread, "interrupt", "delay").statusCode(200);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> scrape().values("threadwright_events_total", "type").stream()
                        .anyMatch(type -> type.startsWith("action.")));
        return scrape();
    }

    private static io.restassured.response.ValidatableResponse decide(String thread, String policy, String workflow) {
        return given().contentType(ContentType.JSON)
                .body("{\"data\":{\"ms\":1,\"text\":\"soon\"},\"policy\":\"%s\",\"workflow\":\"%s\"}"
                        .formatted(policy, workflow))
                .post("/threads/{id}/inputs?wait=completion&timeout=20000", thread)
                .then()
                .statusCode(200);
    }

    private void asks() {
        String name = "asks-" + UUID.randomUUID();
        given().contentType("application/yaml")
                .body("""
                        name: %s
                        start: ask
                        steps:
                          ask: {interrupt: approval_required}
                        """.formatted(name).getBytes(UTF_8))
                .post("/workflows")
                .then()
                .statusCode(201);
        given().contentType(ContentType.JSON)
                .body("{\"data\":{},\"workflow\":\"%s\"}".formatted(name))
                .post("/threads/{id}/inputs?wait=decision&timeout=20000", thread + "-asks")
                .then()
                .statusCode(200);
    }

    private void letterOfRubbish() throws Exception {
        try (Producer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestServers.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("threadwright.input", thread.getBytes(UTF_8), "no JSON".getBytes(UTF_8)))
                    .get(30, TimeUnit.SECONDS);
        }
    }

    private static double grown(Exposition before, Exposition now, String metric, String labels) {
        return now.sum(metric, labels) - before.sum(metric, labels);
    }

    private static Exposition scrape() {
        return Exposition.of(given().accept("text/plain")
                .get("/q/metrics")
                .then()
                .statusCode(200)
                .extract()
                .asString());
    }
}
