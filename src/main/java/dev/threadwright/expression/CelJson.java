package dev.threadwright.expression;

import com.google.common.primitives.UnsignedLong;
import dev.cel.common.values.NullValue;
import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.StepFailure;
import java.math.BigDecimal;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
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

    /**
     * @param budget bytes that the value may take
     * @throws StepFailure if it is no JSON, or too large
     */
    static Json toJson(@Nullable Object value, Budget budget) {
        return toJson(value, budget, 0);
    }

    /** What is left of a limit on the size of a value. */
    static final class Budget {
        private final int bytes;
        private int left;

        Budget(int bytes) {
            this.bytes = bytes;
            this.left = bytes;
        }

        void spend(int some) {
            left -= some;
            if (left < 0) {
                throw new StepFailure("the value is larger than " + bytes + " bytes");
            }
        }
    }

    private static Json toJson(@Nullable Object value, Budget budget, int depth) {
        checkDepth(depth);
        budget.spend(2);
        return switch (value) {
            case null -> Json.NULL;
            case NullValue ignored -> Json.NULL;
            // What a literal null is; the one above is what JSON brings in.
            case com.google.protobuf.NullValue ignored -> Json.NULL;
            case Boolean bool -> Json.of(bool);
            case Long number -> Json.of(number);
            case UnsignedLong number -> new Json.Num(new BigDecimal(number.bigIntegerValue()));
            case Double number -> {
                if (number.isNaN() || number.isInfinite()) {
                    throw new StepFailure("the value is " + number + ", which JSON has no number for");
                }
                yield new Json.Num(BigDecimal.valueOf(number));
            }
            case String text -> {
                budget.spend(text.length());
                yield Json.of(text);
            }
            // Values that came from JSON are themselves again: digits that CEL has no number for are kept.
            case Items items -> {
                items.items.forEach(item -> spend(item, budget, depth + 1));
                yield Json.array(items.items);
            }
            case Fields fields -> {
                fields.fields.forEach((name, field) -> {
                    budget.spend(name.length());
                    spend(field, budget, depth + 1);
                });
                yield Json.object(fields.fields);
            }
            case List<?> list -> {
                List<Json> items = new ArrayList<>(list.size());
                for (Object item : list) {
                    items.add(toJson(item, budget, depth + 1));
                }
                yield Json.array(items);
            }
            case Map<?, ?> map -> {
                Map<String, Json> fields = new LinkedHashMap<>();
                for (Map.Entry<?, ?> field : map.entrySet()) {
                    if (!(field.getKey() instanceof String name)) {
                        throw new StepFailure("a key is " + kind(field.getKey()) + "; JSON has strings");
                    }
                    budget.spend(name.length());
                    fields.put(name, toJson(field.getValue(), budget, depth + 1));
                }
                yield Json.object(fields);
            }
            default -> throw new StepFailure("the value is " + kind(value) + ", which is no JSON");
        };
    }

    /** Depth counts here too: a value that is wrapped again and again would become one that no journal reads. */
    private static void spend(Json json, Budget budget, int depth) {
        checkDepth(depth);
        budget.spend(2);
        switch (json) {
            case Json.Text text -> budget.spend(text.value().length());
            case Json.Arr arr -> arr.items().forEach(item -> spend(item, budget, depth + 1));
            case Json.Obj obj ->
                obj.fields().forEach((name, field) -> {
                    budget.spend(name.length());
                    spend(field, budget, depth + 1);
                });
            case Json.Null ignored -> {}
            case Json.Bool ignored -> {}
            case Json.Num ignored -> {}
        }
    }

    private static void checkDepth(int depth) {
        if (depth > JsonText.MAX_DEPTH) {
            throw new StepFailure("the value is nested more than " + JsonText.MAX_DEPTH + " deep");
        }
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
