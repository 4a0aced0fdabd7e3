package dev.threadwright.journal;

import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a stored object, each as what it must be. Fields that nobody asks for are passed over: a newer release
 * may add some.
 *
 * @param what the object, for errors
 */
record Fields(Map<String, Json> values, String what) {

    static Fields of(Json json, String what) {
        if (json instanceof Json.Obj object) {
            return new Fields(object.fields(), what);
        }
        throw new UnreadableException(what + " is not an object");
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    Json json(String name) {
        Json value = values.get(name);
        if (value == null) {
            throw new UnreadableException(what + " has no " + name);
        }
        return value;
    }

    String text(String name) {
        if (json(name) instanceof Json.Text text) {
            return text.value();
        }
        throw wrong(name, "a string");
    }

    @Nullable String textOrNull(String name) {
        return has(name) ? text(name) : null;
    }

    long number(String name) {
        if (json(name) instanceof Json.Num number) {
            return number.value().longValueExact();
        }
        throw wrong(name, "a number");
    }

    @Nullable Long numberOrNull(String name) {
        return has(name) ? number(name) : null;
    }

    int integer(String name) {
        return Math.toIntExact(number(name));
    }

    boolean flag(String name) {
        if (json(name) instanceof Json.Bool bool) {
            return bool.value();
        }
        throw wrong(name, "true or false");
    }

    <E extends Enum<E>> E word(String name, Class<E> type) {
        String word = text(name);
        try {
            return Enum.valueOf(type, word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new UnreadableException(
                    what + ": " + name + " is \"" + word + "\", which this release does not know");
        }
    }

    Json.Obj object(String name) {
        if (json(name) instanceof Json.Obj object) {
            return object;
        }
        throw wrong(name, "an object");
    }

    Fields fields(String name) {
        return new Fields(object(name).fields(), what + "." + name);
    }

    <T> List<T> list(String name, Function<Json, T> item) {
        if (!(json(name) instanceof Json.Arr array)) {
            throw wrong(name, "a list");
        }
        List<T> items = new ArrayList<>(array.items().size());
        for (Json value : array.items()) {
            items.add(item.apply(value));
        }
        return List.copyOf(items);
    }

    <T> List<T> objects(String name, Function<Fields, T> item) {
        return list(name, value -> item.apply(of(value, what + "." + name)));
    }

    List<String> texts(String name) {
        return list(name, value -> {
            if (value instanceof Json.Text text) {
                return text.value();
            }
            throw wrong(name, "a list of strings");
        });
    }

    private UnreadableException wrong(String name, String expected) {
        return new UnreadableException(what + ": " + name + " is not " + expected);
    }
}
