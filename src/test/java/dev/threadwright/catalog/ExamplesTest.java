package dev.threadwright.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.step.CalculatorHandler;
import dev.threadwright.step.FindOrderHandler;
import dev.threadwright.step.RefundHandler;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.Workflows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The examples that come with the server, as files. What they do when they run is for {@code WorkflowsOverHttpTest}
 * and {@code AskingDocumentsTest}.
 */
class ExamplesTest {

    private static final Path EXAMPLES = Path.of("src/main/resources/workflows/examples");

    @Test
    void theseAreTheExamples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            assertThat(files.map(file -> file.getFileName().toString()).toList())
                    .as("a new one belongs in WorkflowFiles.EXAMPLES and in this test")
                    .containsExactlyInAnyOrder(
                            "agent.yaml",
                            "agent-loop.yaml",
                            "approval.yaml",
                            "assistant.yaml",
                            "fan-out.yaml",
                            "report.yaml");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"agent", "agent-loop", "approval", "assistant", "fan-out", "report"})
    void compilesUnderTheNameOfItsFileAndSaysWhatItIsFor(String name) throws IOException {
        Json.Obj document = document(name);

        assertThat(compiled(document).ref()).hasToString(name + "@1");
        assertThat(document.get("description"))
                .isInstanceOfSatisfying(
                        Json.Text.class, text -> assertThat(text.value()).contains("Try {"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"agent", "agent-loop", "approval", "assistant", "fan-out", "report"})
    void compilesAsJsonToo(String name) throws IOException {
        Json.Obj again = DocumentReader.read(JsonText.write(document(name)));

        assertThat(again).isEqualTo(document(name));
        assertThat(compiled(again).steps())
                .containsOnlyKeys(
                        ((Json.Obj) document(name).get("steps")).fields().keySet());
    }

    static Workflow example(String name) throws IOException {
        return compiled(document(name));
    }

    /** Those that they run come first in the alphabet. */
    private static Workflow compiled(Json.Obj document) throws IOException {
        Workflow fanOut = DocumentCompiler.compile(document("fan-out"), 1, surroundings(List.of()));
        return DocumentCompiler.compile(document, 1, surroundings(List.of(fanOut)));
    }

    private static Surroundings surroundings(List<Workflow> there) {
        return new Surroundings(
                Documents.TENANT,
                new Workflows(there),
                Set.of(new CalculatorHandler().name(), new FindOrderHandler().name(), new RefundHandler().name()),
                Map.of(),
                false);
    }

    private static Json.Obj document(String name) throws IOException {
        return DocumentReader.read(Files.readString(EXAMPLES.resolve(name + ".yaml")));
    }
}
