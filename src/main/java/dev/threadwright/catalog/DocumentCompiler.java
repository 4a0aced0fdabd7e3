package dev.threadwright.catalog;

import dev.threadwright.workflow.Breakpoints;
import dev.threadwright.workflow.Channel;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.GraphCheck;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Route;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowRef;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a workflow of a document, or says all that is wrong with it: its channels first, then what refers to them, and last
 * the graph that its steps make.
 */
final class DocumentCompiler {

    private final Json.Obj document;
    private final Problems problems;
    private final Map<String, Channel> channels;
    private final ExpressionCompiler expressions;
    private final RouteCompiler routes;
    private final StepCompiler steps;

    private DocumentCompiler(Json.Obj document, Surroundings surroundings, Problems problems) {
        this.document = document;
        this.problems = problems;
        this.channels = new ChannelCompiler(surroundings, problems).compile(document.get("channels"));
        this.expressions = new ExpressionCompiler(channels, problems);
        this.routes = new RouteCompiler(expressions, problems);
        this.steps = new StepCompiler(surroundings, channels, document.get("tools"), routes, expressions, problems);
    }

    /** @throws InvalidDocumentException with all that is wrong */
    static Workflow compile(Json.Obj document, int version, Surroundings surroundings) {
        Problems problems = new Problems();
        problems.addAll(DocumentSchema.problems(document));
        Workflow workflow = new DocumentCompiler(document, surroundings, problems).workflow(version);
        if (workflow == null || !problems.isEmpty()) {
            throw new InvalidDocumentException(problems.all());
        }
        return workflow;
    }

    private @Nullable Workflow workflow(int version) {
        Map<String, Step> compiled = steps.compile(document.get("steps"));
        List<Route> start = routes.compile("/start", document.get("start"));
        int recursionLimit = document.get("recursion_limit") instanceof Json.Num limit
                ? limit.value().intValue()
                : Workflow.DEFAULT_RECURSION_LIMIT;
        Workflow.InputMapping input = inputMapping();
        Breakpoints breakpoints = breakpoints();
        String compaction = document.get("compaction") instanceof Json.Text step ? step.value() : null;
        Long timeoutMs = runTimeoutMs();
        GraphCheck.problems(channels, compiled, start, recursionLimit, breakpoints, compaction)
                .forEach(problem -> problems.add(pointer(problem.path()), problem.message()));
        // A step that says at run time where it goes may lead anywhere, however often.
        if (compiled.values().stream().noneMatch(Step::choosesNext)) {
            checkEntries(new Entries(compiled, start), compaction);
        }
        if (!problems.isEmpty() || !(document.get("name") instanceof Json.Text name)) {
            return null;
        }
        return new Workflow(
                new WorkflowRef(name.value(), version),
                channels,
                compiled,
                start,
                input,
                recursionLimit,
                breakpoints,
                compaction,
                timeoutMs);
    }

    private @Nullable Long runTimeoutMs() {
        Json declared = document.get("timeout");
        if (declared == null) {
            return null;
        }
        long ms = Durations.ms("/timeout", declared, 1, problems);
        if (ms > Workflow.MAX_TIMEOUT_MS) {
            problems.add("/timeout", "must be at most " + Workflow.MAX_TIMEOUT_MS / 86_400_000 + "d");
        }
        return ms;
    }

    private Breakpoints breakpoints() {
        return document.get("breakpoints") instanceof Json.Obj declared
                ? new Breakpoints(
                        new LinkedHashSet<>(Shapes.texts(declared.get("before"))),
                        new LinkedHashSet<>(Shapes.texts(declared.get("after"))))
                : Breakpoints.NONE;
    }

    private Workflow.@Nullable InputMapping inputMapping() {
        Json declared = document.get("input");
        if (!(declared instanceof Json.Obj)) {
            return null;
        }
        ExpressionCompiler.Writes writes = expressions.writes("/input", declared);
        return data -> writes.of(new Step.View(Channels.EMPTY, data, List.of()), null);
    }

    /** A step that nothing leads to is a mistake. That of compaction needs nothing that leads to it, and leads nowhere. */
    private void checkEntries(Entries entries, @Nullable String compaction) {
        entries.unreachable().stream()
                .filter(name -> !name.equals(compaction))
                .forEach(name -> problems.add(Problems.at("/steps", name), "nothing leads here"));
        entries.joinsThatNeverRun()
                .forEach((name, message) -> problems.add(Problems.at("/steps", name) + "/joins", message));
    }

    /** Of a graph's path, {@code steps.<name>.joins}; a name may be wrong and have dots of its own. */
    private static String pointer(String path) {
        int first = path.indexOf('.');
        int last = path.lastIndexOf('.');
        return first == last
                ? "/" + path.replace('.', '/')
                : Problems.at(
                        Problems.at("/" + path.substring(0, first), path.substring(first + 1, last)),
                        path.substring(last + 1));
    }
}
