package dev.threadwright;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each promise of the README names tests, each of which is there; and no page has a link to nothing. */
class PromisesTest {

    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)\\)");
    private static final Pattern CODE = Pattern.compile("`(\\w+)`");
    private static final String HEADING = "## What it promises, and where that is tested";

    @Test
    void eachPromiseNamesTestsThatAreThere() throws IOException {
        List<String> rows = Files.readString(Path.of("README.md"))
                .split(Pattern.quote(HEADING))[1]
                .split("\n## ")[0]
                .lines()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| promise ") && !line.startsWith("| ---"))
                .toList();
        assertThat(rows).hasSizeGreaterThan(15);
        List<String> linked = rows.stream()
                .flatMap(row -> LINK.matcher(row).results().map(link -> link.group(1)))
                .toList();
        for (String row : rows) {
            String tests = row.split("\\|")[2];
            Matcher named = CODE.matcher(tests);
            assertThat(tests).as(row).containsPattern("`\\w+(Test|IT|Contract)`|the same");
            while (named.find()) {
                String test = named.group(1);
                if (test.matches("\\w+(Test|IT|Contract)")) {
                    assertThat(linked)
                            .as("%s has a link in the table", test)
                            .anyMatch(link -> link.endsWith("/" + test + ".java"));
                }
            }
        }
        assertThat(linked).allSatisfy(link -> assertThat(Path.of(link)).isRegularFile());
    }

    static Stream<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.walk(Path.of("docs"))) {
            return Stream.concat(
                    Stream.of(Path.of("README.md"), Path.of("CONTRIBUTING.md")),
                    docs.filter(path -> path.toString().endsWith(".md")).toList().stream());
        }
    }

    @ParameterizedTest
    @MethodSource("pages")
    void linksLeadSomewhere(Path page) throws IOException {
        Path directory = page.toAbsolutePath().getParent();
        List<String> links = LINK.matcher(Files.readString(page))
                .results()
                .map(link -> link.group(1))
                .filter(link -> !link.contains("://"))
                .toList();
        assertThat(links).allSatisfy(link -> {
            String[] parts = link.split("#", 2);
            Path target = parts[0].isEmpty() ? page : directory.resolve(parts[0]);
            assertThat(target).exists();
            if (parts.length == 2) {
                assertThat(anchors(target)).contains(parts[1]);
            }
        });
    }

    /** As they are made of headings: lower case, without what is no word, with hyphens for spaces. */
    private static List<String> anchors(Path page) throws IOException {
        return Files.readAllLines(page).stream()
                .filter(line -> line.matches("#+ .*"))
                .map(line -> line.replaceFirst("#+ ", "")
                        .toLowerCase(java.util.Locale.ROOT)
                        .replaceAll("[^\\w\\- ]", "")
                        .replace(' ', '-'))
                .toList();
    }
}
