package dev.threadwright.schema;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.regex.RegularExpression;
import dev.threadwright.json.JsonText;
import dev.threadwright.thread.AnswerSchemas;
import dev.threadwright.workflow.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * JSON Schema, draft 2020-12. A schema is whole in itself: nothing is fetched. Patterns match in linear time, so that
 * nobody's answer holds up a partition. Safe for use by several threads.
 */
public final class JsonSchemas implements AnswerSchemas {

    /** Of one schema as JSON, in bytes. */
    public static final int MAX_BYTES = 65_536;

    /** How many schemas are remembered. */
    static final int MAX_COMPILED = 1_000;

    /** How many errors of one answer are told. */
    static final int MAX_ERRORS = 5;

    private static final String META_SCHEMAS = "https://json-schema.org/";
    private static final SchemaLocation PLACE = SchemaLocation.of("https://json-schema.org/draft/2020-12/schema");

    /** Made for the first schema: it takes long. */
    private static final class Draft {
        static final SchemaRegistry REGISTRY = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemaRegistryConfig(SchemaRegistryConfig.builder()
                                .regularExpressionFactory(JsonSchemas::linear)
                                .formatAssertionsEnabled(true)
                                .locale(Locale.ROOT)
                                .build())
                        .schemaCacheEnabled(false)
                        .schemaLoader(loader -> loader.fetchRemoteResources(false)
                                .allow(iri -> iri.toString().startsWith(META_SCHEMAS))));

        static final Schema META_SCHEMA = REGISTRY.getSchema(PLACE);
    }

    @SuppressWarnings("serial") // never serialized
    private final Map<String, Checked> checked = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Checked> eldest) {
            return size() > MAX_COMPILED;
        }
    };

    /** A schema as it was found; compiled unless something is wrong with it. */
    private record Checked(
            @Nullable Schema compiled, @Nullable String problem) {}

    @Override
    public @Nullable String problem(Json.Obj schema) {
        return checked(schema).problem();
    }

    @Override
    public @Nullable String problem(Json.Obj schema, Json answer) {
        Checked found = checked(schema);
        Schema compiled = found.compiled();
        if (compiled == null) {
            return "it cannot be held against its schema: " + found.problem();
        }
        try {
            List<Error> errors = compiled.validate(JsonText.write(answer), InputFormat.JSON);
            return errors.isEmpty() ? null : words(errors);
        } catch (RuntimeException e) {
            return "it cannot be held against its schema: " + e.getMessage();
        } catch (StackOverflowError e) {
            return "it cannot be held against its schema, which refers to itself without end";
        }
    }

    private Checked checked(Json.Obj schema) {
        String text = JsonText.write(schema);
        if (text.length() > MAX_BYTES) {
            return new Checked(null, "it has " + text.length() + " characters, at most " + MAX_BYTES);
        }
        synchronized (checked) {
            return checked.computeIfAbsent(text, this::check);
        }
    }

    private Checked check(String text) {
        List<Error> errors = Draft.META_SCHEMA.validate(text, InputFormat.JSON);
        if (!errors.isEmpty()) {
            return new Checked(null, words(errors));
        }
        try {
            Schema compiled = Draft.REGISTRY.getSchema(text, InputFormat.JSON);
            // References and patterns would be looked at when something is held against them.
            compiled.initializeValidators();
            return new Checked(compiled, null);
        } catch (RuntimeException e) {
            return new Checked(null, String.valueOf(e.getMessage()));
        } catch (StackOverflowError e) {
            return new Checked(null, "it refers to itself without end");
        }
    }

    private static String words(List<Error> errors) {
        return errors.stream()
                        .limit(MAX_ERRORS)
                        .map(error -> place(error) + ": " + error.getMessage())
                        .collect(Collectors.joining("; "))
                + (errors.size() > MAX_ERRORS ? "; and " + (errors.size() - MAX_ERRORS) + " more" : "");
    }

    private static String place(Error error) {
        String path = error.getInstanceLocation().toString();
        return path.isEmpty() ? "/" : path;
    }

    /** How many are remembered now. */
    int remembered() {
        synchronized (checked) {
            return checked.size();
        }
    }

    private static RegularExpression linear(String pattern) {
        try {
            Pattern expression = Pattern.compile(pattern);
            return text -> expression.matcher(text).find();
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("pattern \"" + pattern + "\": " + e.getDescription());
        }
    }
}
