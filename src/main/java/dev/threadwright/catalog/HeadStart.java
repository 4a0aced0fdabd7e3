package dev.threadwright.catalog;

import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowCatalog;
import dev.threadwright.workflow.WorkflowRef;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compiles an example for nobody. The first document takes some hundred times as long as those that follow, for all that is
 * loaded with it: beside the start of everything else, that keeps nobody waiting.
 */
public final class HeadStart {

    /** It has expressions, schemas, tools and people in it. */
    static final String EXAMPLE = "agent.yaml";

    private static final WorkflowCatalog NO_OTHERS = new WorkflowCatalog() {
        @Override
        public @Nullable Workflow latest(String tenant, String name) {
            return null;
        }

        @Override
        public @Nullable Workflow find(String tenant, WorkflowRef ref) {
            return null;
        }
    };

    private HeadStart() {}

    public static void compile() {
        compile(WorkflowFiles.example(EXAMPLE));
    }

    /** @return whether nothing is wrong with it but that it names handlers: there are none yet */
    static boolean compile(String text) {
        try {
            DocumentCompiler.compile(
                    DocumentReader.read(text),
                    1,
                    new Surroundings(ThreadKey.DEFAULT_TENANT, NO_OTHERS, Set.of(), Map.of(), true));
            return true;
        } catch (InvalidDocumentException e) {
            return e.problems().stream().allMatch(problem -> problem.message().startsWith("there is no handler"));
        }
    }
}
