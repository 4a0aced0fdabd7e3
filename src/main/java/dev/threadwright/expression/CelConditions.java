package dev.threadwright.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.threadwright.thread.Input;
import dev.threadwright.thread.policy.Situation;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates conditions on an input and the situation of its thread, written in CEL: {@code data.urgent == true && active
 * > 0}. Bounded in the length of an expression, its depth, the rounds of its loops and the size of its patterns (which
 * match in linear time), so that nobody's condition holds up a partition. Safe for use by several threads.
 */
public final class CelConditions {

    /** Of one condition; in code points. */
    public static final int MAX_LENGTH = 1_000;

    /** How deep one may nest. */
    static final int MAX_DEPTH = 32;

    /** How many rounds all loops ({@code exists}, {@code map}, ...) of one evaluation may have together. */
    static final int MAX_ITERATIONS = 10_000;

    /** Of a compiled regular expression; in RE2 instructions. */
    static final int MAX_PATTERN_SIZE = 1_000;

    /** How many compiled conditions are kept; the least recently used gives way. */
    static final int MAX_COMPILED = 1_000;

    private static final CelOptions OPTIONS = CelSetup.options(MAX_LENGTH);

    private static final Map<String, CelType> VARIABLES = Map.of(
            "data", SimpleType.DYN,
            // Four names with a dot in them, not a map: a misspelt one is found when the condition is registered.
            "input.type", SimpleType.STRING,
            "input.eventType", SimpleType.STRING,
            "input.source", SimpleType.STRING,
            "input.id", SimpleType.STRING,
            "active", SimpleType.INT,
            "processing", SimpleType.BOOL,
            "waitingForUser", SimpleType.BOOL,
            "waitingForEvent", SimpleType.BOOL,
            "queued", SimpleType.INT);

    @SuppressWarnings("serial") // never serialized
    private final Map<String, CelRuntime.Program> compiled = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, CelRuntime.Program> eldest) {
            return size() > MAX_COMPILED;
        }
    };

    /** Made for the first condition: most servers have none when they start, and it takes long. */
    private static final class Language {
        static final CelCompiler COMPILER = compiler();
        static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder()
                .setOptions(OPTIONS)
                .build();

        private static CelCompiler compiler() {
            CelCompilerBuilder builder = CelCompilerFactory.standardCelCompilerBuilder()
                    .setOptions(OPTIONS)
                    .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                    .setResultType(SimpleType.BOOL);
            VARIABLES.forEach(builder::addVar);
            return builder.build();
        }
    }

    /** @throws IllegalArgumentException with what is wrong and where, if it is not a condition */
    public void validate(String condition) {
        program(condition);
    }

    /**
     * @throws IllegalArgumentException if it is not a condition
     * @throws IllegalStateException if it has no answer for this input, such as for a field that the data lack
     */
    public boolean holds(String condition, Input input, Situation situation) {
        CelRuntime.Program program = program(condition);
        Object answer;
        try {
            answer = program.eval(name -> Optional.ofNullable(variable(name, input, situation)));
        } catch (CelEvaluationException e) {
            throw new IllegalStateException(String.valueOf(e.getMessage()), e);
        }
        if (answer instanceof Boolean holds) {
            return holds;
        }
        throw new IllegalStateException("the condition gave " + CelJson.kind(answer) + ", not true or false");
    }

    private static @Nullable Object variable(String name, Input input, Situation situation) {
        return switch (name) {
            case "data" -> CelJson.of(input.data());
            case "input.type" -> input.type().wireName();
            case "input.eventType" -> input.eventType() == null ? "" : input.eventType();
            case "input.source" -> input.identity().source();
            case "input.id" -> input.identity().id();
            case "active" -> (long) situation.active();
            case "processing" -> situation.active() > 0;
            case "waitingForUser" -> situation.waitingUser() > 0;
            case "waitingForEvent" -> situation.waitingEvent() > 0;
            case "queued" -> (long) situation.queued();
            default -> null;
        };
    }

    /** Compiled outside the lock: two threads may do it twice, none waits for another's. */
    private CelRuntime.Program program(String condition) {
        synchronized (compiled) {
            CelRuntime.Program known = compiled.get(condition);
            if (known != null) {
                return known;
            }
        }
        CelRuntime.Program program = compile(condition);
        synchronized (compiled) {
            compiled.put(condition, program);
        }
        return program;
    }

    private CelRuntime.Program compile(String condition) {
        int length = condition.codePointCount(0, condition.length());
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "the condition is too long: " + length + " characters, at most " + MAX_LENGTH);
        }
        try {
            CelAbstractSyntaxTree tree = Language.COMPILER.compile(condition).getAst();
            return Language.RUNTIME.createProgram(tree);
        } catch (CelValidationException e) {
            throw new IllegalArgumentException(CelSetup.words(e), e);
        } catch (CelEvaluationException e) {
            throw new IllegalArgumentException("the condition cannot be run: " + e.getMessage(), e);
        }
    }

    int compiledCount() {
        synchronized (compiled) {
            return compiled.size();
        }
    }
}
