package dev.threadwright.http;

import static io.restassured.RestAssured.given;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Fuzz;
import dev.threadwright.testing.Mutations;
import dev.threadwright.testing.Readiness;
import dev.threadwright.workflow.Json;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Requests to every operation of the OpenAPI document, made from what it says of them and then broken. Whatever comes, the
 * server has an answer of the contract for it, and goes on.
 */
@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class HttpFuzzTest {

    private static final int MAX_DEPTH = 4;
    private static final int MAX_SHOWN = 1_500;
    private static final int MAX_ANSWER_BYTES = 4 << 20;
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

    private static final List<String> CONTENT_TYPES = List.of(
            "application/json",
            "application/json; charset=utf-8",
            "application/json; charset=utf-16",
            "application/yaml",
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "nonsense",
            "*/*");

    private static final List<String> ACCEPTS =
            List.of("*/*", "application/json", "text/event-stream", "image/png", "nonsense", "application/json;q=2");

    @TestHTTPResource
    URI server;

    private final String prefix = "fuzz-" + UUID.randomUUID() + "-";
    private HttpClient client = newClient();
    private Json.Obj document;

    private record Operation(String method, String path, String id, List<Json.Obj> parameters, Json body) {}

    private record Sent(String method, String uri, Map<String, String> headers, byte[] body) {
        @Override
        public String toString() {
            String all = method + " " + uri + " " + headers + (body == null ? "" : " " + new String(body, UTF_8));
            return all.substring(0, Math.min(MAX_SHOWN, all.length()));
        }
    }

    @Test
    void noRequestIsAnsweredOtherwiseThanTheContractSays() throws Exception {
        Readiness.await();
        document = (Json.Obj) JsonText.parse(given().accept(ContentType.JSON)
                .get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .extract()
                .asString());
        List<Operation> operations = operations();
        assertThat(operations.size()).isGreaterThan(60);
        Map<Integer, Integer> statuses = new TreeMap<>();
        Fuzz.each(1_500, (seed, random) -> {
            // Each in turn, so that none is left out.
            Operation operation = operations.get((int) (seed % operations.size()));
            Sent sent = sent(operation, random);
            statuses.merge(status(sent), 1, Integer::sum);
        });
        if (Fuzz.isWhole()) {
            assertThat(statuses.keySet()).as("%s", statuses).contains(200, 400, 404, 415, 422);
        }
        given().contentType(ContentType.JSON)
                .body("{\"data\": {\"text\": \"alive\"}}")
                .post("/threads/{id}/inputs?wait=completion", prefix + "alive")
                .then()
                .statusCode(200);
        given().get("/q/health/ready").then().statusCode(200);
    }

    private static HttpClient newClient() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    private int status(Sent sent) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(server.toString().replaceAll("/$", "") + sent.uri()))
                .timeout(Duration.ofSeconds(20))
                .method(
                        sent.method().toUpperCase(Locale.ROOT),
                        sent.body() == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(sent.body()));
        sent.headers().forEach(request::header);
        HttpResponse<InputStream> response;
        try {
            response = client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw new AssertionError(sent + " -> no answer", e);
        }
        String type = response.headers().firstValue("content-type").orElse("");
        int status = response.statusCode();
        try (InputStream body = response.body()) {
            if (status < 400) {
                // A stream may go on for ever: that it has begun is enough.
                assertThat(status).as("%s", sent).isBetween(200, 399);
                if (!type.startsWith("text/event-stream")) {
                    assertThat(body.readNBytes(MAX_ANSWER_BYTES).length).isLessThan(MAX_ANSWER_BYTES);
                }
                return status;
            }
            if (status == 414 || status == 431) {
                // Refused while its head was read, and the connection ended, in HTTP/1.0, which this client would use
                // again.
                client.close();
                client = newClient();
                return status;
            }
            String text = new String(body.readNBytes(MAX_ANSWER_BYTES), UTF_8);
            // 501 is what this server does not do, 503 what has not been decided in the time that the request gives.
            assertThat(status < 500 || status == 501 || (status == 503 && text.contains(":undecided")))
                    .as("%s -> %d %s", sent, status, text)
                    .isTrue();
            assertThat(type).as("%s -> %d %s", sent, status, text).matches("application/(problem\\+)?json.*");
            Json.Obj problem = parsed(sent, text);
            if (type.startsWith("application/problem")) {
                assertThat(problem.fields().keySet()).as("%s", sent).contains("type", "title", "status", "detail");
                assertThat(problem.get("status")).as("%s", sent).isEqualTo(Json.of(status));
                assertThat(text).as("%s", sent).doesNotContain("Exception", "java.", "at dev.threadwright");
            }
        }
        return status;
    }

    private static Json.Obj parsed(Sent sent, String text) {
        try {
            return (Json.Obj) JsonText.parse(text);
        } catch (InvalidJsonException e) {
            throw new AssertionError(sent + " -> " + text, e);
        }
    }

    private Sent sent(Operation operation, RandomGenerator random) {
        String path = operation.path();
        List<String> query = new ArrayList<>();
        Map<String, String> headers = new LinkedHashMap<>();
        for (Json.Obj parameter : operation.parameters()) {
            String name = text(parameter.get("name"));
            String value = value(parameter, random);
            switch (text(parameter.get("in"))) {
                case "path" -> path = path.replace("{" + name + "}", encoded(pathValue(value), random));
                case "query" -> {
                    if (random.nextInt(3) == 0) {
                        query.add(name + "=" + encoded(value, random));
                    }
                }
                default -> {
                    if (random.nextInt(3) == 0 && isHeader(value)) {
                        headers.put(name, value);
                    }
                }
            }
        }
        // Waiting takes time, and this is not about time.
        query.removeIf(one -> one.startsWith("timeout="));
        if (operation.parameters().stream()
                .anyMatch(parameter -> text(parameter.get("name")).equals("timeout"))) {
            query.add("timeout=50");
        }
        if (random.nextInt(10) == 0) {
            query.add(encoded(Mutations.oddText(random), random) + "=" + encoded(Mutations.oddText(random), random));
        }
        if (random.nextInt(4) == 0) {
            headers.put("Accept", Mutations.pick(ACCEPTS, random));
        }
        byte[] body = body(operation, random, headers);
        return new Sent(
                operation.method(), path + (query.isEmpty() ? "" : "?" + String.join("&", query)), headers, body);
    }

    private static boolean isHeader(String value) {
        return !value.isBlank() && value.chars().allMatch(c -> c >= ' ' && c < 127);
    }

    private byte[] body(Operation operation, RandomGenerator random, Map<String, String> headers) {
        if (operation.body() == null && random.nextInt(10) > 0) {
            return null;
        }
        headers.put(
                "Content-Type", random.nextInt(8) == 0 ? Mutations.pick(CONTENT_TYPES, random) : "application/json");
        Json valid = operation.body() == null ? Json.EMPTY_OBJECT : made(operation.body(), random, 0);
        return switch (random.nextInt(6)) {
            case 0 -> JsonText.writeBytes(valid);
            case 1 -> Mutations.bytes(JsonText.writeBytes(valid), random);
            case 2 -> random.nextInt(4) == 0 ? new byte[0] : Mutations.noise(random);
            default -> Mutations.json(valid, random).getBytes(UTF_8);
        };
    }

    private String value(Json.Obj parameter, RandomGenerator random) {
        if (random.nextInt(3) == 0) {
            return Mutations.oddText(random);
        }
        Json made = parameter.get("schema") == null ? Json.of("x") : made(parameter.get("schema"), random, 0);
        String text = made instanceof Json.Text(String value) ? value : JsonText.write(made);
        return text(parameter.get("name")).equals("thread_id")
                        || text(parameter.get("name")).equals("name")
                ? prefix + text
                : text;
    }

    /** Another path would be another operation. */
    private static String pathValue(String value) {
        return value.isEmpty() || value.equals(".") || value.equals("..") ? "x" : value;
    }

    private static String encoded(String value, RandomGenerator random) {
        String encoded = URLEncoder.encode(value, UTF_8).replace("+", "%20");
        return switch (random.nextInt(30)) {
            case 0 -> "%FF%FE" + encoded;
            case 1 -> encoded + "%00";
            case 2 -> encoded + ";a=b";
            default -> encoded;
        };
    }

    /** A value of the schema, or nearly so. */
    private Json made(Json schema, RandomGenerator random, int depth) {
        if (!(schema instanceof Json.Obj object) || depth > MAX_DEPTH) {
            return Json.of("x");
        }
        if (object.get("$ref") instanceof Json.Text(String ref)) {
            return made(resolved(ref), random, depth + 1);
        }
        for (String any : List.of("oneOf", "anyOf", "allOf")) {
            if (object.get(any) instanceof Json.Arr(List<Json> items) && !items.isEmpty()) {
                return made(Mutations.pick(items, random), random, depth + 1);
            }
        }
        if (object.get("enum") instanceof Json.Arr(List<Json> items) && !items.isEmpty()) {
            return Mutations.pick(items, random);
        }
        if (object.get("examples") instanceof Json.Arr(List<Json> items) && !items.isEmpty()) {
            return Mutations.pick(items, random);
        }
        String type = switch (object.get("type")) {
            case Json.Text(String text) -> text;
            case Json.Arr(List<Json> items) when !items.isEmpty() -> text(Mutations.pick(items, random));
            case null, default -> object.get("properties") == null ? "string" : "object";
        };
        return switch (type) {
            case "object" -> fields(object, random, depth);
            case "array" ->
                object.get("items") == null
                        ? Json.array(List.of())
                        : Json.array(List.of(made(object.get("items"), random, depth + 1)));
            case "integer", "number" -> Json.of(random.nextInt(3));
            case "boolean" -> Json.of(random.nextBoolean());
            case "null" -> Json.NULL;
            default ->
                Json.of(Mutations.pick(List.of("x", "echo", "agent", "values", "interrupt", prefix + "t"), random));
        };
    }

    private Json fields(Json.Obj schema, RandomGenerator random, int depth) {
        Map<String, Json> fields = new LinkedHashMap<>();
        if (schema.get("properties") instanceof Json.Obj properties) {
            properties.fields().forEach((name, property) -> {
                if (random.nextBoolean()) {
                    fields.put(
                            name, name.equals("thread_id") ? Json.of(prefix + "t") : made(property, random, depth + 1));
                }
            });
        }
        return Json.object(fields);
    }

    private Json resolved(String ref) {
        Json found = document;
        for (String name : ref.substring("#/".length()).split("/")) {
            found = ((Json.Obj) found).fields().get(name);
        }
        return found;
    }

    private List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        ((Json.Obj) document.fields().get("paths")).fields().forEach((path, item) -> {
            Json.Obj shared = (Json.Obj) item;
            shared.fields().forEach((method, described) -> {
                if (METHODS.contains(method)) {
                    Json.Obj operation = (Json.Obj) described;
                    String id = text(operation.get("operationId"));
                    List<Json.Obj> parameters = new ArrayList<>(parameters(shared));
                    parameters.addAll(parameters(operation));
                    operations.add(new Operation(method, path, id, parameters, bodyOf(operation)));
                }
            });
        });
        return operations;
    }

    private List<Json.Obj> parameters(Json.Obj of) {
        return of.get("parameters") instanceof Json.Arr(List<Json> items)
                ? items.stream()
                        .map(item ->
                                item instanceof Json.Obj object && object.get("$ref") instanceof Json.Text(String ref)
                                        ? (Json.Obj) resolved(ref)
                                        : (Json.Obj) item)
                        .toList()
                : List.of();
    }

    private Json bodyOf(Json.Obj operation) {
        if (operation.get("requestBody") instanceof Json.Obj body && body.get("content") instanceof Json.Obj content) {
            Json json = content.get("application/json");
            return json instanceof Json.Obj media ? media.get("schema") : null;
        }
        return null;
    }

    private static String text(Json json) {
        return json instanceof Json.Text(String text) ? text : "";
    }
}
