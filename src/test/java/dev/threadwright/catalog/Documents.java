package dev.threadwright.catalog;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowBuilder;
import dev.threadwright.workflow.WorkflowRef;
import dev.threadwright.workflow.Workflows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Documents for tests, and a server without a store that compiles them. */
final class Documents {

    static final String TENANT = "default";

    /** What the documents of the tests may refer to. */
    static final Surroundings SURROUNDINGS = new Surroundings(
            TENANT,
            new Workflows(chain()),
            Set.of("search", "calculator"),
            Map.of("longest", (current, incoming) -> incoming),
            true);

    private Documents() {}

    static Workflow compile(String text) {
        return DocumentCompiler.compile(DocumentReader.read(text), 1, SURROUNDINGS);
    }

    static List<DocumentProblem> problems(Json.Obj document) {
        try {
            DocumentCompiler.compile(document, 1, SURROUNDINGS);
            return List.of();
        } catch (InvalidDocumentException e) {
            return e.problems();
        }
    }

    /** The document with another value in one place, or with one that was not there; null takes away what is there. */
    static Json with(Json document, List<String> place, Json value) {
        if (place.isEmpty()) {
            return value;
        }
        Map<String, Json> fields = new LinkedHashMap<>(((Json.Obj) document).fields());
        Json inner = fields.getOrDefault(place.getFirst(), Json.EMPTY_OBJECT);
        Json changed = with(inner, place.subList(1, place.size()), value);
        if (changed instanceof Json.Null) {
            fields.remove(place.getFirst());
        } else {
            fields.put(place.getFirst(), changed);
        }
        return Json.object(fields);
    }

    /** {@code inner@1} and {@code inner@2}; and {@code depth-2} to {@code depth-8}, each running the one before. */
    private static List<Workflow> chain() {
        List<Workflow> all = new ArrayList<>();
        all.add(flat("inner", 1));
        all.add(flat("inner", 2));
        WorkflowRef below = new WorkflowRef("inner", 1);
        for (int depth = 2; depth <= Surroundings.MAX_DEPTH; depth++) {
            Workflow above = WorkflowBuilder.workflow("depth-" + depth, 1)
                    .step("run", new Step.Subgraph(below, null, null), step -> step)
                    .start("run")
                    .build();
            all.add(above);
            below = above.ref();
        }
        return all;
    }

    private static Workflow flat(String name, int version) {
        return WorkflowBuilder.workflow(name, version)
                .channel("text", Reducer.LAST_WRITE_WINS)
                .pure("only", view -> List.of(), step -> step)
                .start("only")
                .build();
    }
}
