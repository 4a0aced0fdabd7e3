package dev.threadwright.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The public SDK of the contract against a packaged server that shares its Kafka and Postgres with another one: half of the
 * threads that it is asked about are the other's.
 */
class SdkContractIT {

    private static final Path TESTS = Path.of("src", "test", "sdk");
    private static final int TEST_MINUTES = 8;

    /** As the key of Standard Webhooks is written; any 24 bytes. */
    private static final String SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZmdoaWprbG1u";

    /** The model that the tests of agents start, on a port that they are told. */
    private static final Path SCRIPTED_MODEL = Path.of("examples", "scripted-model.mjs");

    @Test
    void the_sdk_finds_what_it_expects() throws Exception {
        String modelPort = Integer.toString(freePort());
        Map<String, String> configuration = Map.of(
                "threadwright.webhooks.allow-private",
                "true",
                "threadwright.webhooks.secret",
                SECRET,
                "threadwright.models.default.base-url",
                "http://127.0.0.1:" + modelPort + "/v1");
        try (Cluster cluster = new Cluster("sdk")) {
            ServerProcess one = cluster.server("one", configuration);
            ServerProcess other = cluster.server("other", configuration);
            Path modules = NodePackage.install(TESTS, "sdk");
            one.awaitReady();
            other.awaitReady();
            assertThat(page(one.url() + "/q/swagger-ui/")).contains("swagger-ui-bundle.js");
            assertThat(page(one.url() + "/q/openapi")).contains("/dead-letters/{dead_letter_id}/replay");
            Path report = modules.resolve("report.tap");
            int code = NodePackage.run(
                    modules,
                    report,
                    TEST_MINUTES,
                    Map.of(
                            "THREADWRIGHT_URL",
                            one.url(),
                            "THREADWRIGHT_OTHER_URL",
                            other.url(),
                            "THREADWRIGHT_MODEL_PORT",
                            modelPort,
                            "THREADWRIGHT_SCRIPTED_MODEL",
                            SCRIPTED_MODEL.toAbsolutePath().toUri().toString(),
                            "THREADWRIGHT_WEBHOOKS_PRIVATE",
                            "1",
                            "THREADWRIGHT_WEBHOOKS_SECRET",
                            SECRET),
                    List.of(NodePackage.npm(), "test"));
            String told = Files.readString(report);
            assertThat(code).as("%s", failures(told)).isZero();
            assertThat(count(told, "pass")).as("tests that passed").isGreaterThan(200);
            assertThat(count(told, "todo")).as("tests that are put off").isZero();
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** What only a packaged server can be asked for. */
    private static String page(String url) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static int count(String report, String what) {
        Matcher matcher = Pattern.compile("(?m)^# " + what + " (\\d+)$").matcher(report);
        assertThat(matcher.find()).as("the report counts " + what).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    private static String failures(String report) {
        Matcher matcher = Pattern.compile("(?m)^ *not ok .*$(?:\\R(?! *(?:ok|not ok) ).*$){0,12}")
                .matcher(report);
        StringBuilder all = new StringBuilder();
        while (matcher.find()) {
            all.append(matcher.group()).append('\n');
        }
        return all.isEmpty() ? report : all.toString();
    }
}
