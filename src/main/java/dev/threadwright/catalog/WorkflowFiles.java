package dev.threadwright.catalog;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.WorkflowRef;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
     * Registers every {@code .yaml}, {@code .yml} and {@code .json} of a directory, those first that others run: all, or if
     * one is wrong, none.
     *
     * @throws IllegalArgumentException naming each file that is wrong, and all that is wrong with it
     * @throws CatalogUnavailableException if the store cannot be reached; may be tried again
     */
    public void registerAll(Path directory, long nowMs) {
        DocumentFiles files = DocumentFiles.in(directory);
        if (files.problems().isEmpty() && files.texts().values().stream().allMatch(this::isThere)) {
            return;
        }
        catalog.together(registering -> {
            Map<Path, String> wrong = new TreeMap<>(files.problems());
            wrong.putAll(registered(registering, files.texts(), nowMs));
            if (!wrong.isEmpty()) {
                List<String> lines = new ArrayList<>();
                wrong.forEach((file, problems) -> lines.add(file + ": " + problems));
                throw new IllegalArgumentException(String.join("\n", lines));
            }
        });
    }

    /** And can be used here. */
    private boolean isThere(String text) {
        try {
            return catalog.holds(Catalog.EVERYONE, text)
                    && catalog.problems(Catalog.EVERYONE, text).isEmpty();
        } catch (InvalidDocumentException e) {
            return false;
        }
    }

    /** @return what is wrong with those that are */
    private static Map<Path, String> registered(Catalog catalog, Map<Path, String> texts, long nowMs) {
        Map<Path, String> waiting = new LinkedHashMap<>(texts);
        Map<WorkflowRef, Path> fine = new HashMap<>();
        Map<Path, String> wrong = new LinkedHashMap<>();
        boolean progress = true;
        while (progress && !waiting.isEmpty()) {
            progress = false;
            wrong.clear();
            for (Map.Entry<Path, String> file : List.copyOf(waiting.entrySet())) {
                try {
                    requireVersion(catalog, file.getValue());
                    Catalog.Registered registered = catalog.register(Catalog.EVERYONE, file.getValue(), nowMs);
                    fine.put(registered.ref(), file.getKey());
                    waiting.remove(file.getKey());
                    progress = true;
                } catch (InvalidDocumentException e) {
                    // It may run a workflow of a file that comes later.
                    wrong.put(file.getKey(), String.valueOf(e.getMessage()));
                } catch (WorkflowConflictException e) {
                    Path other = fine.get(e.ref());
                    wrong.put(file.getKey(), e.getMessage() + (other == null ? "" : "; it is in " + other + ", too"));
                }
            }
        }
        return wrong;
    }

    /** Servers start with the same files again and again, and some with older ones: only a version tells which is newer. */
    private static void requireVersion(Catalog catalog, String text) {
        if (!(DocumentReader.read(text).get("version") instanceof Json.Num)) {
            List<DocumentProblem> problems = new ArrayList<>();
            problems.add(
                    new DocumentProblem("/version", "is missing; a document in the directory of workflows has one"));
            problems.addAll(catalog.problems(Catalog.EVERYONE, text));
            throw new InvalidDocumentException(problems);
        }
    }
}
