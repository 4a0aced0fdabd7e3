/**
 * Assistants: each workflow, and named configurations of workflows.
 *
 * <p>What a workflow is follows from the catalog and is kept nowhere else ({@code SystemAssistants}); what somebody made is
 * kept in versions ({@code AssistantRows}); {@code Assistants} is both as one. {@code AssistantGraph} and
 * {@code AssistantSchemas} draw a workflow as clients expect it.
 */
@NullMarked
package dev.threadwright.assistant;

import org.jspecify.annotations.NullMarked;
