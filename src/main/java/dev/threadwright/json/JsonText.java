package dev.threadwright.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.SegmentedStringWriter;
import dev.threadwright.workflow.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and writes JSON text, exactly: digits are kept, a key given twice is refused rather than dropped. */
public final class JsonText {

    /** How deep objects and arrays may be nested. */
    public static final int MAX_DEPTH = 64;

    /** How many digits a number may have. */
    public static final int MAX_NUMBER_LENGTH = 100;

    /**
     * How large a number's exponent may be, with one digit before the point; beyond it, arithmetic on the number would not
     * end.
     */
    public static final int MAX_EXPONENT = 1_000;

    public static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // Names are the senders' and of endless variety: the JVM's table of strings is no place for them.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            // It is UTF-8, or it has been refused before.
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER_LENGTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private JsonText() {}

    /**
     * The parser alone would take overlong UTF-8 for what it stands for, and halves of characters in UTF-16 for U+FFFD.
     *
     * @throws InvalidJsonException if it is not one JSON value within the limits, in well-formed UTF-8 without a mark
     */
    public static Json parse(byte[] utf8) {
        requireUtf8(utf8);
        try (JsonParser parser = FACTORY.createParser(utf8)) {
            return parseWhole(parser);
        } catch (IOException e) {
            throw invalid(e);
        }
    }

    /** @throws InvalidJsonException if it is not one JSON value within the limits */
    public static Json parse(String text) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            return parseWhole(parser);
        } catch (IOException e) {
            throw invalid(e);
        }
    }

    public static String write(Json value) {
        try (SegmentedStringWriter writer = new SegmentedStringWriter(FACTORY._getBufferRecycler())) {
            try (JsonGenerator generator = FACTORY.createGenerator(writer)) {
                write(generator, value);
            }
            return writer.getAndClear();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] writeBytes(Json value) {
        return write(value).getBytes(StandardCharsets.UTF_8);
    }

    public static void write(JsonGenerator generator, Json value) throws IOException {
        switch (value) {
            case Json.Null ignored -> generator.writeNull();
            case Json.Bool bool -> generator.writeBoolean(bool.value());
            case Json.Num num -> generator.writeNumber(num.value());
            case Json.Text text -> generator.writeString(text.value());
            case Json.Arr arr -> {
                generator.writeStartArray();
                for (Json item : arr.items()) {
                    write(generator, item);
                }
                generator.writeEndArray();
            }
            case Json.Obj obj -> {
                generator.writeStartObject();
                for (Map.Entry<String, Json> field : obj.fields().entrySet()) {
                    generator.writeFieldName(field.getKey());
                    write(generator, field.getValue());
                }
                generator.writeEndObject();
            }
        }
    }

    /** The value that starts at the parser's current token; afterwards the parser stands on its last token. */
    public static Json read(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> {
                Map<String, Json> fields = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = wellFormed(parser, parser.currentName());
                    parser.nextToken();
                    fields.put(name, read(parser));
                }
                yield Json.object(fields);
            }
            case START_ARRAY -> {
                List<Json> items = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(read(parser));
                }
                yield Json.array(items);
            }
            case VALUE_STRING -> Json.of(wellFormed(parser, parser.getText()));
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Json.Num(number(parser));
            case VALUE_TRUE -> Json.TRUE;
            case VALUE_FALSE -> Json.FALSE;
            case VALUE_NULL -> Json.NULL;
            case null, default -> throw new InvalidJsonException("Not a JSON value" + where(parser));
        };
    }

    private static Json parseWhole(JsonParser parser) throws IOException {
        if (parser.nextToken() == null) {
            throw new InvalidJsonException("Not JSON: there is no value");
        }
        Json value = read(parser);
        if (parser.nextToken() != null) {
            throw new InvalidJsonException("Not JSON: something follows the value" + where(parser));
        }
        return value;
    }

    private static void requireUtf8(byte[] bytes) {
        if (beginsWith(bytes, 0xEF, 0xBB, 0xBF)) {
            throw new InvalidJsonException("Not JSON: it begins with a byte order mark; leave that out");
        }
        if (isWide(bytes)) {
            throw new InvalidJsonException("Not JSON: it looks like UTF-16 or UTF-32; send UTF-8");
        }
        String problem = Utf8.problem(bytes);
        if (problem != null) {
            throw new InvalidJsonException("Not JSON: it is not UTF-8: " + problem);
        }
    }

    /** JSON begins with two characters of ASCII, unless it is one digit: in units of more than a byte, one has a zero. */
    private static boolean isWide(byte[] bytes) {
        for (int i = 0; i < Math.min(bytes.length, 4); i++) {
            if (bytes[i] == 0) {
                return true;
            }
        }
        return beginsWith(bytes, 0xFF, 0xFE) || beginsWith(bytes, 0xFE, 0xFF);
    }

    private static boolean beginsWith(byte[] bytes, int... start) {
        if (bytes.length < start.length) {
            return false;
        }
        for (int i = 0; i < start.length; i++) {
            if ((bytes[i] & 0xff) != start[i]) {
                return false;
            }
        }
        return true;
    }

    private static BigDecimal number(JsonParser parser) throws IOException {
        BigDecimal value = parser.getDecimalValue();
        // Of zeros, too: digits behind the point are as many as it says.
        long exponent = (long) value.precision() - value.scale() - 1;
        if (Math.abs(exponent) > MAX_EXPONENT) {
            throw new InvalidJsonException("A number's exponent is beyond " + MAX_EXPONENT
                    + ": with one digit before the point it is " + exponent + where(parser));
        }
        return value;
    }

    /** Half a character cannot be stored or sent as UTF-8. */
    private static String wellFormed(JsonParser parser, String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (!Character.isHighSurrogate(text.charAt(i))
                        || i + 1 == text.length()
                        || !Character.isLowSurrogate(text.charAt(i + 1))) {
                    throw new InvalidJsonException("A string holds an unpaired surrogate" + where(parser));
                }
                i++;
            }
        }
        return text;
    }

    private static InvalidJsonException invalid(IOException e) {
        if (e instanceof JsonProcessingException json) {
            return new InvalidJsonException("Not JSON: " + json.getOriginalMessage() + at(json.getLocation()));
        }
        // All sources are in memory: what fails can only be the text.
        return new InvalidJsonException("Not JSON: " + e.getMessage());
    }

    private static String where(JsonParser parser) {
        return at(parser.currentLocation());
    }

    private static String at(@org.jspecify.annotations.Nullable JsonLocation location) {
        return location == null ? "" : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }
}
