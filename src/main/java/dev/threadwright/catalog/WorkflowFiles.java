package dev.threadwright.catalog;

import dev.threadwright.workflow.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Documents that are registered for everyone when a server starts: the examples, and those of a directory. */
public final class WorkflowFiles {

    private static final List<String> EXAMPLES =
            List.of("agent.yaml", "agent-loop.yaml", "approval.yaml", "assistant.yaml", "fan-out.yaml", "report.yaml");
    private static final String EXAMPLES_AT = "/workflows/examples/";

    private final Catalog catalog;

    public WorkflowFiles(Catalog catalog) {
        this.catalog = catalog;
    }

    /** @throws CatalogUnavailableException if the store cannot be reached; may be tried again */
    public void registerExamples(long nowMs) {
        for (String name : EXAMPLES) {
            String text = example(name);
            if (!catalog.holds(Catalog.EVERYONE, text)) {
                catalog.register(Catalog.EVERYONE, text, nowMs);
            }
        }
    }

    static String example(String name) {
        try (InputStream resource = WorkflowFiles.class.getResourceAsStream(EXAMPLES_AT + name)) {
            if (resource == null) {
                throw new IllegalStateException("The server lacks its example " + name);
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Registers every {@code .yaml}, {@code .yml} and {@code .json} of a directory, those first that others run.
     *
     * @throws IllegalArgumentException naming each file that is wrong, and all that is wrong with it
     * @throws CatalogUnavailableException if the store cannot be reached; may be tried again
     */
    public void registerAll(Path directory, long nowMs) {
        Map<Path, String> waiting = read(directory);
        boolean progress = true;
        Map<Path, String> wrong = new LinkedHashMap<>();
        while (progress && !waiting.isEmpty()) {
            progress = false;
            wrong.clear();
            for (Map.Entry<Path, String> file : List.copyOf(waiting.entrySet())) {
                try {
                    requireVersion(file.getValue());
                    catalog.register(Catalog.EVERYONE, file.getValue(), nowMs);
                    waiting.remove(file.getKey());
                    progress = true;
                } catch (InvalidDocumentException | WorkflowConflictException e) {
                    // It may run a workflow of a file that comes later.
                    wrong.put(file.getKey(), String.valueOf(e.getMessage()));
                }
            }
        }
        if (!wrong.isEmpty()) {
            List<String> lines = new ArrayList<>();
            wrong.forEach((file, problems) -> lines.add(file + ": " + problems));
            throw new IllegalArgumentException(String.join("\n", lines));
        }
    }

    private static Map<Path, String> read(Path directory) {
        Map<Path, String> texts = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(WorkflowFiles::isDocument).sorted().toList()) {
                texts.put(file, Files.readString(file));
            }
            return texts;
        } catch (IOException e) {
            throw new IllegalArgumentException("Cannot read the workflows in " + directory + ": " + e, e);
        }
    }

    private static boolean isDocument(Path file) {
        String name = file.getFileName().toString();
        return Files.isRegularFile(file) && (name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json"));
    }

    /** Servers start with the same files again and again, and some with older ones: only a version tells which is newer. */
    private static void requireVersion(String text) {
        if (!(DocumentReader.read(text).get("version") instanceof Json.Num)) {
            throw new InvalidDocumentException(List.of(
                    new DocumentProblem("/version", "is missing; a document in the directory of workflows has one")));
        }
    }
}
