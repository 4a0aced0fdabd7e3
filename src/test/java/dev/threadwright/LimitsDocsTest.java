package dev.threadwright;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.ops.ThreadwrightConfig;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What {@code docs/limits.md} says is held against the code. */
class LimitsDocsTest {

    private static final Path PAGE = Path.of("docs", "limits.md");
    private static final Pattern NAME = Pattern.compile("`([^`]+)`");

    private record Row(String limit, String defaults, String key, String tests) {}

    @Test
    void keysHaveTheDefaultsThatThePageSays() throws IOException {
        Map<String, String> defaults = new HashMap<>();
        collect("threadwright", ThreadwrightConfig.class, defaults);
        Set<String> told = new HashSet<>();
        for (Row row : rows()) {
            Matcher key = NAME.matcher(row.key());
            if (key.find()
                    && key.group(1).startsWith("threadwright.")
                    && !row.defaults().equals("none")) {
                told.add(key.group(1));
                assertThat(defaults).as(row.limit()).containsEntry(key.group(1), row.defaults());
            }
        }
        assertThat(told)
                .containsAll(defaults.keySet().stream()
                        .filter(key -> key.startsWith("threadwright.limits."))
                        .toList());
    }

    @Test
    void theTestsThatProveThemAreThere() throws IOException {
        Set<String> tests;
        try (Stream<Path> files = Files.walk(Path.of("src", "test", "java"))) {
            tests = files.map(file -> file.getFileName().toString().replace(".java", ""))
                    .collect(Collectors.toSet());
        }
        for (Row row : rows()) {
            Matcher names = NAME.matcher(row.tests());
            while (names.find()) {
                assertThat(tests).as(row.limit()).contains(names.group(1));
            }
        }
    }

    @Test
    void constantsAreWhatThePageSays() throws Exception {
        Map<String, String> constants = Map.ofEntries(
                Map.entry("depth of JSON", "json.JsonText#MAX_DEPTH"),
                Map.entry("bytes of an HTTP body beside its data", "http.CommandBody#MAX_BYTES_BESIDE_DATA"),
                Map.entry("bytes of a workflow document", "catalog.DocumentReader#MAX_BYTES"),
                Map.entry(
                        "bytes of documents whose older versions are in memory, compiled",
                        "catalog.OlderVersions#MAX_BYTES"),
                Map.entry("tasks of a super-step", "workflow.SuperStep#MAX_TASKS"),
                Map.entry("super-steps of a leg", "workflow.Workflow#DEFAULT_RECURSION_LIMIT"),
                Map.entry("publications that wait for Kafka", "relay.Relay#MAX_BACKLOG"),
                Map.entry("bytes of publications that wait for Kafka", "relay.Relay#MAX_BACKLOG_BYTES"),
                Map.entry("publications of a Kafka transaction", "relay.Relay#MAX_TRANSACTION"),
                Map.entry("bytes of a Kafka transaction", "relay.Relay#MAX_TRANSACTION_BYTES"),
                Map.entry("commits of one command that take too long", "actor.BatchLimit#MAX_TIME_OUTS"),
                Map.entry("timers told of at once", "actor.DueTimers#MAX_AT_ONCE"),
                Map.entry("threads set aside, of a loop", "actor.SetAsides#MAX_THREADS"),
                Map.entry("commands without a record for threads set aside", "actor.SetAsides#MAX_WAITING"),
                Map.entry("callers that wait", "http.Waiters#MAX_WAITERS"),
                Map.entry("bytes that callers have sent who wait", "http.Waiters#MAX_BYTES"),
                Map.entry("inputs on their way from HTTP to Kafka", "http.CommandSender#MAX_IN_FLIGHT"),
                Map.entry("streams", "stream.ThreadFeed#MAX_SUBSCRIPTIONS"),
                Map.entry("lines that wait for a reader of a stream", "stream.Subscription#MAX_BUFFERED"),
                Map.entry("webhooks under way", "ending.EndingWorker#MAX_AT_ONCE"),
                Map.entry("connections to one address", "ops.HttpStepWiring#MAX_CONNECTIONS"),
                Map.entry("dead letters sent again by a release", "http.ThreadRelease#MAX_REPLAYS"),
                Map.entry(
                        "what callers looked at that is remembered so as not to be recorded again, and as much that they were refused",
                        "http.AuditTrail#MAX_REMEMBERED"),
                Map.entry("heads that one request verifies", "http.AuditResource#MAX_EXPECTED"),
                Map.entry("lines of heads that are logged at once", "ops.AuditHeads#MAX_LINES"),
                Map.entry("characters of an API key", "security.ApiKeys#MAX_LENGTH"),
                Map.entry("characters of a token", "security.Tokens#MAX_LENGTH"),
                Map.entry("bytes of what an issuer of tokens answers", "security.IssuerKeys#MAX_BYTES"),
                Map.entry(
                        "bytes of a request for an erasure, beside the 131072 that every body may have",
                        "http.ErasureRequests#MAX_BODY"),
                Map.entry("characters of the reason of an erasure", "http.ErasureRequests#MAX_REASON"),
                Map.entry("master keys of a file", "sealing.MasterKeyFile#MAX_KEYS"),
                Map.entry("threads of an erasure", "erasure.Erasures#MAX_THREADS"),
                Map.entry("threads that a sweep has deleted to erase them", "erasure.ErasureSweep#MAX_THREADS"));
        Map<String, String> told = rows().stream().collect(Collectors.toMap(Row::limit, Row::defaults));
        for (Map.Entry<String, String> constant : constants.entrySet()) {
            String[] place = constant.getValue().split("#");
            var field = Class.forName("dev.threadwright." + place[0]).getDeclaredField(place[1]);
            field.setAccessible(true);
            assertThat(told).as(constant.getValue()).containsEntry(constant.getKey(), "" + field.get(null));
        }
    }

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            String[] cells = line.split("\\|", -1);
            if (cells.length == 7
                    && !cells[1].isBlank()
                    && !cells[1].contains("---")
                    && !cells[1].strip().equals("limit")) {
                rows.add(new Row(cells[1].strip(), cells[2].strip(), cells[3].strip(), cells[5].strip()));
            }
        }
        assertThat(rows).hasSizeGreaterThan(30);
        return rows;
    }

    private static void collect(String prefix, Class<?> group, Map<String, String> to) {
        for (Method method : group.getDeclaredMethods()) {
            String key =
                    prefix + "." + method.getName().replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
            WithDefault otherwise = method.getAnnotation(WithDefault.class);
            if (otherwise != null) {
                to.put(key, otherwise.value());
            } else if (method.getReturnType().isInterface()
                    && method.getReturnType().getName().startsWith("dev.threadwright")) {
                collect(key, method.getReturnType(), to);
            }
        }
    }
}
