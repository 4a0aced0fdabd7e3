package dev.threadwright.testing;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gives a {@code @QuarkusTest} the shared servers and a database of its own, through the keys that a user would set.
 * Use with {@code @WithTestResource(EmbeddedServersResource.class)}; the argument {@code database} names another one.
 */
public final class EmbeddedServersResource implements QuarkusTestResourceLifecycleManager {
    /** What {@code payments} is in the tests. */
    public static final String SECRET = "sk-only-for-tests-4711";

    /** What stands before the addresses of callbacks; nobody is there. */
    public static final String PUBLIC_URL = "https://threads.example/tw";

    private static final Pattern CALL = Pattern.compile("Call (\\w+)(\\{.*})");

    private String database = "quarkus";
    private ModelServer model;

    @Override
    public void init(Map<String, String> arguments) {
        database = arguments.getOrDefault("database", database);
    }

    @Override
    public Map<String, String> start() {
        model = new ModelServer(EmbeddedServersResource::said);
        Map<String, String> config = new HashMap<>(Map.of(
                "threadwright.callbacks.public-url", PUBLIC_URL,
                "threadwright.models.default.base-url", model.baseUrl(),
                "threadwright.postgres.url", TestServers.keptDatabase(database),
                "threadwright.postgres.username", TestServers.user(),
                "threadwright.postgres.password", TestServers.password(),
                "kafka.bootstrap.servers", TestServers.bootstrapServers(),
                "threadwright.http-steps.allow-hosts", "http://127.0.0.1",
                "threadwright.http-steps.allow-addresses", "127.0.0.1/32",
                "threadwright.secrets.payments", SECRET));
        // To read what those of them sealed before that do seal; by itself it seals nothing.
        config.put("threadwright.encryption.key-file", TestServers.masterKeys());
        return config;
    }

    /** What the model says is written in what it is asked last, as a call, or else repeats it. */
    private static ModelServer.Reply said(Json.Obj asked) {
        List<Json> messages = ((Json.Arr) asked.fields().get("messages")).items();
        String last = JsonText.write(((Json.Obj) messages.getLast()).fields().get("content"));
        Matcher call = CALL.matcher(last);
        return call.find()
                ? ModelServer.Reply.stream(
                        ModelServer.call(
                                0, "call-1", call.group(1), call.group(2).replace('\'', '"')),
                        ModelServer.finish("tool_calls"),
                        ModelServer.usage(1, 2),
                        ModelServer.DONE)
                : ModelServer.Reply.stream(
                        ModelServer.text("I was told "),
                        ModelServer.text(last),
                        ModelServer.finish("stop"),
                        ModelServer.usage(3, 4),
                        ModelServer.DONE);
    }

    @Override
    public void stop() {
        // The other servers are shared; they end with the JVM.
        if (model != null) {
            model.close();
        }
    }
}
