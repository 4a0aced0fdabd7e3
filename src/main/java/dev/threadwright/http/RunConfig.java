package dev.threadwright.http;

import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Workflow;
import org.jspecify.annotations.Nullable;

/** The {@code config} of runs, and of what makes runs. */
final class RunConfig {

    static final String RECURSION_LIMIT = "recursion_limit";

    private static final String BOUNDS = "a whole number from 1 to " + Workflow.MAX_RECURSION_LIMIT;

    private RunConfig() {}

    /** Null if there is none. Fails with a {@link ProblemException} if no run could have it. */
    static Json.@Nullable Obj checked(RequestFields fields) {
        Json.Obj config = fields.object("config");
        if (config != null && isLimited(config) && limit(config) == null) {
            throw fields.wrong("config", "has a recursion_limit that is not " + BOUNDS);
        }
        return config;
    }

    /** That of the run's whole configuration; null for the one of its workflow. */
    static @Nullable Integer recursionLimit(@Nullable Json config) {
        if (!(config instanceof Json.Obj all) || !isLimited(all)) {
            return null;
        }
        Integer limit = limit(all);
        if (limit == null) {
            // The request's own was checked before.
            throw RequestFields.at(
                    "/assistant_id", "names an assistant whose config has a recursion_limit that is not " + BOUNDS);
        }
        return limit;
    }

    private static boolean isLimited(Json.Obj config) {
        Json limit = config.get(RECURSION_LIMIT);
        return limit != null && !(limit instanceof Json.Null);
    }

    private static @Nullable Integer limit(Json.Obj config) {
        if (!(config.get(RECURSION_LIMIT) instanceof Json.Num number)) {
            return null;
        }
        try {
            int limit = number.value().intValueExact();
            return Workflow.isRecursionLimit(limit) ? limit : null;
        } catch (ArithmeticException fractionOrTooLarge) {
            return null;
        }
    }
}
