package dev.threadwright.expression;

import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.NullableType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.threadwright.workflow.Channel;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Compiles the CEL expressions of one workflow: {@code state.<channel>}, {@code input}, {@code consumed}, {@code item},
 * and {@code result}, {@code event.type} and {@code event.data}, or {@code callback.url}, where there is one. A channel that the workflow does not declare, or a value that cannot be of the
 * declared type, is found when the workflow is registered. Bounded as {@link CelConditions} are, and in the size of the
 * value.
 */
public final class StepExpressions {

    /** Of one expression; in code points. */
    public static final int MAX_LENGTH = 10_000;

    /** Of the value that an expression gives; roughly its bytes as JSON. */
    public static final int MAX_VALUE_BYTES = 1 << 20;

    private static final CelOptions OPTIONS = CelSetup.options(MAX_LENGTH);
    private static final CelRuntime RUNTIME =
            CelRuntimeFactory.standardCelRuntimeBuilder().setOptions(OPTIONS).build();
    private static final String STATE = "state.";
    private static final String EVENT = "event.";
    private static final String CALLBACK_URL = "callback.url";
    private static final Pattern CHANNEL = Pattern.compile("state\\s*\\.\\s*(\\w+)");

    private final CelCompiler plain;
    private final CelCompiler withResult;
    private final CelCompiler withEvent;
    private final CelCompiler withCallback;

    public StepExpressions(Map<String, Channel.Type> channels) {
        this.plain = compiler(channels).build();
        this.withResult = compiler(channels).addVar("result", SimpleType.DYN).build();
        this.withEvent = compiler(channels)
                // As with channels: another field of an event is found when the workflow is registered.
                .addVar(EVENT + "type", NullableType.create(SimpleType.STRING))
                .addVar(EVENT + "data", SimpleType.DYN)
                .build();
        this.withCallback =
                compiler(channels).addVar(CALLBACK_URL, SimpleType.STRING).build();
    }

    private static CelCompilerBuilder compiler(Map<String, Channel.Type> channels) {
        CelCompilerBuilder builder = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
                .addVar("input", SimpleType.DYN)
                .addVar("consumed", ListType.create(SimpleType.DYN))
                .addVar("item", SimpleType.DYN);
        // Names with a dot in them, not a map: one that is not declared is found when the workflow is registered.
        channels.forEach((name, type) -> builder.addVar(STATE + name, typeOf(type)));
        return builder;
    }

    /** A channel that was never written is null, so every type must be comparable with that. */
    private static CelType typeOf(Channel.Type type) {
        return switch (type) {
            case TEXT -> NullableType.create(SimpleType.STRING);
            case INTEGER -> NullableType.create(SimpleType.INT);
            case BOOLEAN -> NullableType.create(SimpleType.BOOL);
            case ANY, NUMBER, LIST, OBJECT -> SimpleType.DYN;
        };
    }

    /** An expression that is ready to be evaluated. */
    public final class Compiled {
        private final String path;
        private final CelRuntime.Program program;

        private Compiled(String path, CelRuntime.Program program) {
            this.path = path;
            this.program = program;
        }

        /** Where it stands in its document. */
        public String path() {
            return path;
        }

        /** @throws StepFailure naming the place in the document, if there is no value */
        public Json value(Step.View view) {
            return value(view, null);
        }

        /**
         * @param given the result, the event or the callback's URL, for an expression that was compiled for one
         * @throws StepFailure naming the place in the document, if there is no value
         */
        public Json value(Step.View view, @Nullable Json given) {
            try {
                Object value = program.eval(name -> Optional.ofNullable(variable(name, view, given)));
                return CelJson.toJson(value, new CelJson.Budget(MAX_VALUE_BYTES));
            } catch (CelEvaluationException e) {
                throw new StepFailure(path + ": " + e.getMessage());
            } catch (StepFailure e) {
                throw new StepFailure(path + ": " + e.getMessage());
            }
        }

        /** @throws StepFailure naming the place in the document, if there is no answer */
        public boolean holds(Step.View view) {
            return holds(view, null);
        }

        /**
         * @param event {@code {"type": ..., "data": ...}}, for a condition that was compiled for one
         * @throws StepFailure naming the place in the document, if there is no answer
         */
        public boolean holds(Step.View view, @Nullable Json event) {
            if (value(view, event) instanceof Json.Bool answer) {
                return answer.value();
            }
            throw new StepFailure(path + ": gave no true or false");
        }
    }

    /**
     * @param path where it stands in its document, for errors
     * @throws IllegalArgumentException with what is wrong and where
     */
    public Compiled compile(String path, String text) {
        return compiled(plain, path, text);
    }

    /** As {@link #compile}, where there is a {@code result}. */
    public Compiled compileWithResult(String path, String text) {
        return compiled(withResult, path, text);
    }

    /** As {@link #compile}, where there is a {@code callback.url}. */
    public Compiled compileWithCallback(String path, String text) {
        return compiled(withCallback, path, text);
    }

    /** As {@link #compile}, for an expression that must be true or false. */
    public Compiled compileCondition(String path, String text) {
        return condition(plain, path, text);
    }

    /** As {@link #compileCondition}, where there is an {@code event}. */
    public Compiled compileEventCondition(String path, String text) {
        return condition(withEvent, path, text);
    }

    private Compiled condition(CelCompiler compiler, String path, String text) {
        CelType type = check(compiler, text).getResultType();
        if (!type.equals(SimpleType.BOOL)
                && !type.equals(SimpleType.DYN)
                && !type.equals(typeOf(Channel.Type.BOOLEAN))) {
            throw new IllegalArgumentException("gives " + type.name() + ", and must be true or false");
        }
        return compiled(compiler, path, text);
    }

    private Compiled compiled(CelCompiler compiler, String path, String text) {
        try {
            return new Compiled(path, RUNTIME.createProgram(check(compiler, text)));
        } catch (CelEvaluationException e) {
            throw new IllegalArgumentException("cannot be run: " + e.getMessage(), e);
        }
    }

    private static dev.cel.common.CelAbstractSyntaxTree check(CelCompiler compiler, String text) {
        int length = text.codePointCount(0, text.length());
        if (length > MAX_LENGTH) {
            throw new IllegalArgumentException("is too long: " + length + " characters, at most " + MAX_LENGTH);
        }
        try {
            return compiler.compile(text).getAst();
        } catch (CelValidationException e) {
            throw new IllegalArgumentException(CelSetup.words(e, issue -> words(issue, text)), e);
        }
    }

    /** Channels are single names to CEL, so it says of one that is missing that there is no "state". */
    private static String words(CelIssue issue, String text) {
        if (issue.getMessage().startsWith("undeclared reference to 'callback'")) {
            return "there is no callback here but callback.url, in the request of an http step that has callback: {}";
        }
        if (!issue.getMessage().startsWith("undeclared reference to 'state'")) {
            return issue.getMessage();
        }
        String line = text.lines()
                .skip(issue.getSourceLocation().getLine() - 1)
                .findFirst()
                .orElse("");
        Matcher channel = CHANNEL.matcher(line);
        int column = issue.getSourceLocation().getColumn();
        if (column > line.codePointCount(0, line.length())) {
            return issue.getMessage();
        }
        return channel.region(line.offsetByCodePoints(0, column), line.length()).lookingAt()
                ? "there is no channel \"" + channel.group(1) + "\"; declare it under channels"
                : "undeclared reference to 'state'; name a channel: state.<channel>";
    }

    private static @Nullable Object variable(String name, Step.View view, @Nullable Json given) {
        return switch (name) {
            case "input" -> CelJson.of(view.trigger());
            case "consumed" -> CelJson.of(Json.array(view.consumed()));
            case "item" -> CelJson.of(view.item());
            case "result", CALLBACK_URL -> given == null ? null : CelJson.of(given);
            case EVENT + "type" -> ofEvent(given, "type");
            case EVENT + "data" -> ofEvent(given, "data");
            default -> name.startsWith(STATE) ? CelJson.of(view.state().get(name.substring(STATE.length()))) : null;
        };
    }

    private static @Nullable Object ofEvent(@Nullable Json event, String field) {
        Json value = event instanceof Json.Obj object ? object.get(field) : null;
        return value == null ? null : CelJson.of(value);
    }
}
