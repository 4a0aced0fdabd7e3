package dev.threadwright.workflow;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An immutable JSON value. The core has its own so that it depends on no JSON library; reading and writing text is the
 * shell's business. Objects keep the order of their keys, but equality ignores it, as JSON does.
 */
public sealed interface Json {

    Json NULL = new Null();
    Json TRUE = new Bool(true);
    Json FALSE = new Bool(false);
    Obj EMPTY_OBJECT = new Obj(Map.of());

    record Null() implements Json {}

    record Bool(boolean value) implements Json {}

    /** Numbers keep their digits: {@code 1.0} and {@code 1} are equal, a 20-digit id stays exact. */
    record Num(BigDecimal value) implements Json {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Num num && value.compareTo(num.value) == 0;
        }

        @Override
        public int hashCode() {
            return value.signum() == 0 ? 0 : value.stripTrailingZeros().hashCode();
        }
    }

    record Text(String value) implements Json {}

    record Arr(List<Json> items) implements Json {
        public Arr {
            items = List.copyOf(items);
        }
    }

    record Obj(Map<String, Json> fields) implements Json {
        public Obj {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }

        public @Nullable Json get(String name) {
            return fields.get(name);
        }
    }

    static Json of(String text) {
        return new Text(text);
    }

    static Json of(long number) {
        return new Num(BigDecimal.valueOf(number));
    }

    static Json of(boolean value) {
        return value ? TRUE : FALSE;
    }

    static Arr array(List<Json> items) {
        return new Arr(items);
    }

    static Obj object(String name, Json value) {
        return new Obj(Map.of(name, value));
    }

    static Obj object(Map<String, Json> fields) {
        return new Obj(fields);
    }

    /** This value with the keys of every object in it sorted: equal values become identical text. */
    default Json canonical() {
        return switch (this) {
            case Obj obj -> {
                TreeMap<String, Json> sorted = new TreeMap<>();
                obj.fields.forEach((name, value) -> sorted.put(name, value.canonical()));
                yield new Obj(sorted);
            }
            case Arr arr -> {
                List<Json> items = new ArrayList<>(arr.items.size());
                arr.items.forEach(item -> items.add(item.canonical()));
                yield new Arr(items);
            }
            case Num num -> new Num(num.value.signum() == 0 ? BigDecimal.ZERO : num.value.stripTrailingZeros());
            case Null ignored -> this;
            case Bool ignored -> this;
            case Text ignored -> this;
        };
    }
}
