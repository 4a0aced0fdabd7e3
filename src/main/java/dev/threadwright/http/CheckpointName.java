package dev.threadwright.http;

import dev.threadwright.workflow.Json;
import org.jspecify.annotations.Nullable;

/** The id of a checkpoint, in the forms in which clients of the agent contract give it. */
final class CheckpointName {

    private static final String ID = "checkpoint_id";

    private CheckpointName() {}

    /**
     * From an id, a checkpoint, or a configuration with one of them in {@code configurable}.
     *
     * @return null if the field names none
     * @throws ProblemException if it is of none of these forms, or of a subgraph
     */
    static @Nullable String of(RequestFields body, String field) {
        Json value = body.value(field);
        return switch (value) {
            case null -> null;
            case Json.Text id -> id.value();
            case Json.Obj object -> of(body, field, object);
            default -> throw body.wrong(field, "must be a checkpoint: its id, or an object with checkpoint_id");
        };
    }

    /** Whether it is of a subgraph, of which no checkpoints are kept. */
    static boolean isOfSubgraph(RequestFields body, String field) {
        Json.Obj object = body.object(field);
        return object != null
                && object.get("checkpoint_ns") instanceof Json.Text namespace
                && !namespace.value().isEmpty();
    }

    private static @Nullable String of(RequestFields body, String field, Json.Obj object) {
        if (object.get("configurable") instanceof Json.Obj configurable) {
            return of(body, field, configurable);
        }
        if (object.get("checkpoint_ns") instanceof Json.Text namespace
                && !namespace.value().isEmpty()) {
            throw body.wrong(field, "is of a subgraph; only those of the thread itself can be named");
        }
        return switch (object.get(ID)) {
            case null -> null;
            case Json.Null ignored -> null;
            case Json.Text id -> id.value();
            default -> throw body.wrong(field, "must have a checkpoint_id that is a string");
        };
    }
}
