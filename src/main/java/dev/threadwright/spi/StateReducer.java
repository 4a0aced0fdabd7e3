package dev.threadwright.spi;

import dev.threadwright.workflow.Json;

/**
 * How writes to a channel combine, of one's own: a CDI bean, which workflow documents name {@code custom:<name>}.
 *
 * <p>Journals keep what it made of each write, so its code may change later. It must be a function of its arguments
 * alone, must not block, and may throw {@code StepFailure} for what does not combine: that fails the step.
 */
public interface StateReducer {

    String name();

    /** @param current JSON null if the channel was never written */
    Json reduce(Json current, Json incoming);
}
