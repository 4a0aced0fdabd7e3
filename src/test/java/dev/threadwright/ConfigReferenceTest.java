package dev.threadwright;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.testing.ConfigKeys;
import dev.threadwright.testing.ConfigKeys.Key;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/configuration.md} is what the code says of its keys. Run with {@code -Dgolden.write=true} after a change to write
 * it anew.
 */
class ConfigReferenceTest {

    private static final Path PAGE = Path.of("docs", "configuration.md");

    private static final Path PROPERTIES = Path.of("src", "main", "resources", "application.properties");

    private static final String BEGIN = "<!-- keys: made from ThreadwrightConfig by ConfigReferenceTest -->\n";
    private static final String END = "<!-- end of keys -->\n";

    @Test
    void thePageSaysWhatTheCodeSays() throws IOException {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        assertThat(begin).isGreaterThanOrEqualTo(BEGIN.length());
        assertThat(end).isGreaterThanOrEqualTo(begin);
        String expected = keys();
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(PAGE, page.substring(0, begin) + expected + page.substring(end));
        }
        assertThat(Files.readString(PAGE)).contains(BEGIN + expected + END);
    }

    @Test
    void nothingIsWithoutWords() {
        assertThat(ConfigKeys.all())
                .hasSizeGreaterThan(80)
                .allSatisfy(key -> assertThat(key.says()).as(key.name()).isNotBlank());
    }

    /** Where a group stands, and what it is. */
    @Test
    void ofGroupsAllIsTold() {
        Map<String, String> groups = ConfigKeys.groups();
        assertThat(groups.get("threadwright.tenants.*"))
                .contains("Besides `default`")
                .contains("Topics not set are those of `threadwright.topics`");
        assertThat(groups).containsKeys("threadwright.actions.per-thread", "threadwright.actions.per-tenant");
    }

    @Test
    void whatTheServersOwnPropertiesSetIsAKeyOfThePage() throws IOException {
        List<String> known = ConfigKeys.all().stream().map(Key::name).toList();
        assertThat(properties().stringPropertyNames())
                .filteredOn(name -> name.startsWith("threadwright."))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(known).contains(name));
    }

    /** What is there to be uncommented. */
    @Test
    void whatTheServersOwnPropertiesShowIsAKeyOfThePageToo() throws IOException {
        List<Pattern> known = ConfigKeys.all().stream()
                .map(key -> Pattern.compile(Pattern.quote(key.name()).replace("*", "\\E(\"[^\"]+\"|[^.\"]+)\\Q")))
                .toList();
        List<String> shown = Files.readAllLines(PROPERTIES).stream()
                .filter(line -> line.startsWith("# threadwright."))
                .map(line -> line.substring(2).split("=")[0])
                .toList();
        assertThat(shown)
                .hasSizeGreaterThan(60)
                .allSatisfy(name ->
                        assertThat(known).anyMatch(key -> key.matcher(name).matches()));
    }

    private static String keys() throws IOException {
        Properties defaults = properties();
        Map<String, List<Key>> byGroup = ConfigKeys.all().stream()
                .sorted(Comparator.comparing(Key::name))
                .collect(Collectors.groupingBy(
                        key -> key.name().split("[.]")[1], java.util.TreeMap::new, Collectors.toList()));
        Map<String, String> groups = ConfigKeys.groups();
        StringBuilder page = new StringBuilder();
        byGroup.forEach((group, keys) -> {
            String prefix = "threadwright." + group;
            page.append("\n### ").append(prefix).append("\n\n");
            groups.forEach((of, says) -> {
                if (of.equals(prefix)) {
                    page.append(says).append("\n\n");
                } else if (of.startsWith(prefix + ".")) {
                    page.append("`").append(of).append("`: ").append(says).append("\n\n");
                }
            });
            page.append("| key | type | default | what |\n|---|---|---|---|\n");
            keys.forEach(key -> page.append(row(key, defaults)));
        });
        return page + "\n";
    }

    private static String row(Key key, Properties defaults) {
        String otherwise = defaults.getProperty(key.name(), key.otherwise());
        String shown = otherwise != null
                ? "`" + otherwise + "`"
                : key.optional() ? "" : key.name().contains("*") ? "none: it has to be set" : "";
        return "| `%s` | %s | %s | %s |\n"
                .formatted(key.name(), key.type(), shown, key.says().replace("|", "\\|"));
    }

    private static Properties properties() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(PROPERTIES)) {
            properties.load(new java.io.InputStreamReader(in, UTF_8));
        }
        return properties;
    }
}
