package dev.threadwright.expression;

import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What all expressions have in common: their bounds, and how their mistakes are worded. */
final class CelSetup {

    private CelSetup() {}

    static CelOptions options(int maxLength) {
        return CelOptions.current()
                .maxExpressionCodePointSize(maxLength)
                .maxParseRecursionDepth(CelConditions.MAX_DEPTH)
                .maxParseErrorRecoveryLimit(1)
                .comprehensionMaxIterations(CelConditions.MAX_ITERATIONS)
                .maxRegexProgramSize(CelConditions.MAX_PATTERN_SIZE)
                // JSON has one kind of number, so 2 < 2.5 must be an answer and not an error.
                .enableHeterogeneousNumericComparisons(true)
                .build();
    }

    static String words(CelValidationException e) {
        return words(e, CelIssue::getMessage);
    }

    /** @param message what is wrong, without the place */
    static String words(CelValidationException e, Function<CelIssue, String> message) {
        return e.getErrors().stream()
                .limit(3)
                .map(issue -> place(issue) + message.apply(issue))
                .collect(Collectors.joining("; "));
    }

    private static String place(CelIssue issue) {
        // CEL counts columns from 0, people from 1.
        return "line " + issue.getSourceLocation().getLine() + ", column "
                + (issue.getSourceLocation().getColumn() + 1) + ": ";
    }
}
