package dev.threadwright.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.testing.EmbeddedServersResource;
import dev.threadwright.testing.Readiness;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowRef;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@QuarkusTest
@WithTestResource(EmbeddedServersResource.class)
class WorkflowFilesTest {

    private static final long NOW_MS = 1_000;

    @Inject
    Catalog catalog;

    @TempDir
    Path directory;

    private final String suffix = UUID.randomUUID().toString();
    private WorkflowFiles files;

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
        files = new WorkflowFiles(catalog);
    }

    @Test
    void everyDocumentOfADirectoryIsForEveryTenant() throws IOException {
        write("one.yaml", flat("one", 1));
        write("two.yml", flat("two", 1));
        write("three.json", """
                {"name": "three-%s", "version": 2, "start": "a", "steps": {"a": {"sleep": "1s"}}}""".formatted(suffix));
        write("notes.txt", "no workflow");
        Files.createDirectory(directory.resolve("folder.yaml"));

        files.registerAll(directory, NOW_MS);

        assertThat(latest("one").ref().version()).isEqualTo(1);
        assertThat(latest("two").ref().version()).isEqualTo(1);
        assertThat(latest("three").ref().version()).isEqualTo(2);
    }

    @Test
    void thoseThatOthersRunComeFirstWhateverTheFilesAreCalled() throws IOException {
        write("a.yaml", parent("a", "b"));
        write("b.yaml", parent("b", "c"));
        write("c.yaml", flat("c", 1));

        files.registerAll(directory, NOW_MS);

        assertThat(subgraphOf("a")).isEqualTo(new WorkflowRef("b-" + suffix, 1));
        assertThat(subgraphOf("b")).isEqualTo(new WorkflowRef("c-" + suffix, 1));
    }

    @Test
    void theSameFilesAgainChangeNothing() throws IOException {
        write("a.yaml", flat("again", 1));
        files.registerAll(directory, NOW_MS);
        Workflow before = latest("again");

        files.registerAll(directory, NOW_MS + 1);

        assertThat(latest("again")).isSameAs(before);
        write("a.yaml", flat("again", 2));
        files.registerAll(directory, NOW_MS + 2);
        assertThat(latest("again").ref().version()).isEqualTo(2);
    }

    @Test
    void anOlderFileLeavesTheNewerVersionTheNewest() throws IOException {
        write("old.yaml", flat("rolled", 1));
        files.registerAll(directory, NOW_MS);
        write("old.yaml", flat("rolled", 2));
        files.registerAll(directory, NOW_MS);
        write("old.yaml", flat("rolled", 1));

        assertThatCode(() -> files.registerAll(directory, NOW_MS)).doesNotThrowAnyException();
        assertThat(latest("rolled").ref().version()).isEqualTo(2);
    }

    @Test
    void allThatIsWrongWithAllFilesIsSaid() throws IOException {
        write("fine.yaml", flat("fine", 1));
        write("nameless.yaml", "version: 1\nstart: a\nsteps: {a: {sleep: 1s}}\n");
        write("broken.yaml", "a: [");
        write(
                "twice.yaml",
                "name: twice-%s\nversion: 1\nstart: nowhere\nsteps: {a: {call: nobody}}\n".formatted(suffix));
        write("circle.yaml", parent("circle", "ring"));
        write("ring.yaml", parent("ring", "circle"));
        write(
                "versionless.yaml",
                flat("versionless", 1).replace("version: 1\n", "").replace("1s}", "1s, next: nowhere}"));
        Files.write(directory.resolve("bytes.json"), new byte[] {(byte) 0xff, (byte) 0xfe});
        write("large.yaml", " ".repeat(DocumentReader.MAX_BYTES + 1));
        Files.createSymbolicLink(directory.resolve("nowhere.yaml"), directory.resolve("nothing"));
        write("LOUD.YAML", "a: [");

        assertThatThrownBy(() -> files.registerAll(directory, NOW_MS))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nameless.yaml: required property 'name' not found")
                .hasMessageContaining("broken.yaml: The document cannot be read as YAML")
                .hasMessageContaining("twice.yaml: ")
                .hasMessageContaining("/start: there is no step \"nowhere\"")
                .hasMessageContaining("/steps/a/call: there is no handler \"nobody\" on this server")
                .hasMessageContaining("circle.yaml: /steps/a/workflow: there is no workflow ring-" + suffix)
                .hasMessageContaining("ring.yaml: /steps/a/workflow: there is no workflow circle-" + suffix)
                .hasMessageContaining("versionless.yaml: /version: is missing")
                .hasMessageContaining("/steps/a/next: there is no step \"nowhere\"")
                .hasMessageContaining("bytes.json: is not UTF-8")
                .hasMessageContaining("large.yaml: is too large: more than 262144 bytes")
                .hasMessageContaining("nowhere.yaml: cannot be read: there is no such file, or it leads to none")
                .hasMessageContaining("LOUD.YAML: The document cannot be read as YAML")
                .hasMessageNotContaining("fine.yaml");
    }

    @Test
    void ifOneIsWrongNoneIsRegistered() throws IOException {
        write("a.yaml", flat("whole", 1));
        write("b.yaml", parent("half", "whole").replace("start: a", "start: b"));
        assertThatThrownBy(() -> files.registerAll(directory, NOW_MS))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("b.yaml: /start: there is no step \"b\"")
                .hasMessageNotContaining("a.yaml");
        catalog.refresh();
        assertThat(catalog.latest("anybody", "whole-" + suffix)).isNull();

        write("a.yaml", flat("whole", 1).replace("1s", "2s"));
        write("b.yaml", parent("half", "whole"));
        files.registerAll(directory, NOW_MS);
        assertThat(subgraphOf("half")).isEqualTo(new WorkflowRef("whole-" + suffix, 1));
    }

    @Test
    void twoFilesCannotBeTheSameVersion() throws IOException {
        write("a.yaml", flat("same", 1));
        write("b.yaml", flat("same", 1).replace("1s", "2s"));
        write("c.yaml", flat("same", 1));

        assertThatThrownBy(() -> files.registerAll(directory, NOW_MS))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("b.yaml: Workflow same-" + suffix + "@1 is registered with other content")
                .hasMessageContaining("it is in " + directory.resolve("c.yaml") + ", too")
                .hasMessageNotContaining("c.yaml: ");
    }

    @Test
    void aFileThatChangedWithoutANewVersionIsWrong() throws IOException {
        write("a.yaml", flat("changed", 1));
        files.registerAll(directory, NOW_MS);
        write("a.yaml", flat("changed", 1).replace("1s", "2s"));

        assertThatThrownBy(() -> files.registerAll(directory, NOW_MS))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a.yaml: Workflow changed-" + suffix + "@1 is registered with other content")
                .hasMessageContaining("give one above the newest, which is 1");
    }

    @Test
    void aDirectoryThatIsNotThereIsWrong() {
        assertThatThrownBy(() -> files.registerAll(directory.resolve("nowhere"), NOW_MS))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Cannot read the workflows in " + directory.resolve("nowhere"));
    }

    @Test
    void theExamplesAreRegisteredForEveryoneAndAgainChangeNothing() {
        files.registerExamples(NOW_MS);
        files.registerExamples(NOW_MS + 1);

        for (String example : new String[] {"agent", "agent-loop", "approval", "assistant", "fan-out", "report"}) {
            Workflow workflow = Objects.requireNonNull(catalog.latest("anybody", example), example);
            assertThat(workflow.ref().version()).isEqualTo(1);
        }
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(directory.resolve(file), text);
    }

    private String flat(String name, int version) {
        return "name: %s-%s\nversion: %d\nstart: a\nsteps: {a: {sleep: 1s}}\n".formatted(name, suffix, version);
    }

    private String parent(String name, String child) {
        return "name: %s-%s\nversion: 1\nstart: a\nsteps: {a: {workflow: %s-%s}}\n"
                .formatted(name, suffix, child, suffix);
    }

    private Workflow latest(String name) {
        return Objects.requireNonNull(catalog.latest("tenant-" + suffix, name + "-" + suffix));
    }

    private WorkflowRef subgraphOf(String name) {
        return ((Step.Subgraph) latest(name).step("a").kind()).workflow();
    }
}
