package dev.threadwright.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.http.Routes.Route;
import dev.threadwright.json.JsonText;
import dev.threadwright.testing.TestServers;
import dev.threadwright.workflow.Json;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
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

    /** How long a stream is listened to that should tell nothing; milliseconds. */
    private static final long SILENCE_MS = 300;

    /**
     * Each route, asked by the other tenant with the names of acme's: what it is sent, and the statuses that may answer. Those
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
            POST /threads/prune | {"thread_ids": ["{thread_id}"]} | 200 404
            GET /threads/{thread_id}/checkpoints | | 404
            GET /threads/{thread_id}/checkpoints/{checkpoint_id} | | 404
            GET /threads/{thread_id}/events | | 404
            GET /threads/{thread_id}/history | | 404
            POST /threads/{thread_id}/history | {} | 404
            GET /threads/{thread_id}/progress | | 200 404
            GET /threads/{thread_id}/state | | 404
            GET /threads/{thread_id}/state/{checkpoint_id} | | 404
            POST /threads/{thread_id}/state/checkpoint | {"checkpoint": {"checkpoint_id": "{checkpoint_id}"}} | 404
            POST /threads/{thread_id}/state | {"values": {"mine": true}} | 404
            PATCH /threads/{thread_id}/state | {"metadata": {"mine": true}} | 404
            GET /threads/{thread_id}/stream | | 200 404
            POST /threads/{thread_id}/stream/events | {"channels": ["values"]} | 200 404
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
            POST /threads/{thread_id}/resume?wait=decision | {"interrupt_id": "{interrupt_id}", "answer": {"ok": true}} | 404 409 422
            POST /threads/{thread_id}/steer?wait=decision | {"run_id": "{run_id}", "data": 1} | 404 409 422
            POST /threads/{thread_id}/pause?wait=decision | {"run_id": "{run_id}"} | 404 409 422
            POST /threads/{thread_id}/unpause?wait=decision | {"run_id": "{run_id}"} | 404 409 422
            POST /threads/{thread_id}/compact?wait=decision | {} | 404 409 422
            POST /threads/{thread_id}/cancel?wait=decision | {} | 200 404 409
            POST /threads/{thread_id}/retry?wait=decision | {} | 404 409 422
            POST /threads/{thread_id}/restore?wait=decision | {"checkpoint_id": "{checkpoint_id}"} | 404 409 422
            POST /threads/fork-of-another/fork?wait=decision | {"thread_id": "{thread_id}"} | 404 409 422
            PATCH /threads/{thread_id}/values?wait=decision | {"values": {"mine": true}} | 200 404 409 422
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

    @TestHTTPResource("/")
    URI server;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, String> names = new HashMap<>();

    private record Row(String verb, String path, String body, Set<Integer> statuses, String exact) {

        static Row of(String line) {
            String[] columns = line.split(" *[|] *", -1);
            String[] route = columns[0].strip().split(" ", 2);
            Set<Integer> statuses = new HashSet<>();
            String exact = null;
            for (String word : columns[2].strip().split(" ")) {
                if (word.equals("0")) {
                    exact = word;
                } else {
                    statuses.add(Integer.parseInt(word));
                }
            }
            return new Row(route[0], route[1], columns[1].strip(), statuses, exact);
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
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(
                                send("GET", "/q/health/ready", null, "").status())
                        .isEqualTo(200));
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
            Answer answer = send(row.verb(), filled(row.path()), Tenants.GLOBEX, filled(row.body()));
            String asked = row.verb() + " " + row.path();
            if (!row.statuses().contains(answer.status())) {
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
            if (row.verb().equals("GET")
                    && row.statuses().equals(Set.of(404))
                    && !row.path().contains("{namespace}")) {
                assertThat(send(row.verb(), filled(row.path()), Tenants.ACME, "")
                                .status())
                        .as(row.path())
                        .isEqualTo(200);
            }
        }
    }

    /** What acme has: something for every name in the table. */
    private void everythingOfAcme() throws Exception {
        String thread = "of-acme-" + UUID.randomUUID();
        String workflow = "acmes-" + UUID.randomUUID();
        names.put("thread_id", thread);
        names.put("name", workflow);
        names.put("token", "made-up");
        names.put("namespace", "s");
        names.put("assistant_id", UUID.randomUUID().toString());
        acme("POST", "/workflows", """
                {"name": "%s", "description": "%s", "channels": {"receipt": "last_write_wins"}, "start": "pay",
                 "steps": {"pay": {"work": "acmes-charge", "input": "{'mark': input.mark}",
                                   "result": {"receipt": "result"}, "timeout": "1h"}}}
                """.formatted(workflow, MARK), 201);
        acme("POST", "/assistants", """
                {"assistant_id": "{assistant_id}", "graph_id": "echo", "name": "%s", "metadata": {"mark": "%s"}}
                """.formatted(MARK, MARK), 200);
        acme("POST", "/threads", """
                {"thread_id": "{thread_id}", "metadata": {"mark": "%s"}}""".formatted(MARK), 200);
        Json.Obj run = acme("POST", "/threads/{thread_id}/runs", """
                {"assistant_id": "ask-twice", "input": {"mark": "%s"}}""".formatted(MARK), 200);
        names.put("run_id", text(run, "run_id"));
        names.put("lone_run_id", text(acme("POST", "/runs", """
                {"assistant_id": "echo", "input": {"mark": "%s"}, "on_completion": "keep"}""".formatted(MARK), 200), "run_id"));
        acme("POST", "/threads", "{\"thread_id\": \"erased-{thread_id}\"}", 200);
        names.put("erasure_id", text(acme("POST", "/erasures", """
                {"reason": "%s", "thread_ids": ["erased-{thread_id}"]}""".formatted(MARK), 202), "erasure_id"));
        names.put("interrupt_id", awaited("/interrupts?thread_id={thread_id}", "interrupts", "interrupt_id"));
        names.put("checkpoint_id", awaited("/threads/{thread_id}/checkpoints", "checkpoints", "checkpoint_id"));
        String other = "working-" + thread;
        acme("POST", "/threads/" + other + "/inputs?wait=decision", """
                {"workflow": "{name}", "data": {"mark": "%s"}}""".formatted(MARK), 200);
        names.put("action_id", awaited("/actions?thread_id=" + other, "actions", "action_id"));
        Json.Obj cron = acme("POST", "/runs/crons", """
                {"assistant_id": "echo", "schedule": "0 0 1 1 *", "input": {"mark": "%s"}}""".formatted(MARK), 200);
        names.put("cron_id", text(cron, "cron_id"));
        acme("PUT", "/store/items", """
                {"namespace": ["people"], "key": "ann", "value": {"mark": "%s"}}""".formatted(MARK), 204);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestServers.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(
                            "tenants.input.acme", thread.getBytes(UTF_8), ("{no JSON: " + MARK).getBytes(UTF_8)))
                    .get(30, TimeUnit.SECONDS);
        }
        names.put("dead_letter_id", awaited("/dead-letters?thread_id={thread_id}", "dead_letters", "dead_letter_id"));
        setAside(thread);
        // For the audit log: nobody's data are in it, but whoever looks for something says its name.
        send("GET", "/set-aside/" + MARK + "-" + thread, Tenants.ACME, "");
    }

    /** As the owner of its partition notes it down. */
    private void setAside(String thread) throws Exception {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into thread_set_aside"
                                + " (since_ms, partition, tenant, thread, id, cause, error) values (1, 0, 'acme', ?, ?, 'failed', ?)")) {
            insert.setString(1, thread);
            insert.setString(2, UUID.randomUUID().toString());
            insert.setString(3, MARK);
            insert.executeUpdate();
        }
    }

    private String asAcmeSeesIt() {
        StringBuilder all = new StringBuilder();
        for (String path : List.of(
                "/threads/{thread_id}",
                "/threads/{thread_id}/events",
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
            Answer answer = send("GET", filled(path), Tenants.ACME, "");
            assertThat(answer.status()).as(path + " " + answer).isEqualTo(200);
            all.append(path).append('\n').append(answer.body()).append('\n');
        }
        return all.append(send("POST", "/runs/crons/search", Tenants.ACME, "{}").body())
                .toString();
    }

    private Json.Obj acme(String verb, String path, String body, int status) {
        Answer answer = send(verb, filled(path), Tenants.ACME, filled(body));
        assertThat(answer.status()).as(verb + " " + path + " " + answer).isEqualTo(status);
        return !answer.body().isEmpty() && JsonText.parse(answer.body()) instanceof Json.Obj fields
                ? fields
                : Json.EMPTY_OBJECT;
    }

    /** Of the first that is listed, as soon as one is. */
    private String awaited(String path, String list, String field) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> JsonText.parse(send("GET", filled(path), Tenants.ACME, "")
                                                        .body())
                                                instanceof Json.Obj page
                                        && page.get(list) instanceof Json.Arr(List<Json> items)
                                        && !items.isEmpty()
                                        && items.getFirst() instanceof Json.Obj first
                                ? text(first, field)
                                : "",
                        found -> !found.isEmpty());
    }

    private static String text(Json.Obj fields, String name) {
        return fields.get(name) instanceof Json.Text(String text) ? text : "";
    }

    private String filled(String text) {
        String filled = text;
        for (Map.Entry<String, String> name : names.entrySet()) {
            filled = filled.replace("{" + name.getKey() + "}", name.getValue());
        }
        return filled;
    }

    private record Answer(int status, String body) {}

    private Answer send(String verb, String path, String key, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(server.toString().replaceAll("/$", "") + path))
                .timeout(Duration.ofSeconds(40))
                .header("Content-Type", "application/json")
                .header("Accept", accept(verb, path))
                .method(verb, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (key != null) {
            request.header("X-Api-Key", key);
        }
        try {
            HttpResponse<InputStream> answer = client.send(request.build(), BodyHandlers.ofInputStream());
            boolean isStream =
                    answer.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
            return new Answer(answer.statusCode(), isStream ? said(answer.body()) : all(answer.body()));
        } catch (IOException e) {
            throw new UncheckedIOException(verb + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String accept(String verb, String path) {
        boolean isStream = path.contains("/stream") || path.endsWith("/progress");
        return isStream && !path.contains("/store") ? "text/event-stream" : "application/json, */*;q=0.9";
    }

    private static String all(InputStream body) throws IOException {
        try (body) {
            return new String(body.readAllBytes(), UTF_8);
        }
    }

    /** What a stream tells before it falls silent. */
    private static String said(InputStream stream) throws IOException, InterruptedException {
        StringBuilder said = new StringBuilder();
        try (stream) {
            while (true) {
                CompletableFuture<byte[]> next = new CompletableFuture<>();
                Thread.ofVirtual().start(() -> {
                    byte[] bytes = new byte[8192];
                    try {
                        int read = stream.read(bytes);
                        next.complete(read < 0 ? null : java.util.Arrays.copyOf(bytes, read));
                    } catch (IOException e) {
                        next.completeExceptionally(e);
                    }
                });
                byte[] bytes = next.get(SILENCE_MS, TimeUnit.MILLISECONDS);
                if (bytes == null) {
                    return said.toString();
                }
                said.append(new String(bytes, UTF_8));
            }
        } catch (TimeoutException silent) {
            return said.toString();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }
}
