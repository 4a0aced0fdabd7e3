package dev.threadwright.ending;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.threadwright.json.JsonText;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.testing.TestDatabase;
import dev.threadwright.testing.TestServers;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A worker over a real Postgres, and a real HTTP server that it tells; time is told to it. */
class EndingWorkerTest {

    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private static final ThreadKey THREAD = new ThreadKey("default", "t");
    private static final int MAX_ATTEMPTS = 3;
    private static final long TIMEOUT_MS = 20_000;
    private static final long SHORT_TIMEOUT_MS = 500;

    private static TestDatabase database;
    private static Vertx vertx;

    private final List<Map<String, String>> received = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final List<ThreadKey> deleted = new CopyOnWriteArrayList<>();
    private final CountDownLatch slow = new CountDownLatch(1);
    private final List<AutoCloseable> open = new ArrayList<>();
    private Optional<Json.Obj> run =
            Optional.of((Json.Obj) JsonText.parse("{\"run_id\":\"r1\",\"status\":\"success\"}"));
    private RuntimeException undeletable;
    private volatile int status = 200;
    private volatile long nowMs = 1_700_000_000_000L;
    private HttpServer server;

    @BeforeAll
    static void createDatabase() {
        database = TestDatabase.migrated("leg_endings");
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void closeVertx() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @BeforeEach
    void open() throws IOException, SQLException {
        database.sql("truncate leg_ending");
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void close() throws Exception {
        slow.countDown();
        server.stop(0);
        for (AutoCloseable one : open) {
            one.close();
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        Map<String, String> headers = new HashMap<>();
        exchange.getRequestHeaders().forEach((name, values) -> headers.put(name.toLowerCase(), values.getFirst()));
        headers.put("path", exchange.getRequestURI().toString());
        headers.put("method", exchange.getRequestMethod());
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        bodies.add(body);
        received.add(headers);
        if (exchange.getRequestURI().getPath().equals("/slow")) {
            try {
                slow.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        exchange.getResponseHeaders().add("location", url("/elsewhere"));
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private EndingWorker worker(WebhookAddresses addresses) {
        return worker(addresses, TIMEOUT_MS);
    }

    private EndingWorker worker(WebhookAddresses addresses, long timeoutMs) {
        WebhookClient client = new WebhookClient(vertx, timeoutMs);
        EndingWorker worker = new EndingWorker(
                new Endings(database.source(), Sealing.none()),
                (thread, leg) -> CompletableFuture.completedFuture(run),
                this::delete,
                new Webhooks(addresses, client, new WebhookSignature(SECRET)),
                MAX_ATTEMPTS,
                () -> nowMs,
                RandomGenerator.of("L64X128MixRandom"));
        open.add(worker);
        open.add(client);
        return worker;
    }

    private EndingWorker worker() {
        return worker(new WebhookAddresses(true));
    }

    private CompletionStage<Void> delete(ThreadKey thread) {
        if (undeletable != null) {
            return CompletableFuture.failedFuture(undeletable);
        }
        deleted.add(thread);
        return CompletableFuture.completedFuture(null);
    }

    private void due(String leg, String ending) throws SQLException {
        database.sql(
                "insert into leg_ending (ended_at_ms, due_at_ms, tenant, thread, leg, ending) values (%d, %d, 'default', 't', '%s', '%s')"
                        .formatted(nowMs, nowMs, leg, ending));
    }

    private void dueWebhook(String leg, String path) throws SQLException {
        due(leg, "{\"webhook\":\"" + url(path) + "\"}");
    }

    private static void turn(EndingWorker worker) throws SQLException {
        worker.turn().forEach(CompletableFuture::join);
    }

    private static List<String> rows() throws SQLException {
        return database.rows("select leg || ' ' || attempts || ' ' || ending from leg_ending order by leg");
    }

    private static long dueAtMs() throws SQLException {
        return Long.parseLong(database.rows("select due_at_ms from leg_ending").getFirst());
    }

    @Test
    void whoever_gave_an_address_is_told_and_can_verify_it() throws SQLException {
        dueWebhook("r1", "/hook?for=me");
        EndingWorker worker = worker();
        turn(worker);
        assertThat(bodies)
                .containsExactly(
                        "{\"run_id\":\"r1\",\"status\":\"success\"," + "\"webhook_sent_at\":\"2023-11-14T22:13:20Z\"}");
        Map<String, String> headers = received.getFirst();
        assertThat(headers)
                .containsEntry("method", "POST")
                .containsEntry("path", "/hook?for=me")
                .containsEntry("content-type", "application/json")
                .containsEntry("webhook-id", "run_r1")
                .containsEntry("webhook-timestamp", "1700000000")
                .containsEntry("host", "127.0.0.1:" + server.getAddress().getPort());
        assertThat(headers.get("webhook-signature"))
                .isEqualTo(new WebhookSignature(SECRET)
                        .of("run_r1", 1_700_000_000L, bodies.getFirst().getBytes(StandardCharsets.UTF_8)));
        assertThat(rows()).isEmpty();
        assertThat(worker.counts()).isEqualTo(new EndingCounts(1, 0, 0, 0));
    }

    @Test
    void what_fails_is_tried_again_later_each_time_and_given_up_in_the_end() throws SQLException {
        dueWebhook("r1", "/hook");
        status = 503;
        EndingWorker worker = worker();
        for (int attempt = 1; attempt < MAX_ATTEMPTS; attempt++) {
            turn(worker);
            assertThat(received).hasSize(attempt);
            long longest = Retries.FIRST_MS << (attempt - 1);
            assertThat(dueAtMs() - nowMs).isBetween(longest / 2, longest);
            turn(worker);
            assertThat(received).as("not before its time").hasSize(attempt);
            nowMs = dueAtMs();
        }
        turn(worker);
        assertThat(received)
                .hasSize(MAX_ATTEMPTS)
                .allSatisfy(one -> assertThat(one).containsEntry("webhook-id", "run_r1"));
        assertThat(rows()).isEmpty();
        assertThat(worker.counts()).isEqualTo(new EndingCounts(0, MAX_ATTEMPTS - 1, 1, 0));
    }

    @Test
    void what_failed_once_is_delivered_when_it_works_again() throws SQLException {
        dueWebhook("r1", "/hook");
        status = 500;
        EndingWorker worker = worker();
        turn(worker);
        status = 204;
        nowMs = dueAtMs();
        turn(worker);
        assertThat(rows()).isEmpty();
        assertThat(worker.counts()).isEqualTo(new EndingCounts(1, 1, 0, 0));
    }

    @Test
    void who_is_gone_is_told_no_more() throws SQLException {
        dueWebhook("r1", "/hook");
        status = 410;
        EndingWorker worker = worker();
        turn(worker);
        assertThat(rows()).isEmpty();
        assertThat(worker.counts()).isEqualTo(new EndingCounts(0, 0, 1, 0));
    }

    @Test
    void redirects_are_not_followed() throws SQLException {
        dueWebhook("r1", "/hook");
        status = 307;
        turn(worker());
        assertThat(received).extracting(one -> one.get("path")).containsExactly("/hook");
        assertThat(rows()).hasSize(1);
    }

    @Test
    void who_answers_too_slowly_has_not_answered() throws SQLException {
        dueWebhook("r1", "/slow");
        EndingWorker worker = worker(new WebhookAddresses(true), SHORT_TIMEOUT_MS);
        turn(worker);
        assertThat(rows()).hasSize(1);
        assertThat(worker.counts()).isEqualTo(new EndingCounts(0, 1, 0, 0));
    }

    @Test
    void nobody_there_is_a_failure_like_any_other() throws SQLException {
        due("r1", "{\"webhook\":\"http://127.0.0.1:" + TestServers.freePort() + "/\"}");
        EndingWorker worker = worker();
        turn(worker);
        assertThat(worker.counts()).isEqualTo(new EndingCounts(0, 1, 0, 0));
    }

    @Test
    void a_server_that_dies_between_taking_and_telling_only_delays_it() throws SQLException {
        dueWebhook("r1", "/hook");
        assertThat(new Endings(database.source(), Sealing.none()).take(10, nowMs, nowMs + EndingWorker.HOLD_MS))
                .hasSize(1);
        EndingWorker worker = worker();
        turn(worker);
        assertThat(received).isEmpty();
        nowMs += EndingWorker.HOLD_MS;
        turn(worker);
        assertThat(received).hasSize(1);
        assertThat(rows()).isEmpty();
    }

    @Test
    void who_was_thought_dead_settles_nothing_that_another_has_taken() throws SQLException {
        dueWebhook("r1", "/hook");
        Endings endings = new Endings(database.source(), Sealing.none());
        Ending first = endings.take(10, nowMs, nowMs + 10).getFirst();
        Ending second = endings.take(10, nowMs + 10, nowMs + 20).getFirst();
        endings.done(first);
        endings.again(first, 0);
        assertThat(endings.told(first)).isNull();
        assertThat(dueAtMs()).isEqualTo(second.heldUntilMs());
        endings.done(second);
        assertThat(rows()).isEmpty();
    }

    @Test
    void two_workers_tell_each_once() throws SQLException {
        int many = 2 * EndingWorker.MAX_AT_ONCE;
        for (int i = 0; i < many; i++) {
            dueWebhook("r" + i, "/hook");
        }
        EndingWorker one = worker();
        EndingWorker other = worker();
        List<CompletableFuture<Void>> begun = new ArrayList<>(one.turn());
        begun.addAll(other.turn());
        assertThat(begun).hasSize(many);
        begun.forEach(CompletableFuture::join);
        assertThat(received.stream().map(each -> each.get("webhook-id")))
                .hasSize(many)
                .doesNotHaveDuplicates();
        assertThat(rows()).isEmpty();
    }

    @Test
    void no_more_are_taken_than_can_be_seen_to() throws SQLException {
        for (int i = 0; i <= EndingWorker.MAX_AT_ONCE; i++) {
            dueWebhook("r" + i, "/hook");
        }
        EndingWorker worker = worker();
        turn(worker);
        assertThat(rows()).hasSize(1);
        turn(worker);
        assertThat(rows()).isEmpty();
    }

    @Test
    void what_is_not_public_is_not_sent_to() throws SQLException {
        dueWebhook("r1", "/hook");
        EndingWorker worker = worker(new WebhookAddresses(false));
        turn(worker);
        assertThat(received).isEmpty();
        assertThat(rows()).isEmpty();
        assertThat(worker.counts()).isEqualTo(new EndingCounts(0, 0, 1, 0));
    }

    @Test
    void a_name_that_has_come_to_lead_inside_is_not_sent_to() throws SQLException {
        due("r1", "{\"webhook\":\"http://rebound.example:" + server.getAddress().getPort() + "/hook\"}");
        EndingWorker worker = worker(new WebhookAddresses(false, host -> List.of(InetAddress.ofLiteral("127.0.0.1"))));
        turn(worker);
        assertThat(received).isEmpty();
        assertThat(worker.counts().givenUp()).isEqualTo(1);
    }

    @Test
    void the_connection_goes_to_the_address_that_was_checked_under_the_hosts_name() throws SQLException {
        int port = server.getAddress().getPort();
        due("r1", "{\"webhook\":\"http://pinned.example:" + port + "/hook\"}");
        turn(worker(new WebhookAddresses(true, host -> List.of(InetAddress.ofLiteral("127.0.0.1")))));
        assertThat(received).extracting(one -> one.get("host")).containsExactly("pinned.example:" + port);
    }

    @Test
    void a_run_that_is_no_longer_there_is_told_to_nobody() throws SQLException {
        run = Optional.empty();
        dueWebhook("r1", "/hook");
        turn(worker());
        assertThat(received).isEmpty();
        assertThat(rows()).isEmpty();
    }

    @Test
    void a_thread_that_was_for_the_run_alone_goes_after_somebody_was_told() throws SQLException {
        due("r1", "{\"webhook\":\"" + url("/hook") + "\",\"delete\":true}");
        EndingWorker worker = worker();
        status = 500;
        turn(worker);
        assertThat(deleted).isEmpty();
        status = 200;
        nowMs = dueAtMs();
        turn(worker);
        assertThat(deleted).containsExactly(THREAD);
        assertThat(rows()).isEmpty();
        assertThat(worker.counts()).isEqualTo(new EndingCounts(1, 1, 0, 1));
    }

    @Test
    void a_deletion_that_fails_is_tried_again_and_nobody_told_twice() throws SQLException {
        due("r1", "{\"webhook\":\"" + url("/hook") + "\",\"delete\":true}");
        undeletable = new IllegalStateException("not now");
        EndingWorker worker = worker();
        turn(worker);
        assertThat(rows()).containsExactly("r1 1 {\"delete\":true}");
        undeletable = null;
        nowMs = dueAtMs();
        turn(worker);
        assertThat(received).hasSize(1);
        assertThat(deleted).containsExactly(THREAD);
        assertThat(rows()).isEmpty();
    }

    @Test
    void the_thread_goes_even_if_nobody_could_be_told() throws SQLException {
        due("r1", "{\"webhook\":\"" + url("/hook") + "\",\"delete\":true}");
        status = 410;
        turn(worker());
        assertThat(deleted).containsExactly(THREAD);
        assertThat(rows()).isEmpty();
    }

    @Test
    void what_is_not_understood_is_not_kept_for_ever() throws SQLException {
        due("r1", "[]");
        turn(worker());
        assertThat(rows()).isEmpty();
    }

    @Test
    void waits_grow_up_to_a_longest_one() {
        Retries retries = new Retries(100);
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        assertThat(retries.waitMs(1, random)).isBetween(1_000L, 2_000L);
        assertThat(retries.waitMs(5, random)).isBetween(16_000L, 32_000L);
        assertThat(retries.waitMs(12, random)).isBetween(1_800_000L, Retries.LONGEST_MS);
        assertThat(retries.waitMs(99, random)).isBetween(1_800_000L, Retries.LONGEST_MS);
        assertThat(new Retries(1).isLast(1)).isTrue();
    }
}
