package dev.threadwright.assistant;

import io.smallrye.mutiny.Uni;

/** The threads of assistants: those whose metadata has the assistant's id as {@code assistant_id}. */
public interface AssistantThreads {

    /** Deletes all of them; again, if it is asked again. */
    Uni<Void> delete(String tenant, String assistantId);
}
