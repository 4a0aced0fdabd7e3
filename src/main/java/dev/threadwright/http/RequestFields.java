package dev.threadwright.http;

import dev.threadwright.ingress.AttributeText;
import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request of the agent contract. As exact as {@link CommandBody}, with two differences that the contract asks
 * for: null is as if the field was not there, and what can be read but not be meant is a 422.
 */
final class RequestFields {

    private final String place;
    private final Json.Obj fields;

    /** @param place JSON pointer of the object in the body */
    private RequestFields(String place, Json.Obj fields) {
        this.place = place;
        this.fields = fields;
    }

    /**
     * @param known the fields that it may have
     * @throws ProblemException if it is not an object of these
     */
    static RequestFields parse(byte @Nullable [] body, int maxDataBytes, List<String> known) {
        Json json = json(body, maxDataBytes, "object");
        if (!(json instanceof Json.Obj object)) {
            throw at("", "must be a JSON object with " + String.join(", ", known));
        }
        for (String name : object.fields().keySet()) {
            if (!known.contains(name)) {
                throw at(pointer(name), "is unknown here" + meant(name, known));
            }
        }
        refuseNul("", object);
        return new RequestFields("", object);
    }

    /** An object with any fields. @throws ProblemException if it is none */
    static Json.Obj object(byte @Nullable [] body, int maxDataBytes) {
        if (!(json(body, maxDataBytes, "object") instanceof Json.Obj object)) {
            throw new ProblemException(Problem.at("", "must be a JSON object"));
        }
        refuseNul("", object);
        return object;
    }

    private static Json json(byte @Nullable [] body, int maxDataBytes, String kind) {
        if (body == null || body.length == 0) {
            throw new ProblemException(Problem.at("", "is missing: send a JSON " + kind));
        }
        if (body.length > maxDataBytes + CommandBody.MAX_BYTES_BESIDE_DATA) {
            throw new ProblemException(CommandBody.tooLarge());
        }
        try {
            return JsonText.parse(body);
        } catch (InvalidJsonException e) {
            throw new ProblemException(Problem.at("", "cannot be read: " + e.getMessage()));
        }
    }

    /** One that is there already. */
    static RequestFields of(Json.Obj object, List<String> known) {
        object.fields().keySet().stream()
                .filter(name -> !known.contains(name))
                .findFirst()
                .ifPresent(name -> {
                    throw at(pointer(name), "is unknown here" + meant(name, known));
                });
        return new RequestFields("", object);
    }

    /** Several in one body, each of which may have its fields in camel case, too: so the SDK writes them there. */
    static List<RequestFields> parseAll(byte @Nullable [] body, int maxDataBytes, int max, List<String> known) {
        Json json = json(body, maxDataBytes, "array");
        if (!(json instanceof Json.Arr array)
                || array.items().isEmpty()
                || array.items().size() > max) {
            throw at("", "must be a JSON array of 1 to " + max + " objects");
        }
        refuseNul("", array);
        List<RequestFields> all = new ArrayList<>();
        for (int i = 0; i < array.items().size(); i++) {
            String place = "/" + i;
            if (!(array.items().get(i) instanceof Json.Obj object)) {
                throw at(place, "must be a JSON object");
            }
            all.add(new RequestFields(place, snake(place, object, known)));
        }
        return all;
    }

    private static Json.Obj snake(String place, Json.Obj object, List<String> known) {
        Map<String, Json> fields = new LinkedHashMap<>();
        object.fields().forEach((name, value) -> {
            String snake = snake(name);
            if (!known.contains(snake)) {
                throw at(place + pointer(name), "is unknown here; the fields are " + String.join(", ", known));
            }
            Json before = fields.put(snake, value);
            if (before != null && !before.equals(value)) {
                throw at(place + pointer(name), "is given twice");
            }
        });
        return Json.object(fields);
    }

    private static String snake(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }

    /** As above; no body says as much as {}. */
    static RequestFields parseOrEmpty(byte @Nullable [] body, int maxDataBytes, List<String> known) {
        return body == null || body.length == 0
                ? new RequestFields("", Json.EMPTY_OBJECT)
                : parse(body, maxDataBytes, known);
    }

    private static String meant(String name, List<String> known) {
        String snake = snake(name);
        return known.contains(snake)
                ? ": it is called " + snake + " on the wire"
                : "; the fields are " + String.join(", ", known);
    }

    /** Postgres can neither keep nor compare it in what is searched. */
    private static void refuseNul(String pointer, Json json) {
        switch (json) {
            case Json.Text text -> {
                if (text.value().indexOf('\0') >= 0) {
                    throw at(pointer, "holds U+0000, which cannot be kept");
                }
            }
            case Json.Arr items -> {
                for (int i = 0; i < items.items().size(); i++) {
                    refuseNul(pointer + "/" + i, items.items().get(i));
                }
            }
            case Json.Obj object -> {
                for (Map.Entry<String, Json> field : object.fields().entrySet()) {
                    if (field.getKey().indexOf('\0') >= 0) {
                        throw at(pointer, "has a name with U+0000 in it, which cannot be kept");
                    }
                    refuseNul(pointer + pointer(field.getKey()), field.getValue());
                }
            }
            case Json.Num ignored -> {}
            case Json.Bool ignored -> {}
            case Json.Null ignored -> {}
        }
    }

    /** The objects of a list in it, which may have these fields only; null if it is absent or null. */
    @Nullable List<RequestFields> each(String name, List<String> known) {
        return switch (value(name)) {
            case null -> null;
            case Json.Arr list -> {
                List<RequestFields> all = new ArrayList<>();
                for (int i = 0; i < list.items().size(); i++) {
                    String at = place + pointer(name) + "/" + i;
                    if (!(list.items().get(i) instanceof Json.Obj object)) {
                        throw at(at, "must be an object with " + String.join(", ", known));
                    }
                    refuseUnknown(at, object, known);
                    all.add(new RequestFields(at, object));
                }
                yield all;
            }
            default -> throw wrong(name, "must be a list");
        };
    }

    private static void refuseUnknown(String at, Json.Obj object, List<String> known) {
        for (String field : object.fields().keySet()) {
            if (!known.contains(field)) {
                throw at(at + pointer(field), "is unknown here" + meant(field, known));
            }
        }
    }

    /** The fields of an object in it, which may have these only; null if it is absent or null. */
    @Nullable RequestFields within(String name, List<String> known) {
        Json.Obj object = object(name);
        if (object == null) {
            return null;
        }
        refuseUnknown(place + pointer(name), object, known);
        return new RequestFields(place + pointer(name), object);
    }

    boolean namesAnyOf(List<String> names) {
        return names.stream().anyMatch(name -> names(name) && (value(name) != null || name.equals("resume")));
    }

    /** Whether it was sent, be it as null. */
    boolean names(String name) {
        return fields.get(name) != null;
    }

    /** Null if it is absent or null. */
    @Nullable Json value(String name) {
        Json value = fields.get(name);
        return value instanceof Json.Null ? null : value;
    }

    @Nullable String text(String name) {
        return switch (value(name)) {
            case null -> null;
            case Json.Text text -> text.value();
            default -> throw wrong(name, "must be a string");
        };
    }

    /** A text that becomes an attribute of a record, or as short a field of it; null for null. @param name where it is */
    @Nullable String attribute(String name, @Nullable String text) {
        String problem = text == null ? null : AttributeText.problem(text);
        if (problem != null) {
            throw wrong(name, problem);
        }
        return text;
    }

    String requiredText(String name) {
        String text = text(name);
        if (text == null || text.isEmpty()) {
            throw wrong(name, "is missing: it must be a string that is not empty");
        }
        return text;
    }

    /** One of these words. */
    @Nullable String word(String name, List<String> words) {
        String text = text(name);
        if (text != null && !words.contains(text)) {
            throw wrong(name, "must be one of " + String.join(", ", words) + ", not \"" + text + "\"");
        }
        return text;
    }

    @Nullable Boolean flag(String name) {
        return switch (value(name)) {
            case null -> null;
            case Json.Bool flag -> flag.value();
            default -> throw wrong(name, "must be true or false");
        };
    }

    int number(String name, int min, int max, int absent) {
        Json value = value(name);
        if (value == null) {
            return absent;
        }
        if (value instanceof Json.Num number
                && number.value().stripTrailingZeros().scale() <= 0
                && number.value().compareTo(BigDecimal.valueOf(min)) >= 0
                && number.value().compareTo(BigDecimal.valueOf(max)) <= 0) {
            return number.value().intValueExact();
        }
        throw wrong(name, "must be a whole number from " + min + " to " + max);
    }

    Json.@Nullable Obj object(String name) {
        return switch (value(name)) {
            case null -> null;
            case Json.Obj object -> object;
            default -> throw wrong(name, "must be an object");
        };
    }

    @Nullable List<String> texts(String name) {
        Json value = value(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof Json.Arr list)) {
            throw wrong(name, "must be a list of strings");
        }
        List<String> texts = new ArrayList<>();
        for (Json item : list.items()) {
            if (!(item instanceof Json.Text text)) {
                throw wrong(name, "must be a list of strings");
            }
            texts.add(text.value());
        }
        return texts;
    }

    /** Names of fields of what is answered. */
    @Nullable List<String> select(List<String> known) {
        List<String> names = texts("select");
        if (names != null && !known.containsAll(names)) {
            throw wrong("select", "names what there is not; there are " + String.join(", ", known));
        }
        return names;
    }

    ProblemException wrong(String name, String message) {
        return at(place + pointer(name), message);
    }

    /** Of something beside the body that can be read and not be meant. */
    static ProblemException beside(String message) {
        Problem problem = Problem.of(ProblemType.INVALID_REQUEST, message);
        return new ProblemException(
                new Problem(problem.type(), 422, problem.detail(), problem.errors(), problem.more()));
    }

    static ProblemException at(String pointer, String message) {
        Problem problem = Problem.at(pointer, message);
        return new ProblemException(
                new Problem(problem.type(), 422, problem.detail(), problem.errors(), problem.more()));
    }

    private static String pointer(String name) {
        return "/" + name.replace("~", "~0").replace("/", "~1");
    }
}
