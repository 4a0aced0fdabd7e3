package dev.threadwright.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.threadwright.json.JsonText;
import dev.threadwright.step.CalculatorHandler;
import dev.threadwright.step.DelayHandler;
import dev.threadwright.step.FindOrderHandler;
import dev.threadwright.step.RefundHandler;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Workflows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code docs/workflows.md} says is held against the code. */
class WorkflowDocsTest {

    private static final Path PAGE = Path.of("docs/workflows.md");
    private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

    static Stream<String> documents() throws IOException {
        List<String> documents = new ArrayList<>();
        Matcher blocks = YAML.matcher(page());
        while (blocks.find()) {
            documents.add(blocks.group(1));
        }
        return documents.stream();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void everyDocumentOfThePageCompiles(String document) {
        assertThatCode(() -> Documents.compile(document)).doesNotThrowAnyException();
    }

    /** Whoever tries the page out has no handlers but these. */
    @Test
    void theFirstDocumentNeedsNothingThatDoesNotComeWithTheServer() throws IOException {
        Set<String> handlers = Set.of(
                new CalculatorHandler().name(),
                new DelayHandler().name(),
                new FindOrderHandler().name(),
                new RefundHandler().name());
        Surroundings bare = new Surroundings(Documents.TENANT, new Workflows(List.of()), handlers, Map.of(), false);
        String first = documents().findFirst().orElseThrow();

        assertThatCode(() -> DocumentCompiler.compile(DocumentReader.read(first), 1, bare))
                .doesNotThrowAnyException();
        assertThat(handlers).allSatisfy(handler -> assertThat(page()).contains("| `" + handler + "` |"));
    }

    @Test
    void theDocumentThatWorkersAreTriedWithIsTheOneOfTheirPage() throws IOException {
        String document = Files.readString(Path.of("examples/workers/payment.yaml"));
        assertThat(Files.readString(Path.of("docs/workers.md"))).contains("```yaml\n" + document + "```");
        assertThatCode(() -> Documents.compile(document)).doesNotThrowAnyException();
    }

    @Test
    void thePageHasDocuments() throws IOException {
        assertThat(documents()).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void everyFieldOfTheSchemaIsOnThePage() throws IOException {
        Json.Obj schema = (Json.Obj) JsonText.parse(DocumentSchema.text());
        String page = page();

        assertThat(fields(schema))
                .isNotEmpty()
                .allSatisfy(field -> assertThat(page).contains("`" + field + "`"));
        assertThat(fields(defined(schema, "step")))
                .isNotEmpty()
                .allSatisfy(field -> assertThat(page).contains("`" + field + "`"));
        assertThat(fields(defined(schema, "awaited")))
                .isNotEmpty()
                .allSatisfy(field -> assertThat(page).contains(field + ":"));
    }

    private static Json.Obj defined(Json.Obj schema, String name) {
        return (Json.Obj) ((Json.Obj) schema.fields().get("$defs")).fields().get(name);
    }

    private static List<String> fields(Json.Obj schema) {
        return List.copyOf(
                ((Json.Obj) schema.fields().get("properties")).fields().keySet());
    }

    private static String page() throws IOException {
        return Files.readString(PAGE);
    }
}
