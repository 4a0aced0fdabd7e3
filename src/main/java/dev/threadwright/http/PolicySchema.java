package dev.threadwright.http;

import java.util.List;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** A policy as the OpenAPI document describes it; {@link dev.threadwright.thread.policy.PolicyForm} reads it. */
@Schema(
        name = "Policy",
        description = "What is done with an input while the thread is busy: a name, or an object with options.",
        oneOf = {PolicySchema.Name.class, PolicySchema.Options.class})
final class PolicySchema {

    private PolicySchema() {}

    @Schema(
            name = "PolicyName",
            type = SchemaType.STRING,
            enumeration = {"interrupt", "parallel", "merge", "reject", "queue", "rollback"})
    static final class Name {
        private Name() {}
    }

    @Schema(name = "PolicyOptions", description = "Each option belongs to the policy that it names.")
    record Options(
            @Schema(
                    required = true,
                    enumeration = {"interrupt", "parallel", "merge", "reject", "queue", "rollback", "rules", "custom"})
            String type,

            @Schema(description = "interrupt: whether the superseded input goes to the new run, too.")
            boolean prependSuperseded,

            @Schema(description = "parallel, queue: how many at most.", minimum = "1")
            int max,

            @Schema(description = "queue: milliseconds after which a queued input is given up.", minimum = "1")
            long ttlMs,

            @Schema(
                    description = "queue: what it waits behind.",
                    enumeration = {"unfinished", "open", "active"})
            String behind,

            @Schema(description = "rules: the first whose condition holds decides.")
            List<Rule> rules,

            @Schema(description = "rules: what decides if none holds; not rules itself.", implementation = Object.class)
            Object otherwise,

            @Schema(description = "custom: the name of the deployed policy.")
            String name) {}

    @Schema(name = "PolicyRule")
    record Rule(
            @Schema(
                    required = true,
                    description = "A CEL condition on the input and the thread's situation.",
                    examples = "data.urgent == true")
            String when,

            @Schema(required = true, description = "A policy other than rules.", implementation = Object.class)
            Object then) {}
}
