package dev.threadwright.thread;

import dev.threadwright.workflow.Json;
import org.jspecify.annotations.Nullable;

/** Checks answers against the schemas that interrupts have. What they say depends on the arguments alone. */
public interface AnswerSchemas {

    /** Null, or what is wrong with the schema itself. */
    @Nullable String problem(Json.Obj schema);

    /** Null, or what is wrong with the answer, and where. */
    @Nullable String problem(Json.Obj schema, Json answer);
}
