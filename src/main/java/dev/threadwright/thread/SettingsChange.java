package dev.threadwright.thread;

import dev.threadwright.thread.policy.Policy;
import dev.threadwright.workflow.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to be set on a thread; what is null stays as it is.
 *
 * @param metadata goes into what is there: each field takes the place of the one of its name, with null, too
 * @param ttlMinutes see {@link ThreadSettings}
 */
public record SettingsChange(
        @Nullable Policy policy,
        @Nullable String workflow,
        Json.@Nullable Obj metadata,
        Json.@Nullable Obj approvals,
        @Nullable Long ttlMinutes) {

    public static final SettingsChange NONE = new SettingsChange(null, null, null, null, null);

    ThreadSettings on(ThreadSettings now) {
        return new ThreadSettings(
                policy == null ? now.policy() : policy,
                workflow == null ? now.workflow() : workflow,
                metadata == null ? now.metadata() : merged(now.metadata(), metadata),
                approvals == null ? now.approvals() : approvals,
                ttlMinutes == null ? now.ttlMinutes() : ttlMinutes);
    }

    SettingsChange withWorkflow(String name) {
        return new SettingsChange(policy, name, metadata, approvals, ttlMinutes);
    }

    private static Json.Obj merged(Json.Obj now, Json.Obj more) {
        Map<String, Json> fields = new LinkedHashMap<>(now.fields());
        fields.putAll(more.fields());
        return Json.object(fields);
    }
}
