package dev.threadwright;

import dev.threadwright.ops.ThreadwrightConfig;
import io.smallrye.config.ConfigMappingInterface.Property;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.SmallRyeConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keys that there are not, that are missing, and values that are of another kind than their keys want, in words for whoever
 * wrote them: the key, what it is, what it should be, and where it stands.
 */
final class ConfigMistakes {
    private static final String PREFIX = "threadwright.";

    private static final int MAX_PORT = 65_535;

    /** A chosen name in a key, which has quotes if there are points in it. */
    private static final String CHOSEN = "(?:\"[^\"]*\"|[^.\"]+)";

    private static final Set<String> TRUTHS = Set.of("true", "false", "yes", "no", "y", "n", "on", "off", "1", "0");

    /** What the library says of values and keys. */
    private static final Pattern UNCONVERTED =
            Pattern.compile("SRCFG000(?:39|40|41): The config property (\\S+) .*", Pattern.DOTALL);

    private static final Pattern MISSING =
            Pattern.compile("SRCFG00014: The config property (\\S+) is required but .*", Pattern.DOTALL);
    private static final Pattern UNKNOWN = Pattern.compile("SRCFG00050: (\\S+) in .*", Pattern.DOTALL);
    private static final Pattern UNEXPANDED =
            Pattern.compile("SRCFG00011: Could not expand value (\\S+) in property (\\S+).*", Pattern.DOTALL);
    /** In front of a message that was an exception's. */
    private static final Pattern EXCEPTION = Pattern.compile("^[\\w.$]+: (?=SRCFG)");

    private static final Pattern CODE = Pattern.compile("SRCFG\\d{5}: ");

    /** As it is read, before any of it is held against what its keys want. */
    private final SmallRyeConfig config;

    private final Map<String, Property> declared;

    /** Of all that are declared; made for the first key that has a chosen name, or a number, in it. */
    private final Map<Pattern, Property> forms = new LinkedHashMap<>();

    /** By key, so that each is told once. */
    private final Map<String, String> mistakes = new LinkedHashMap<>();

    ConfigMistakes(SmallRyeConfig config) {
        this.config = config;
        this.declared = ConfigMappings.getProperties(ConfigClass.configClass(ThreadwrightConfig.class));
    }

    List<String> all() {
        return List.copyOf(mistakes.values());
    }

    /** Of those keys that have a wrong value, what can stand in for it so that the others can be looked at. */
    Map<String, String> instead() {
        Map<String, String> instead = new LinkedHashMap<>();
        for (String key : mistakes.keySet()) {
            Property property = declaration(key);
            if (property != null) {
                instead.put(key, property.hasDefaultValue() ? property.getDefaultValue() : "");
            }
        }
        return instead;
    }

    /** Every other word would be taken for no. */
    void lookAtTruths() {
        for (String key : config.getPropertyNames()) {
            if (key.startsWith(PREFIX)) {
                Property property = declaration(key);
                String value = property != null && type(property).contains("oolean") ? value(key) : null;
                if (value != null && !TRUTHS.contains(value.strip().toLowerCase(Locale.ROOT))) {
                    mistakes.put(key, wrong(key, "true or false"));
                }
            }
        }
    }

    /** Of a key that is Quarkus's. */
    void lookAtPort(String key) {
        String value = value(key);
        if (value != null && !(value.strip().matches("\\d{1,5}") && Integer.parseInt(value.strip()) <= MAX_PORT)) {
            mistakes.put(key, wrong(key, "a port, from 0 to 65535"));
        }
    }

    void add(ConfigValidationException found) {
        for (int i = 0; i < found.getProblemCount(); i++) {
            add(EXCEPTION
                    .matcher(String.valueOf(found.getProblem(i).getMessage()))
                    .replaceFirst(""));
        }
    }

    private void add(String message) {
        Matcher unknown = UNKNOWN.matcher(message);
        Matcher missing = MISSING.matcher(message);
        Matcher unexpanded = UNEXPANDED.matcher(message);
        Matcher unconverted = UNCONVERTED.matcher(message);
        if (unknown.matches()) {
            String key = unknown.group(1);
            mistakes.putIfAbsent(
                    key, key + " is no key of this server; keys are in docs/configuration.md" + place(key));
        } else if (missing.matches()) {
            mistakes.putIfAbsent(missing.group(1), missing.group(1) + " is not set, and other keys beside it are");
        } else if (unexpanded.matches()) {
            String key = unexpanded.group(2);
            mistakes.putIfAbsent(key, key + " has ${" + unexpanded.group(1) + "} in it, which is not set" + place(key));
        } else if (unconverted.matches()) {
            String key = unconverted.group(1);
            mistakes.putIfAbsent(key, wrong(key, expected(key, message)));
        } else {
            mistakes.putIfAbsent(message, CODE.matcher(message).replaceAll(""));
        }
    }

    private String wrong(String key, String expected) {
        String value = value(key);
        String is = value == null || value.isBlank()
                ? " has no value"
                : isSecret(key) ? " is something else" : " is " + value;
        return key + is + "; it is " + expected + place(key);
    }

    /** Those are texts of any kind, so that none is ever wrong for its type; whoever adds one of another kind is not to be told. */
    private static boolean isSecret(String key) {
        return key.matches("(?i).*(secret|password|api-key|hash).*");
    }

    private String expected(String key, String message) {
        Property property = declaration(key);
        String type = property == null ? "" : type(property);
        if (type.contains("Duration")) {
            return "a time, such as 500ms, 30s, 15m, 2h, 7d or PT1M30S";
        }
        if (type.equals("long")) {
            return "a whole number";
        }
        if (type.equals("int") || type.contains("Int")) {
            return "a whole number of at most " + Integer.MAX_VALUE;
        }
        if (type.contains("oolean")) {
            return "true or false";
        }
        if (type.contains("String")) {
            return "a text";
        }
        int allowed = message.indexOf("allowed values: ");
        return allowed < 0
                ? "something else: "
                        + CODE.matcher(message.substring(message.lastIndexOf("SRCFG")))
                                .replaceAll("")
                : "of "
                        + message.substring(allowed + "allowed values: ".length())
                                .replace(",", ", ");
    }

    private @Nullable Property declaration(String key) {
        Property exactly = declared.get(key);
        if (exactly != null) {
            return exactly;
        }
        if (forms.isEmpty()) {
            declared.forEach((form, property) -> forms.put(pattern(form), property));
        }
        return forms.entrySet().stream()
                .filter(form -> form.getKey().matcher(key).matches())
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private static Pattern pattern(String declared) {
        return Pattern.compile(Pattern.quote(declared).replace("*", "\\E" + CHOSEN + "\\Q") + "(?:\\[\\d+])?");
    }

    private static String type(Property property) {
        return property.getMethod().getGenericReturnType().getTypeName();
    }

    private @Nullable String value(String key) {
        return config.getConfigValue(key).getRawValue();
    }

    /** Where it stands, as far as that is known. */
    private String place(String key) {
        String source = config.getConfigValue(key).getSourceName();
        if (source == null) {
            return "";
        }
        Matcher file = Pattern.compile(".*\\[source=(?:file:)?(.*)]").matcher(source);
        int line = config.getConfigValue(key).getLineNumber();
        return " ("
                + switch (source) {
                    case "SysPropConfigSource" -> "set as -D" + key;
                    case "EnvConfigSource" -> "set in the environment";
                    default ->
                        "set in " + (file.matches() ? file.group(1) : source) + (line > 0 ? ", line " + line : "");
                }
                + ")";
    }
}
