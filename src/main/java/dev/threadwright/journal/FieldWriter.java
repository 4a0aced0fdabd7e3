package dev.threadwright.journal;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import java.io.IOException;
import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes the fields of stored objects. Null is left out; names of enums are in lower case. */
record FieldWriter(JsonGenerator generator) {

    interface Item<T> {
        void write(T item) throws IOException;
    }

    FieldWriter text(String name, @Nullable String value) throws IOException {
        if (value != null) {
            generator.writeStringField(name, value);
        }
        return this;
    }

    FieldWriter number(String name, @Nullable Long value) throws IOException {
        if (value != null) {
            generator.writeNumberField(name, value);
        }
        return this;
    }

    FieldWriter number(String name, long value) throws IOException {
        generator.writeNumberField(name, value);
        return this;
    }

    FieldWriter flag(String name, boolean value) throws IOException {
        generator.writeBooleanField(name, value);
        return this;
    }

    FieldWriter word(String name, Enum<?> value) throws IOException {
        generator.writeStringField(name, value.name().toLowerCase(Locale.ROOT));
        return this;
    }

    FieldWriter json(String name, Json value) throws IOException {
        generator.writeFieldName(name);
        JsonText.write(generator, value);
        return this;
    }

    /** An object, unless it is null. */
    <T> FieldWriter object(String name, @Nullable T value, Item<T> fields) throws IOException {
        if (value != null) {
            generator.writeObjectFieldStart(name);
            fields.write(value);
            generator.writeEndObject();
        }
        return this;
    }

    <T> FieldWriter objects(String name, Collection<T> values, Item<T> fields) throws IOException {
        generator.writeArrayFieldStart(name);
        for (T value : values) {
            generator.writeStartObject();
            fields.write(value);
            generator.writeEndObject();
        }
        generator.writeEndArray();
        return this;
    }

    FieldWriter texts(String name, Collection<String> values) throws IOException {
        generator.writeArrayFieldStart(name);
        for (String value : values) {
            generator.writeString(value);
        }
        generator.writeEndArray();
        return this;
    }
}
