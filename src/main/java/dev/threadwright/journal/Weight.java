package dev.threadwright.journal;

import dev.threadwright.workflow.Json;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * About how many bytes a value of the model takes, from the lengths of its texts and the number of its parts: nothing is
 * written for it. Records are weighed by their components, whatever those are, so what an event or a state gets in
 * addition is weighed from then on.
 *
 * <p>Limits are kept by it, and it errs towards more: what two parts share counts for both.
 */
public enum Weight {

    /** In the heap. Texts are taken for ones with two bytes a character, as all but Latin ones are. */
    KEPT(16, 8, 8, 48, 2, 64),

    /** As JSON in the journal and on Kafka. Characters are taken for ASCII: other texts are up to three times as long. */
    WRITTEN(2, 12, 1, 2, 1, 4);

    /** A number without its digits, or a value of which all are about that long. */
    private static final int SCALAR_BYTES = 12;

    private static final ClassValue<Shape> SHAPES = new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
            return Shape.of(type);
        }
    };

    private final int perValue;
    private final int perPart;
    private final int perItem;
    private final int perText;
    private final int perCharacter;
    private final int perEntry;

    Weight(int perValue, int perPart, int perItem, int perText, int perCharacter, int perEntry) {
        this.perValue = perValue;
        this.perPart = perPart;
        this.perItem = perItem;
        this.perText = perText;
        this.perCharacter = perCharacter;
        this.perEntry = perEntry;
    }

    /**
     * A record type.
     *
     * @param size how many components it has
     * @param parts reads those that have a weight of their own
     */
    private record Shape(int size, List<MethodHandle> parts) {

        private static final MethodType READ = MethodType.methodType(Object.class, Object.class);

        static Shape of(Class<?> type) {
            RecordComponent[] components = type.getRecordComponents();
            if (components == null) {
                throw new IllegalStateException("There is no weight for a " + type.getName());
            }
            List<MethodHandle> parts = new ArrayList<>();
            for (RecordComponent component : components) {
                if (!component.getType().isPrimitive() && !component.getType().isEnum()) {
                    parts.add(reading(component));
                }
            }
            return new Shape(components.length, List.copyOf(parts));
        }

        private static MethodHandle reading(RecordComponent component) {
            try {
                return MethodHandles.privateLookupIn(component.getDeclaringRecord(), MethodHandles.lookup())
                        .unreflect(component.getAccessor())
                        .asType(READ);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException("Cannot read " + component, e);
            }
        }
    }

    /** @throws IllegalStateException if no value of the model is of that type */
    public long of(@Nullable Object value) {
        return switch (value) {
            case null -> 0;
            case Json json -> of(json);
            case String text -> of(text);
            case Collection<?> items -> {
                long sum = perValue + (long) perItem * items.size();
                for (Object item : items) {
                    sum += of(item);
                }
                yield sum;
            }
            case Map<?, ?> map -> {
                long sum = perValue;
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    sum += perEntry + of(entry.getKey()) + of(entry.getValue());
                }
                yield sum;
            }
            case Number ignored -> SCALAR_BYTES;
            case Boolean ignored -> SCALAR_BYTES;
            case Enum<?> ignored -> SCALAR_BYTES;
            default -> ofRecord(value);
        };
    }

    private long of(String text) {
        return perText + (long) perCharacter * text.length();
    }

    private long of(Json json) {
        return switch (json) {
            case Json.Null ignored -> SCALAR_BYTES;
            case Json.Bool ignored -> SCALAR_BYTES;
            case Json.Num num -> perText + SCALAR_BYTES + (long) num.value().precision();
            case Json.Text text -> perValue + of(text.value());
            case Json.Arr arr -> {
                long sum = perValue + (long) perItem * arr.items().size();
                for (Json item : arr.items()) {
                    sum += of(item);
                }
                yield sum;
            }
            case Json.Obj obj -> {
                long sum = perValue;
                for (Map.Entry<String, Json> field : obj.fields().entrySet()) {
                    sum += perEntry + of(field.getKey()) + of(field.getValue());
                }
                yield sum;
            }
        };
    }

    private long ofRecord(Object value) {
        Shape shape = SHAPES.get(value.getClass());
        long sum = perValue + (long) perPart * shape.size();
        for (MethodHandle part : shape.parts()) {
            sum += of(read(part, value));
        }
        return sum;
    }

    private static @Nullable Object read(MethodHandle part, Object value) {
        try {
            return (@Nullable Object) part.invokeExact(value);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("An accessor throws what it does not declare", e);
        }
    }
}
