package dev.threadwright.live;

import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;

/** How far a handler says it is; not kept. */
public record StepProgress(ThreadKey thread, RunId run, String step, ActionId action, int attempt, Json data) {}
