package dev.threadwright.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.http.Routes.Route;
import dev.threadwright.live.ProgressFeed;
import dev.threadwright.live.StepProgress;
import dev.threadwright.testing.Readiness;
import dev.threadwright.testing.TestServers;
import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What is one tenant's is not there for another, whichever route it asks: nothing of it is told, and nothing of it changes.
 */
@QuarkusTest
@TestProfile(Tenants.class)
class IsolationTest {

    /** In all that acme has. */
    private static final String MARK = "acme-secret-4711";

    /** What the other tenant says, so that its streams have an end. */
    private static final String OWN = "globex-says-4712";

    private static final String CHANNELS = "{\"channels\": [\"values\"]}";

    /**
     * Each route, asked by the other tenant with the names of acme's: what it is sent, and the status of the answer. Those
     * that answer 200 list what is the other tenant's, or make something of its own under a name that acme uses, too.
     */
    private static final String ROUTES = """
            GET /actions | | 200
            GET /actions/targets | | 200
            GET /actions/{action_id} | | 404
            POST /actions/{action_id}/retry | {} | 404
            POST /actions/{action_id}/complete | {"result": 1} | 404
            POST /actions/{action_id}/fail | {"error": "no"} | 404
            GET /assistants/{assistant_id} | | 404
            PATCH /assistants/{assistant_id} | {"name": "mine"} | 404
            GET /assistants/{assistant_id}/graph | | 404
            GET /assistants/{assistant_id}/schemas | | 404
            GET /assistants/{assistant_id}/subgraphs | | 404
            GET /assistants/{assistant_id}/subgraphs/{namespace} | | 404
            POST /assistants/{assistant_id}/versions | {} | 404
            POST /assistants/{assistant_id}/latest | {"version": 1} | 404
            DELETE /assistants/{assistant_id} | | 404
            POST /assistants/search | {} | 200
            POST /assistants/count | {"metadata": {"mark": "acme-secret-4711"}} | 200 0
            GET /asyncapi | | 200
            GET /audit | | 200
            GET /audit/head | | 200
            GET /audit/verify | | 200
            POST /callbacks/{token} | {} | 404
            POST /callbacks/{token}/failure | {"error": "no"} | 404
            GET /dead-letters | | 200
            GET /dead-letters/{dead_letter_id} | | 404
            POST /dead-letters/{dead_letter_id}/replay | {} | 404
            POST /erasures | {"reason": "none of mine", "thread_ids": ["{thread_id}"]} | 404
            POST /erasures | {"reason": "none of mine", "metadata": {"mark": "acme-secret-4711"}} | 404
            GET /erasures/{erasure_id} | | 404
            GET /info | | 200
            GET /ok | | 200
            GET /interrupts | | 200
            GET /interrupts/{interrupt_id} | | 404
            POST /interrupts/{interrupt_id}/resolve | {"answer": {"ok": true}} | 404
            POST /interrupts/{interrupt_id}/reject | {} | 404
            POST /runs | {"assistant_id": "{assistant_id}"} | 404
            POST /runs/wait | {"assistant_id": "{assistant_id}"} | 404
            POST /runs/stream | {"assistant_id": "{assistant_id}"} | 404
            POST /runs/batch | [{"assistant_id": "{assistant_id}"}] | 404
            POST /runs/cancel | {"thread_id": "{thread_id}", "run_ids": ["{run_id}"]} | 404
            GET /runs/{lone_run_id}/stream | | 404
            POST /runs/crons | {"assistant_id": "{assistant_id}", "schedule": "0 0 1 1 *"} | 404
            PATCH /runs/crons/{cron_id} | {"enabled": false} | 404
            DELETE /runs/crons/{cron_id} | | 404
            POST /runs/crons/search | {} | 200
            POST /runs/crons/count | {} | 200 0
            GET /set-aside | | 200
            GET /set-aside/{thread_id} | | 404
            POST /set-aside/{thread_id}/release | {} | 404
            GET /store/items?namespace=people&key=ann | | 404
            POST /store/items/search | {"namespace_prefix": ["people"]} | 200
            POST /store/namespaces | {} | 200
            DELETE /store/items | {"namespace": ["people"], "key": "ann"} | 204
            PUT /store/items | {"namespace": ["people"], "key": "ann", "value": {"mine": true}} | 204
            GET /threads/{thread_id} | | 404
            PATCH /threads/{thread_id} | {"metadata": {"mine": true}} | 404
            POST /threads/{thread_id}/erase | {"reason": "none of mine"} | 404
            POST /threads/{thread_id}/copy | {} | 404
            DELETE /threads/{thread_id} | | 404
            POST /threads/search | {} | 200
            POST /threads/count | {"metadata": {"mark": "acme-secret-4711"}} | 200 0
            POST /threads/prune | {"thread_ids": ["{thread_id}"]} | 200
            GET /threads/{thread_id}/checkpoints | | 404
            GET /threads/{thread_id}/checkpoints/{checkpoint_id} | | 404
            GET /threads/{thread_id}/events | | 404
            GET /threads/{thread_id}/history | | 404
            POST /threads/{thread_id}/history | {} | 404
            GET /threads/{thread_id}/progress | | 200
            GET /threads/{thread_id}/state | | 404
            GET /threads/{thread_id}/state/{checkpoint_id} | | 404
            POST /threads/{thread_id}/state/checkpoint | {"checkpoint": {"checkpoint_id": "{checkpoint_id}"}} | 404
            POST /threads/{thread_id}/state | {"values": {"mine": true}} | 404
            PATCH /threads/{thread_id}/state | {"metadata": {"mine": true}} | 404
            GET /threads/{thread_id}/stream | | 404
            POST /threads/{thread_id}/stream/events | {"channels": ["values"]} | 404
            GET /threads/{thread_id}/verify | | 404
            GET /threads/{thread_id}/runs | | 404
            POST /threads/{thread_id}/runs | {"assistant_id": "echo"} | 404
            POST /threads/{thread_id}/runs/wait | {"assistant_id": "echo"} | 404
            POST /threads/{thread_id}/runs/stream | {"assistant_id": "echo"} | 404
            GET /threads/{thread_id}/runs/{run_id} | | 404
            DELETE /threads/{thread_id}/runs/{run_id} | | 404
            GET /threads/{thread_id}/runs/{run_id}/join | | 404
            GET /threads/{thread_id}/runs/{run_id}/stream | | 404
            POST /threads/{thread_id}/runs/{run_id}/cancel | | 404
            POST /threads/{thread_id}/runs/crons | {"assistant_id": "{assistant_id}", "schedule": "0 0 1 1 *"} | 404
            POST /threads/{thread_id}/commands | {"id": 1, "method": "state.get"} | 200
            POST /threads/{thread_id}/resume?wait=decision | {"interrupt_id": "{interrupt_id}", "answer": {"ok": true}} | 404
            POST /threads/{thread_id}/steer?wait=decision | {"run_id": "{run_id}", "data": 1} | 404
            POST /threads/{thread_id}/pause?wait=decision | {"run_id": "{run_id}"} | 404
            POST /threads/{thread_id}/unpause?wait=decision | {"run_id": "{run_id}"} | 404
            POST /threads/{thread_id}/compact?wait=decision | {} | 404
            POST /threads/{thread_id}/cancel?wait=decision | {} | 404
            POST /threads/{thread_id}/retry?wait=decision | {} | 404
            POST /threads/{thread_id}/restore?wait=decision | {"checkpoint_id": "{checkpoint_id}"} | 404
            POST /threads/fork-of-another/fork?wait=decision | {"thread_id": "{thread_id}"} | 404
            PATCH /threads/{thread_id}/values?wait=decision | {"values": {"mine": true}} | 404
            POST /threads/{thread_id}/inputs?wait=decision | {"data": {"mine": true}} | 200
            POST /threads | {"thread_id": "{thread_id}", "if_exists": "do_nothing"} | 200
            GET /verify | | 200
            GET /workflows | | 200
            GET /workflows/schema | | 200
            GET /workflows/{name} | | 404
            GET /workflows/{name}/1 | | 404
            POST /workflows/validate | {"name": "x"} | 200
            POST /workflows | {"name": "{name}", "channels": {"mine": "last_write_wins"}, "start": "s", "steps": {"s": {"set": {"mine": "true"}}}} | 201
            POST /assistants | {"assistant_id": "{assistant_id}", "graph_id": "echo"} | 200
            """;

    @Inject
    BeanManager beans;

    @Inject
    AgroalDataSource database;

    @Inject
    ProgressFeed feed;

    @TestHTTPResource("/")
    URI server;

    private TenantClient tenants;

    private record Row(String verb, String path, String body, int status, String exact) {

        static Row of(String line) {
            String[] columns = line.split(" *[|] *", -1);
            String[] route = columns[0].strip().split(" ", 2);
            String[] answer = columns[2].strip().split(" ");
            return new Row(
                    route[0],
                    route[1],
                    columns[1].strip(),
                    Integer.parseInt(answer[0]),
                    answer.length > 1 ? answer[1] : null);
        }

        /** Its route is one that has this form. */
        boolean isOf(Route route) {
            String asked = path.replaceAll("[?].*", "");
            String form = route.path().replaceAll("\\{[^{}]*}", "[^/]+");
            return verb.equals(route.verb()) && asked.matches(form);
        }
    }

    private static List<Row> rows() {
        return ROUTES.lines().map(Row::of).toList();
    }

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
        tenants = new TenantClient(server, database);
    }

    @AfterEach
    void close() throws SQLException {
        tenants.close();
    }

    @Test
    void everyRouteHasARow() {
        List<Row> rows = rows();
        assertThat(Routes.all(beans))
                .allSatisfy(route -> assertThat(rows)
                        .as(route.template() + " has no row: say what another tenant is told there")
                        .anyMatch(row -> row.isOf(route)));
    }

    @Test
    void nothingIsToldAndNothingChanges() throws Exception {
        everythingOfAcme();
        String before = asAcmeSeesIt();
        assertThat(before).contains(MARK);
        List<String> wrong = new ArrayList<>();
        for (Row row : rows()) {
            TenantClient.Answer answer = tenants.send(row.verb(), row.path(), Tenants.GLOBEX, row.body());
            String asked = row.verb() + " " + row.path();
            if (row.status() != answer.status()) {
                wrong.add(asked + ": " + answer);
            }
            if (answer.body().contains(MARK)) {
                wrong.add(asked + " tells what is acme's: " + answer);
            }
            if (row.exact() != null && !answer.body().equals(row.exact())) {
                wrong.add(asked + " counts what is acme's: " + answer);
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(asAcmeSeesIt()).isEqualTo(before);
    }

    /** So that a 404 above is one for want of the right, and not of the thing. */
    @Test
    void whoseItIsFindsIt() throws Exception {
        everythingOfAcme();
        for (Row row : rows()) {
            if (row.verb().equals("GET") && row.status() == 404 && !row.path().contains("{namespace}")) {
                assertThat(tenants.send(row.verb(), row.path(), Tenants.ACME, "")
                                .status())
                        .as(row.path())
                        .isEqualTo(200);
            }
        }
    }

    /** Over each way to follow a thread: by acme what acme says is told, so it is no want of anything that keeps it from globex. */
    @Test
    void streamsOfTwoThreadsOfOneNameTellEachTenantItsOwn() throws Exception {
        tenants.name("thread_id", "followed-" + UUID.randomUUID());
        say(Tenants.ACME, "first");
        say(Tenants.GLOBEX, "first");
        try (HttpClient client = HttpClient.newHttpClient();
                SseReader acmes = SseReader.open(client, stream(Tenants.ACME));
                SseReader globexs = SseReader.open(client, stream(Tenants.GLOBEX));
                SseReader acmesEvents = SseReader.open(client, events(Tenants.ACME));
                SseReader globexsEvents = SseReader.open(client, events(Tenants.GLOBEX));
                SocketReader acmesSocket = SocketReader.open(client, socket(), Tenants.ACME);
                SocketReader globexsSocket = SocketReader.open(client, socket(), Tenants.GLOBEX)) {
            acmesSocket.command("subscription.subscribe", CHANNELS);
            globexsSocket.command("subscription.subscribe", CHANNELS);
            say(Tenants.ACME, MARK);
            say(Tenants.GLOBEX, OWN);
            assertThat(until(acmes, MARK)).contains(MARK);
            assertThat(until(globexs, OWN)).contains(OWN).doesNotContain(MARK);
            assertThat(until(acmesEvents, MARK)).contains(MARK);
            assertThat(until(globexsEvents, OWN)).contains(OWN).doesNotContain(MARK);
            acmesSocket.await(text -> text.contains(MARK));
            globexsSocket.await(text -> text.contains(OWN));
            assertThat(globexsSocket.events()).noneMatch(text -> text.contains(MARK));
        }
    }

    /** What is said live: that each hears its own shows that it listens, and what is the other's was said before. */
    @Test
    void progressOfTwoThreadsOfOneNameIsToldToEachTenantAlone() throws Exception {
        String thread = "watched-" + UUID.randomUUID();
        tenants.name("thread_id", thread);
        try (HttpClient client = HttpClient.newHttpClient();
                SseReader acmes = SseReader.open(client, progress(Tenants.ACME));
                SseReader globexs = SseReader.open(client, progress(Tenants.GLOBEX))) {
            for (var listening : List.of(told(acmes, "listens"), told(globexs, "listens"))) {
                await().atMost(Duration.ofSeconds(30)).until(() -> {
                    tell("acme", thread, "acme listens");
                    tell("globex", thread, "globex listens");
                    return listening.isDone();
                });
            }
            tell("acme", thread, MARK);
            assertThat(until(acmes, MARK)).doesNotContain("globex");
            tell("globex", thread, OWN);
            assertThat(until(globexs, OWN)).doesNotContain("acme");
        }
    }

    private void tell(String tenant, String thread, String what) {
        feed.tell(new StepProgress(
                new ThreadKey(tenant, thread), new RunId("r"), "s", new ActionId("a"), 1, Json.of(what)));
    }

    private HttpRequest progress(String key) {
        return Tenants.request(tenants.resolve("/threads/{thread_id}/progress"), key)
                .header("Accept", "text/event-stream")
                .build();
    }

    private void say(String key, String text) {
        assertThat(tenants.send(
                                "POST",
                                "/threads/{thread_id}/inputs?wait=completion",
                                key,
                                "{\"workflow\": \"echo\", \"data\": {\"text\": \"" + text + "\"}}")
                        .status())
                .isEqualTo(200);
    }

    private HttpRequest stream(String key) {
        return Tenants.request(tenants.resolve("/threads/{thread_id}/stream?stream_mode=run_modes"), key)
                .header("Accept", "text/event-stream")
                .header("Last-Event-ID", "-1")
                .build();
    }

    private HttpRequest events(String key) {
        return Tenants.request(tenants.resolve("/threads/{thread_id}/stream/events"), key)
                .header("Accept", "text/event-stream")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(CHANNELS))
                .build();
    }

    private URI socket() {
        return URI.create(
                tenants.resolve("/threads/{thread_id}/stream/events").toString().replaceFirst("http", "ws"));
    }

    /** What the stream tells, to the first that has this in it. */
    private static String until(SseReader stream, String end) throws Exception {
        return told(stream, end).get(30, TimeUnit.SECONDS);
    }

    private static CompletableFuture<String> told(SseReader stream, String end) {
        assertThat(stream.status()).isEqualTo(200);
        CompletableFuture<String> told = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            StringBuilder all = new StringBuilder();
            SseReader.Frame frame;
            do {
                frame = stream.next();
                all.append(frame == null ? "" : frame.data()).append('\n');
            } while (frame != null && all.indexOf(end) < 0);
            told.complete(all.toString());
        });
        return told;
    }

    /** What acme has: something for every name in the table. */
    private void everythingOfAcme() throws Exception {
        String thread = "of-acme-" + UUID.randomUUID();
        String workflow = "acmes-" + UUID.randomUUID();
        tenants.name("thread_id", thread);
        tenants.name("name", workflow);
        tenants.name("token", "made-up");
        tenants.name("namespace", "s");
        tenants.name("assistant_id", UUID.randomUUID().toString());
        tenants.expect("POST", "/workflows", """
                {"name": "%s", "description": "%s", "channels": {"receipt": "last_write_wins"}, "start": "pay",
                 "steps": {"pay": {"work": "acmes-charge", "input": "{'mark': input.mark}",
                                   "result": {"receipt": "result"}, "timeout": "1h"}}}
                """.formatted(workflow, MARK), 201);
        tenants.expect("POST", "/assistants", """
                {"assistant_id": "{assistant_id}", "graph_id": "echo", "name": "%s", "metadata": {"mark": "%s"}}
                """.formatted(MARK, MARK), 200);
        tenants.expect("POST", "/threads", """
                {"thread_id": "{thread_id}", "metadata": {"mark": "%s"}}""".formatted(MARK), 200);
        Json.Obj run = tenants.expect("POST", "/threads/{thread_id}/runs", """
                {"assistant_id": "ask-twice", "input": {"mark": "%s"}}""".formatted(MARK), 200);
        tenants.name("run_id", TenantClient.text(run, "run_id"));
        tenants.name(
                "lone_run_id", TenantClient.text(tenants.expect("POST", "/runs", """
                {"assistant_id": "echo", "input": {"mark": "%s"}, "on_completion": "keep"}""".formatted(MARK), 200), "run_id"));
        tenants.expect("POST", "/threads", "{\"thread_id\": \"erased-{thread_id}\"}", 200);
        tenants.name(
                "erasure_id",
                TenantClient.text(tenants.expect("POST", "/erasures", """
                {"reason": "%s", "thread_ids": ["erased-{thread_id}"]}""".formatted(MARK), 202), "erasure_id"));
        tenants.name(
                "interrupt_id", tenants.awaited("/interrupts?thread_id={thread_id}", "interrupts", "interrupt_id"));
        tenants.name(
                "checkpoint_id", tenants.awaited("/threads/{thread_id}/checkpoints", "checkpoints", "checkpoint_id"));
        String other = "working-" + thread;
        tenants.expect("POST", "/threads/" + other + "/inputs?wait=decision", """
                {"workflow": "{name}", "data": {"mark": "%s"}}""".formatted(MARK), 200);
        tenants.name("action_id", tenants.awaited("/actions?thread_id=" + other, "actions", "action_id"));
        Json.Obj cron = tenants.expect("POST", "/runs/crons", """
                {"assistant_id": "echo", "schedule": "0 0 1 1 *", "input": {"mark": "%s"}}""".formatted(MARK), 200);
        tenants.name("cron_id", TenantClient.text(cron, "cron_id"));
        tenants.expect("PUT", "/store/items", """
                {"namespace": ["people"], "key": "ann", "value": {"mark": "%s"}}""".formatted(MARK), 204);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestServers.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            "tenants.input.acme", thread.getBytes(UTF_8), ("{no JSON: " + MARK).getBytes(UTF_8)))
                    .get(30, TimeUnit.SECONDS);
        }
        tenants.name(
                "dead_letter_id",
                tenants.awaited("/dead-letters?thread_id={thread_id}", "dead_letters", "dead_letter_id"));
        tenants.setAside(thread, MARK);
        // For the audit log: nobody's data are in it, but whoever looks for something says its name.
        tenants.send("GET", "/set-aside/" + MARK + "-" + thread, Tenants.ACME, "");
    }

    private String asAcmeSeesIt() {
        StringBuilder all = new StringBuilder();
        for (String path : List.of(
                "/threads/{thread_id}",
                "/threads/{thread_id}/events",
                "/threads/{thread_id}/state",
                "/threads/{thread_id}/checkpoints",
                "/threads/{thread_id}/runs",
                "/threads/working-{thread_id}/events",
                "/interrupts/{interrupt_id}",
                "/actions/{action_id}",
                "/assistants/{assistant_id}",
                "/dead-letters/{dead_letter_id}",
                "/set-aside/{thread_id}",
                "/audit?thread_id=" + MARK + "-{thread_id}",
                "/store/items?namespace=people&key=ann",
                "/workflows/{name}")) {
            TenantClient.Answer answer = tenants.send("GET", path, Tenants.ACME, "");
            assertThat(answer.status()).as(path + " " + answer).isEqualTo(200);
            all.append(path).append('\n').append(answer.body()).append('\n');
        }
        // How far it is changes by itself.
        all.append(TenantClient.text(tenants.expect("GET", "/erasures/{erasure_id}", "", 200), "reason"));
        return all.append(tenants.send("POST", "/runs/crons/search", Tenants.ACME, "{}")
                        .body())
                .toString();
    }
}
