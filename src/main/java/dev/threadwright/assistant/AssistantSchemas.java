package dev.threadwright.assistant;

import dev.threadwright.workflow.Channel;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Reducer;
import dev.threadwright.workflow.StandardReducer;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.Workflow;
import dev.threadwright.workflow.WorkflowRef;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What goes into a workflow, what it keeps and what comes out of it, as JSON Schemas: as far as its channels say. */
public final class AssistantSchemas {

    /** Between the steps that lead to a workflow within a workflow. */
    private static final String WITHIN = "|";

    private AssistantSchemas() {}

    public static Json.Obj of(Workflow workflow) {
        Json channels = channels(workflow);
        Map<String, Json> schemas = new LinkedHashMap<>();
        schemas.put("graph_id", Json.of(workflow.ref().name()));
        // What a mapping makes of an input says nothing about the input's form, but that it is not the channels'.
        schemas.put("input_schema", workflow.input() == null ? channels : anyObject(workflow));
        schemas.put("output_schema", channels);
        schemas.put("state_schema", channels);
        schemas.put("config_schema", Json.NULL);
        schemas.put("context_schema", Json.NULL);
        return Json.object(schemas);
    }

    /**
     * By the steps that run workflows of their own.
     *
     * @param recurse whether within these, too: {@code step|step}
     */
    public static Json.Obj ofSubgraphs(
            Workflow workflow, boolean recurse, Function<WorkflowRef, @Nullable Workflow> workflows) {
        Map<String, Json> found = new LinkedHashMap<>();
        add(found, "", workflow, recurse, workflows);
        return Json.object(found);
    }

    /** Whether a namespace of a subgraph lies within another. */
    public static boolean isWithin(String namespace, String outer) {
        return namespace.startsWith(outer + WITHIN);
    }

    private static void add(
            Map<String, Json> found,
            String prefix,
            Workflow workflow,
            boolean recurse,
            Function<WorkflowRef, @Nullable Workflow> workflows) {
        for (Step step : workflow.steps().values()) {
            Workflow inner =
                    step.kind() instanceof Step.Subgraph subgraph ? workflows.apply(subgraph.workflow()) : null;
            if (inner != null) {
                found.put(prefix + step.name(), of(inner));
                if (recurse) {
                    add(found, prefix + step.name() + WITHIN, inner, true, workflows);
                }
            }
        }
    }

    private static Json anyObject(Workflow workflow) {
        Map<String, Json> schema = new LinkedHashMap<>();
        schema.put("title", Json.of(workflow.ref().name()));
        schema.put("type", Json.of("object"));
        return Json.object(schema);
    }

    private static Json channels(Workflow workflow) {
        Map<String, Json> properties = new LinkedHashMap<>();
        workflow.channels().forEach((name, channel) -> properties.put(name, schema(name, channel)));
        Map<String, Json> schema = new LinkedHashMap<>();
        schema.put("title", Json.of(workflow.ref().name()));
        schema.put("type", Json.of("object"));
        schema.put("properties", Json.object(properties));
        return Json.object(schema);
    }

    private static Json schema(String name, Channel channel) {
        Map<String, Json> schema = new LinkedHashMap<>();
        schema.put("title", Json.of(name));
        String type = type(channel);
        if (type != null) {
            schema.put("type", Json.of(type));
        }
        if (channel.reducer() == StandardReducer.MESSAGES) {
            schema.put("items", Json.object("type", Json.of("object")));
        }
        Json initial = channel.initial();
        if (initial != null) {
            schema.put("default", initial);
        }
        return Json.object(schema);
    }

    /** What the channel declares, else what its reducer makes; null for anything. */
    private static @Nullable String type(Channel channel) {
        return switch (channel.type()) {
            case TEXT -> "string";
            case NUMBER -> "number";
            case INTEGER -> "integer";
            case BOOLEAN -> "boolean";
            case LIST -> "array";
            case OBJECT -> "object";
            case ANY ->
                switch (channel.reducer()) {
                    case Reducer.Custom ignored -> null;
                    case StandardReducer.LAST_WRITE_WINS -> null;
                    case StandardReducer.APPEND, StandardReducer.MESSAGES, StandardReducer.SET_UNION -> "array";
                    case StandardReducer.MERGE_MAP, StandardReducer.MAX_BY_TIMESTAMP -> "object";
                    case StandardReducer.SUM -> "number";
                };
        };
    }
}
