package dev.threadwright.catalog;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.testing.Fuzz;
import dev.threadwright.testing.Mutations;
import dev.threadwright.workflow.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Workflow documents with a few things broken: all that is wrong is said, soon, and nothing else is thrown. */
class DocumentFuzzTest {

    /**
     * Of one document, and of the processor, which others may be busy with. Far more than the slowest takes, the first with
     * all that it loads, and far less than what grows with a power.
     */
    private static final Duration SOON = Duration.ofSeconds(5);

    private static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private static final List<Path> CORPUS = List.of(
            Path.of("src", "main", "resources", "workflows", "examples"),
            Path.of("src", "test", "resources", "corpus", "workflows"));

    static Stream<Path> hostile() {
        return files(Path.of("src", "test", "resources", "corpus", "workflows", "hostile")).stream();
    }

    @ParameterizedTest
    @MethodSource
    @Timeout(60)
    void hostile(Path file) throws IOException {
        assertThat(problems(Files.readString(file))).as(file.toString()).isNotEmpty();
    }

    @Test
    void whateverIsInADocumentItsProblemsAreSaidSoon() {
        List<String> corpus = CORPUS.stream()
                .flatMap(directory -> files(directory).stream())
                .map(DocumentFuzzTest::text)
                .toList();
        List<String> sound = new ArrayList<>();
        Fuzz.each(4_000, (seed, random) -> {
            String valid = Mutations.pick(corpus, random);
            String text = random.nextInt(4) == 0
                    ? new String(Mutations.bytes(valid.getBytes(UTF_8), random), UTF_8)
                    : Mutations.json(DocumentReader.read(valid), random);
            long begun = CPU.getCurrentThreadCpuTime();
            if (problems(text).isEmpty()) {
                sound.add(text);
            }
            assertThat(Duration.ofNanos(CPU.getCurrentThreadCpuTime() - begun))
                    .as("%s", text)
                    .isLessThan(SOON);
        });
        if (Fuzz.isWhole()) {
            assertThat(sound.size()).as("of those that are sound still").isBetween(100, 3_800);
        }
    }

    private static List<DocumentProblem> problems(String text) {
        Json.Obj document;
        try {
            document = DocumentReader.read(text);
        } catch (InvalidDocumentException e) {
            assertThat(e.problems()).isNotEmpty();
            return e.problems();
        }
        List<DocumentProblem> problems = Documents.problems(document);
        assertThat(problems)
                .allSatisfy(problem -> assertThat(problem.toString()).isNotBlank());
        return problems;
    }

    private static List<Path> files(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
