package dev.threadwright.callback;

import dev.threadwright.thread.ActionId;
import dev.threadwright.thread.RunId;
import dev.threadwright.thread.ThreadKey;

/**
 * What a URL is for.
 *
 * @param expiresAtMs from when it is not believed any more; milliseconds since 1970
 */
public record Callback(ThreadKey thread, RunId run, ActionId action, int attempt, long expiresAtMs) {}
