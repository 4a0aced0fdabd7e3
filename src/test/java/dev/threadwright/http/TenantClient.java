package dev.threadwright.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
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
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;

/** Asks a server of {@link Tenants}, with names in braces for what a test has made there. */
final class TenantClient implements AutoCloseable {

    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<String, String> names = new HashMap<>();
    private final URI server;
    private final DataSource database;

    TenantClient(URI server, DataSource database) {
        this.server = server;
        this.database = database;
    }

    record Answer(int status, String body) {}

    /** From now on, {@code {name}} stands for the value. */
    void name(String name, String value) {
        names.put(name, value);
    }

    String filled(String text) {
        String filled = text;
        for (Map.Entry<String, String> name : names.entrySet()) {
            filled = filled.replace("{" + name.getKey() + "}", name.getValue());
        }
        return filled;
    }

    URI resolve(String path) {
        return URI.create(server.toString().replaceAll("/$", "") + filled(path));
    }

    /** What acme's caller is answered, if it is an object. */
    Json.Obj expect(String verb, String path, String body, int status) {
        Answer answer = send(verb, path, Tenants.ACME, body);
        assertThat(answer.status()).as(verb + " " + path + " " + answer).isEqualTo(status);
        return !answer.body().isEmpty() && JsonText.parse(answer.body()) instanceof Json.Obj fields
                ? fields
                : Json.EMPTY_OBJECT;
    }

    /** Of the first that acme has listed, as soon as one is. @param list empty if the page is one itself */
    String awaited(String path, String list, String field) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> {
                            Json page = JsonText.parse(
                                    send("GET", path, Tenants.ACME, "").body());
                            Json items = page instanceof Json.Obj fields ? fields.get(list) : page;
                            return items instanceof Json.Arr(List<Json> all)
                                            && !all.isEmpty()
                                            && all.getFirst() instanceof Json.Obj first
                                    ? text(first, field)
                                    : "";
                        },
                        found -> !found.isEmpty());
    }

    static String text(Json.Obj fields, String name) {
        return fields.get(name) instanceof Json.Text(String text) ? text : "";
    }

    /** As the owner of its partition notes it down, of a thread of acme's; {@link #close} takes it back. */
    void setAside(String thread, String error) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement(
                        "insert into thread_set_aside"
                                + " (since_ms, partition, tenant, thread, id, cause, error) values (1, 0, 'acme', ?, ?, 'failed', ?)")) {
            insert.setString(1, thread);
            insert.setString(2, UUID.randomUUID().toString());
            insert.setString(3, error);
            insert.executeUpdate();
        }
    }

    /**
     * Of a stream, which may have no end, only that it begins.
     *
     * @param key null for nobody's
     */
    Answer send(String verb, String path, String key, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(resolve(path))
                .timeout(Duration.ofSeconds(40))
                .header("Content-Type", "application/json")
                .header("Accept", accept(path))
                .method(verb, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(filled(body)));
        if (key != null) {
            request.header("X-Api-Key", key);
        }
        try {
            HttpResponse<InputStream> answer = client.send(request.build(), BodyHandlers.ofInputStream());
            try (InputStream told = answer.body()) {
                boolean isStream =
                        answer.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
                return new Answer(answer.statusCode(), isStream ? "" : new String(told.readAllBytes(), UTF_8));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(verb + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String accept(String path) {
        boolean isStream = path.contains("/stream") || path.endsWith("/progress");
        return isStream ? "text/event-stream" : "application/json, */*;q=0.9";
    }

    @Override
    public void close() throws SQLException {
        client.shutdownNow();
        try (Connection connection = database.getConnection();
                PreparedStatement delete =
                        connection.prepareStatement("delete from thread_set_aside where tenant = 'acme'")) {
            delete.executeUpdate();
        }
    }
}
