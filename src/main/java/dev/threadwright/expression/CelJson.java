package dev.threadwright.expression;

import dev.cel.common.values.NullValue;
import dev.threadwright.workflow.Json;
import java.math.BigDecimal;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON as CEL sees it. Objects and lists are views: a condition that looks at one field of a large input pays for that
 * field, not for the input.
 */
final class CelJson {

    private static final BigDecimal MIN_INT = BigDecimal.valueOf(Long.MIN_VALUE);
    private static final BigDecimal MAX_INT = BigDecimal.valueOf(Long.MAX_VALUE);

    private CelJson() {}

    static Object of(Json json) {
        return switch (json) {
            case Json.Null ignored -> NullValue.NULL_VALUE;
            case Json.Bool bool -> bool.value();
            case Json.Num num -> number(num.value());
            case Json.Text text -> text.value();
            case Json.Arr arr -> new Items(arr.items());
            case Json.Obj obj -> new Fields(obj.fields());
        };
    }

    /** A whole number that fits is CEL's int, whether it was written 1 or 1.0; everything else is a double. */
    private static Object number(BigDecimal value) {
        if (value.compareTo(MIN_INT) >= 0
                && value.compareTo(MAX_INT) <= 0
                && (value.scale() <= 0 || value.stripTrailingZeros().scale() <= 0)) {
            return value.longValueExact();
        }
        return value.doubleValue();
    }

    /** For messages. */
    static String kind(Object value) {
        return switch (value) {
            case Boolean ignored -> "a boolean";
            case Number ignored -> "a number";
            case String ignored -> "a string";
            case List<?> ignored -> "a list";
            case Map<?, ?> ignored -> "an object";
            case NullValue ignored -> "null";
            default -> "something else (" + value.getClass().getSimpleName() + ")";
        };
    }

    private static final class Items extends AbstractList<Object> {
        private final List<Json> items;

        Items(List<Json> items) {
            this.items = items;
        }

        @Override
        public Object get(int index) {
            return of(items.get(index));
        }

        @Override
        public int size() {
            return items.size();
        }
    }

    private static final class Fields extends AbstractMap<String, Object> {
        private final Map<String, Json> fields;

        Fields(Map<String, Json> fields) {
            this.fields = fields;
        }

        @Override
        public @Nullable Object get(@Nullable Object name) {
            Json json = fields.get(name);
            return json == null ? null : of(json);
        }

        @Override
        public boolean containsKey(@Nullable Object name) {
            return fields.containsKey(name);
        }

        @Override
        public int size() {
            return fields.size();
        }

        @Override
        public Set<Map.Entry<String, Object>> entrySet() {
            return new AbstractSet<>() {
                @Override
                public Iterator<Map.Entry<String, Object>> iterator() {
                    return fields.entrySet().stream()
                            .map(field -> Map.entry(field.getKey(), of(field.getValue())))
                            .iterator();
                }

                @Override
                public int size() {
                    return fields.size();
                }
            };
        }
    }
}
