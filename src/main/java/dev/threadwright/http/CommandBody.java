package dev.threadwright.http;

import dev.threadwright.ingress.AttributeText;
import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.thread.policy.Policy;
import dev.threadwright.thread.policy.PolicyForm;
import dev.threadwright.workflow.Json;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The body of a command, read as exactly as records are: digits are kept, a field given twice or unknown is refused. What
 * is wrong with a field is told with its place.
 */
final class CommandBody {

    /** Of a body beside its data: the policy above all, which may have 64 KiB. */
    static final int MAX_BYTES_BESIDE_DATA = 128 * 1024;

    private static final Pattern POLICY_PLACE = Pattern.compile("(policy[\\w.\\[\\]]*): (.*)", Pattern.DOTALL);

    private final Json.Obj fields;

    private CommandBody(Json.Obj fields) {
        this.fields = fields;
    }

    /**
     * @param known the fields that it may have
     * @throws ProblemException if it is not an object of these
     */
    static CommandBody parse(byte @Nullable [] body, int maxDataBytes, List<String> known) {
        if (body == null || body.length == 0) {
            throw new ProblemException(Problem.at("", "is missing: send a JSON object"));
        }
        if (body.length > maxDataBytes + MAX_BYTES_BESIDE_DATA) {
            throw new ProblemException(tooLarge());
        }
        Json json;
        try {
            json = JsonText.parse(body);
        } catch (InvalidJsonException e) {
            throw new ProblemException(Problem.at("", "cannot be read: " + e.getMessage()));
        }
        if (!(json instanceof Json.Obj object)) {
            throw new ProblemException(Problem.at("", "must be a JSON object with " + String.join(", ", known)));
        }
        for (String name : object.fields().keySet()) {
            if (!known.contains(name)) {
                throw new ProblemException(
                        Problem.at(pointer(name), "is unknown here; the fields are " + String.join(", ", known)));
            }
        }
        return new CommandBody(object);
    }

    /** As above; no body says as much as {}. */
    static CommandBody parseOrEmpty(byte @Nullable [] body, int maxDataBytes, List<String> known) {
        return body == null || body.length == 0 ? new CommandBody(Json.EMPTY_OBJECT) : parse(body, maxDataBytes, known);
    }

    static Problem tooLarge() {
        return Problem.of(
                ProblemType.TOO_LARGE,
                "The body is too large: its data may have as many bytes as threadwright.limits.data-bytes says (1 MiB"
                        + " unless configured), all else " + MAX_BYTES_BESIDE_DATA);
    }

    /** The field's value, which is not null. */
    Json data(String name) {
        Json value = fields.get(name);
        if (value == null) {
            throw wrong(name, "is missing: it is what the workflow gets, any JSON value but null");
        }
        if (value instanceof Json.Null) {
            throw wrong(name, "is null: send a JSON value that is not null");
        }
        return value;
    }

    /** Null if it is absent; what is there must be a string that says something. */
    @Nullable String text(String name) {
        return switch (fields.get(name)) {
            case null -> null;
            case Json.Text text when !text.value().isEmpty() -> text.value();
            default -> throw wrong(name, "must be a string that is not empty; leave it out if there is nothing to say");
        };
    }

    /** As {@link #text}, of what is an attribute of the record that is made of it, or as short: here its place is known. */
    @Nullable String attribute(String name) {
        String text = text(name);
        return text == null ? null : attribute(name, text);
    }

    private String attribute(String name, String text) {
        String problem = AttributeText.problem(text);
        if (problem != null) {
            throw wrong(name, problem);
        }
        return text;
    }

    /** As it is; null if it is absent. */
    @Nullable Json json(String name) {
        return fields.get(name);
    }

    boolean flag(String name) {
        return switch (fields.get(name)) {
            case null -> false;
            case Json.Bool flag -> flag.value();
            default -> throw wrong(name, "must be true or false");
        };
    }

    Json.@Nullable Obj object(String name) {
        return switch (fields.get(name)) {
            case null -> null;
            case Json.Obj object -> object;
            default -> throw wrong(name, "must be an object");
        };
    }

    /** Names of steps: one, a list of them, or * for all; none if it is absent. */
    Set<String> names(String name) {
        Json json = fields.get(name);
        if (json == null) {
            return Set.of();
        }
        Set<String> names = new LinkedHashSet<>();
        for (Json item : json instanceof Json.Arr all ? all.items() : List.of(json)) {
            // In a header of the command they stand with commas between them.
            if (!(item instanceof Json.Text text)
                    || text.value().isBlank()
                    || text.value().contains(",")) {
                throw wrong(name, "must be the name of a step, a list of names, or \"*\"; none with a comma in it");
            }
            names.add(text.value());
        }
        if (names.isEmpty()) {
            throw wrong(name, "names no step; leave it out");
        }
        attribute(name, String.join(",", names));
        return names;
    }

    /** The fields of these names, as far as it has them. */
    Json.Obj only(List<String> names) {
        Map<String, Json> some = new LinkedHashMap<>();
        for (String name : names) {
            Json value = fields.get(name);
            if (value != null) {
                some.put(name, value);
            }
        }
        return Json.object(some);
    }

    /** Null if it is absent. */
    @Nullable Policy policy(String name, Consumer<Policy> check) {
        Json json = fields.get(name);
        return json == null ? null : policy(name, json, check);
    }

    static Policy policy(String name, Json json, Consumer<Policy> check) {
        try {
            Policy policy = PolicyForm.parse(json);
            check.accept(policy);
            return policy;
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage());
            Matcher place = POLICY_PLACE.matcher(message);
            throw place.matches()
                    ? new ProblemException(Problem.at(policyPointer(place.group(1)), place.group(2)))
                    : new ProblemException(Problem.at(pointer(name), message));
        }
    }

    ProblemException wrong(String name, String message) {
        return new ProblemException(Problem.at(pointer(name), message));
    }

    private static String pointer(String name) {
        return "/" + name.replace("~", "~0").replace("/", "~1");
    }

    /** {@code policy.rules[0].when} as {@code /policy/rules/0/when}. */
    private static String policyPointer(String path) {
        return "/" + path.replace("[", ".").replace("]", "").replace('.', '/');
    }
}
