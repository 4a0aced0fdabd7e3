package dev.threadwright.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.http.Routes.Route;
import dev.threadwright.json.JsonText;
import dev.threadwright.security.Role;
import dev.threadwright.testing.Readiness;
import dev.threadwright.testing.TestServers;
import dev.threadwright.workflow.Json;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.vertx.ext.web.Router;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who asks, and what they may. */
@QuarkusTest
@TestProfile(Tenants.class)
class IdentityTest {

    private static final Path PAGE = Path.of("docs", "identity.md");
    private static final String BEGIN = "<!-- roles: made from the routes by IdentityTest -->\n";
    private static final String END = "<!-- end of roles -->\n";

    @Inject
    BeanManager beans;

    @Inject
    Router router;

    @TestHTTPResource("/")
    URI server;

    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/info",
                "/threads/x",
                "/actions",
                "/q/metrics",
                "/nothing/here",
                "/callbacks",
                "/okay",
                "/ok/x",
                "/callbacks/../threads/x",
                "/q/health/../metrics",
                "//threads/x",
                "/q/arc"
            })
    void whoDoesNotSayWhoTheyAreIsRefused(String path) throws Exception {
        HttpResponse<String> answer = get(path);
        assertProblem(answer, 401, "unauthenticated");
        assertThat(answer.headers().firstValue("WWW-Authenticate"))
                .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Bearer"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-Api-Key      | tw_nobody's",
                "X-Api-Key      | tw_acme-may-everythin",
                "X-Api-Key      | tw_acme-may-everything2",
                "Authorization  | Bearer tw_nobody's",
                "Authorization  | tw_acme-may-everything",
                "Authorization  | Basic dHdfYWNtZS1tYXktZXZlcnl0aGluZw==",
                "Authorization  | Bearer",
            })
    void wrongCredentialsAreRefused(String header, String value) throws Exception {
        assertProblem(send(request("/info").header(header, value)), 401, "unauthenticated");
    }

    @Test
    void whatIsConfiguredForAKeyIsNotTheKey() throws Exception {
        String hash = dev.threadwright.security.ApiKey.hash(Tenants.ACME);
        assertProblem(send(request("/info").header("X-Api-Key", hash)), 401, "unauthenticated");
    }

    /** Also if it asks for HTTP/2 beside, which would leave the last key alone. */
    @ParameterizedTest
    @EnumSource(HttpClient.Version.class)
    void twoKeysAreNone(HttpClient.Version version) throws Exception {
        HttpResponse<String> answer = send(request("/info")
                .version(version)
                .header("X-Api-Key", Tenants.ACME)
                .header("X-Api-Key", Tenants.GLOBEX));
        assertProblem(answer, 401, "unauthenticated");
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-Api-Key      | tw_acme-may-everything",
                "Authorization  | Bearer tw_acme-may-everything",
                "Authorization  | bearer   tw_acme-may-everything",
            })
    void aKeyIsKnown(String header, String value) throws Exception {
        assertThat(send(request("/info").header(header, value)).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ok",
                "/ok?check_db=1",
                "/asyncapi",
                "/workflows/schema",
                "/q/health",
                "/q/health/ready",
                "/q/health/live",
                "/q/openapi",
                "/q/swagger-ui/"
            })
    void someThingsAreToldToAnybody(String path) throws Exception {
        assertThat(get(path).statusCode()).isEqualTo(200);
    }

    @Test
    void whoseCallbackIsCalledIsSaidByItsAddress() throws Exception {
        HttpResponse<String> answer = send(request("/callbacks/made-up").POST(BodyPublishers.ofString("{}")));
        assertProblem(answer, 404, "callback-not-found");
    }

    /** Whatever is told below their path is the same. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/q/metrics",
                "/q/metrics/",
                "/q/metrics/x",
                "/q/metrics/x/y",
                "/q/%6Detrics",
                "/q/metrics?x=1",
                "/q/health/../metrics",
                "/q/./metrics/"
            })
    void metricsAreForOperators(String path) throws Exception {
        assertProblem(send(as(Tenants.allBut(Role.OPERATE), path)), 403, "forbidden");
        assertThat(send(as(Tenants.only(Role.OPERATE), path)).statusCode()).isEqualTo(200);
    }

    @Test
    void everyRouteSaysWhatItNeeds() {
        assertThat(Routes.all(beans))
                .hasSizeGreaterThan(80)
                .allSatisfy(route ->
                        assertThat(route.need()).as(route.template()).isNotInstanceOf(RoleCheck.Need.Unsaid.class));
    }

    /** What is open in one place and not in the other would be refused to all, or told to some without their tenant. */
    @Test
    void whatIsForAnybodyIsOpenAndNothingElse() {
        assertThat(Routes.all(beans))
                .allSatisfy(route -> assertThat(OpenPaths.isOne(route.anywhere(), false))
                        .as(route.template())
                        .isEqualTo(route.need() instanceof RoleCheck.Need.None));
    }

    @Test
    void everyRouteRefusesWhoLacksItsRoleAndSaysWhich() throws Exception {
        for (Route route : Routes.all(beans)) {
            if (route.need() instanceof RoleCheck.Need.Of(Role role)) {
                HttpResponse<String> answer = send(of(route, Tenants.allBut(role)));
                assertThat(answer.statusCode()).as(route.template()).isEqualTo(403);
                assertProblem(answer, 403, "forbidden");
                assertThat(answer.body()).as(route.template()).contains("\"missing_role\":\"" + role.word() + "\"");
                assertProblem(send(of(route, null)), 401, "unauthenticated");
            }
        }
    }

    /** Its one role is enough, whatever else becomes of it. */
    @Test
    void everyRouteTakesWhoHasItsRole() throws Exception {
        for (Route route : Routes.all(beans)) {
            // Those follow what may come, without an end.
            if (route.need() instanceof RoleCheck.Need.Of(Role role)
                    && !route.accept().equals("text/event-stream")) {
                assertThat(send(of(route, Tenants.only(role))).statusCode())
                        .as(route.template())
                        .isNotIn(401, 403, 500);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/threads/t/runs       | {\"assistant_id\": \"echo\", \"command\": {\"resume\": 1}}",
                "/threads/t/runs/wait  | {\"assistant_id\": \"echo\", \"command\": {\"resume\": 1}}",
                "/runs                 | {\"assistant_id\": \"echo\", \"command\": {\"resume\": 1}}",
                "/threads/t/runs       | {\"assistant_id\": \"echo\", \"command\": {\"goto\": \"paid\"}}",
                "/threads/t/runs       | {\"assistant_id\": \"echo\", \"command\": {\"update\": {\"approved\": true}}}",
                "/threads/t/state      | {\"values\": {\"approved\": true}, \"as_node\": \"approve\"}",
                "/threads              | {\"approvals\": {\"approval_required\": {\"approved\": true}}}",
                "/threads              | {\"graph_id\": \"approval\", \"supersteps\": [{\"updates\": [{\"as_node\": \"ask\", \"values\": {\"approved\": true}}]}]}",
                "/threads              | {\"graph_id\": \"approval\", \"supersteps\": [{\"updates\": [{\"as_node\": \"__start__\", \"command\": {\"goto\": \"paid\"}}]}]}",
                "/threads/t/inputs     | {\"data\": 1, \"interrupt_id\": \"0123456789abcdef0123456789abcdef\"}",
            })
    void answeringInAnotherWayNeedsTheRoleToAnswer(String path, String body) throws Exception {
        HttpResponse<String> answer = send(as(Tenants.only(Role.WRITE), path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
        assertProblem(answer, 403, "forbidden");
        assertThat(answer.body()).contains("\"missing_role\":\"resolve\"");
    }

    @Test
    void aThreadMayBeginWithAnInputWithoutTheRoleToAnswer() throws Exception {
        HttpResponse<String> answer = send(as(Tenants.only(Role.WRITE), "/threads")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("""
                        {"graph_id": "echo", "supersteps": [{"updates": [{"as_node": "__start__", "values": {"a": 1}}]}]}
                        """)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    /** Whoever may send dead letters again must not be able to answer with them, nor to write what they like. */
    @Test
    void aDeadLetterThatIsSentAsSomethingElseNeedsTheRoleForThat() throws Exception {
        String thread = "corrected-" + UUID.randomUUID();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestServers.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>("tenants.input.acme", thread.getBytes(UTF_8), "{".getBytes(UTF_8)))
                    .get(30, TimeUnit.SECONDS);
        }
        String letters = "/dead-letters?thread_id=" + thread;
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(
                                send(as(Tenants.only(Role.OPERATE), letters)).body())
                        .contains("dead_letter_id"));
        Json.Obj page = (Json.Obj)
                JsonText.parse(send(as(Tenants.only(Role.OPERATE), letters)).body());
        Json.Obj letter =
                (Json.Obj) ((Json.Arr) page.get("dead_letters")).items().getFirst();
        String replay = "/dead-letters/" + ((Json.Text) letter.get("dead_letter_id")).value() + "/replay";
        String resume = """
                {"value": {"text": "{\\"answer\\": 1}"}, "headers": [
                  {"name": "ce_specversion", "text": "1.0"}, {"name": "ce_id", "text": "1"},
                  {"name": "ce_source", "text": "/test"}, {"name": "ce_type", "text": "dev.threadwright.run.resume.v1"},
                  {"name": "content-type", "text": "application/json"}]}
                """;
        HttpResponse<String> answering = replayed(replay, Tenants.only(Role.OPERATE), resume);
        assertProblem(answering, 403, "forbidden");
        assertThat(answering.body()).contains("\"missing_role\":\"resolve\"");
        assertProblem(replayed(replay, Tenants.allBut(Role.RESOLVE), resume), 403, "forbidden");
        HttpResponse<String> writing = replayed(replay, Tenants.only(Role.OPERATE), "{\"value\": {\"text\": \"{}\"}}");
        assertProblem(writing, 403, "forbidden");
        assertThat(writing.body()).contains("\"missing_role\":\"write\"");
        assertThat(replayed(replay, Tenants.only(Role.OPERATE), "{}").statusCode())
                .isEqualTo(200);
        assertThat(replayed(replay, Tenants.allBut(Role.RESOLVE), "{\"value\": {\"text\": \"{}\"}, \"force\": true}")
                        .statusCode())
                .isEqualTo(200);
    }

    private HttpResponse<String> replayed(String path, String key, String body) throws Exception {
        return send(as(key, path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "run.start     | {\"assistant_id\": \"echo\"}                            | write",
                "input.respond | {\"interrupt_id\": \"x\", \"response\": 1}              | resolve",
            })
    void commandsOfTheNewerProtocolNeedTheirOwnRoles(String method, String params, String role) throws Exception {
        HttpResponse<String> answer = send(as(Tenants.only(Role.READ), "/threads/t/commands")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(
                        "{\"id\": 1, \"method\": \"%s\", \"params\": %s}".formatted(method, params))));
        assertThat(answer.body())
                .contains("\"type\":\"error\"")
                .contains("\"error\":\"permission_denied\"")
                .contains("\"problem\":\"urn:threadwright:problem:forbidden\"")
                .contains("\"missing_role\":\"" + role + "\"");
    }

    @Test
    void endingARunByGoingAwayNeedsTheRoleToEndIt() throws Exception {
        for (String path : List.of("/threads/t/runs/r/stream", "/runs/r/stream", "/threads/t/runs/r/join")) {
            HttpResponse<String> answer = send(as(Tenants.only(Role.READ), path + "?cancel_on_disconnect=1")
                    .header("Accept", path.endsWith("join") ? "application/json" : "text/event-stream"));
            assertProblem(answer, 403, "forbidden");
        }
    }

    /** Pages ask before they send credentials. */
    @Test
    void whichPagesMayCallIsSaidToAnybody() throws Exception {
        HttpResponse<String> preflight = send(request("/threads/t")
                .header("Origin", "http://localhost:3000")
                .header("Access-Control-Request-Method", "PATCH")
                .header("Access-Control-Request-Headers", "authorization,x-api-key")
                .method("OPTIONS", BodyPublishers.noBody()));
        assertThat(preflight.statusCode()).isEqualTo(200);
        assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                .hasValue("http://localhost:3000");
    }

    /** Of the routes beside the resources, all that have paths are known here: a new one says who may ask it. */
    @Test
    void noOtherRouteAnswers() {
        Set<String> known = Set.of("/q", "/threads/:thread_id/stream/events");
        Set<String> others = router.getRoutes().stream()
                .map(route -> String.valueOf(route.getPath()))
                .filter(path -> !path.equals("null") && !path.equals("/"))
                .filter(path -> known.stream().noneMatch(path::startsWith))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(others).isEmpty();
    }

    @Test
    void thePageSaysWhichRolesThereAre() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        assertThat(begin).isGreaterThanOrEqualTo(BEGIN.length());
        assertThat(end).isGreaterThanOrEqualTo(begin);
        StringBuilder table = new StringBuilder("\n| role | routes |\n|---|---|\n");
        for (Role role : Role.values()) {
            table.append("| `")
                    .append(role.word())
                    .append("` | ")
                    .append(routes(new RoleCheck.Need.Of(role)))
                    .append(" |\n");
        }
        table.append("| none | ").append(routes(new RoleCheck.Need.None())).append(" |\n\n");
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(PAGE, page.substring(0, begin) + table + page.substring(end));
        }
        assertThat(Files.readString(PAGE)).contains(BEGIN + table + END);
    }

    private String routes(RoleCheck.Need need) {
        return Routes.all(beans).stream()
                .filter(route -> route.need().equals(need))
                .map(route -> "`" + route.template() + "`")
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private HttpRequest.Builder of(Route route, String key) {
        HttpRequest.Builder request = key == null ? request(route.anywhere()) : as(key, route.anywhere());
        return request.header("Accept", route.accept())
                .header("Content-Type", route.contentType())
                .method(
                        route.verb(),
                        Set.of("GET", "DELETE").contains(route.verb())
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofString("{}"));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.toString().replaceAll("/$", "") + path));
    }

    private HttpRequest.Builder as(String key, String path) {
        return request(path).header("X-Api-Key", key);
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.timeout(Duration.ofSeconds(40)).build(), BodyHandlers.ofString());
    }

    private static void assertProblem(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.uri() + " " + answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith(Problem.MEDIA_TYPE);
        assertThat(JsonText.parse(answer.body())).isInstanceOfSatisfying(Json.Obj.class, problem -> {
            assertThat(problem.get("type")).isEqualTo(Json.of("urn:threadwright:problem:" + code));
            assertThat(problem.get("status")).isEqualTo(Json.of(status));
            assertThat(problem.get("detail")).isInstanceOf(Json.Text.class);
        });
    }

    /** So that nobody forgets to say what a role is for. */
    @Test
    void thePageSaysWhatEachRoleIsFor() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(Arrays.stream(Role.values()).map(role -> "`" + role.word() + "`:"))
                .allSatisfy(role -> assertThat(page).contains(role));
    }
}
