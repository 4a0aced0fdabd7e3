package dev.threadwright.journal;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A record's headers as they came: in their order, names that come more than once, values that are missing. */
public record RawHeaders(List<Header> all) {

    public static final RawHeaders NONE = new RawHeaders(List.of());

    /** Equal by its bytes. */
    public record Header(String name, byte @Nullable [] value) {
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Header header && name.equals(header.name) && Arrays.equals(value, header.value);
        }

        @Override
        public int hashCode() {
            return 31 * name.hashCode() + Arrays.hashCode(value);
        }
    }

    public RawHeaders {
        all = List.copyOf(all);
    }

    public static RawHeaders of(Map<String, byte[]> headers) {
        List<Header> all = new ArrayList<>(headers.size());
        headers.forEach((name, value) -> all.add(new Header(name, value)));
        return new RawHeaders(all);
    }

    /** Of the last header of that name; null if there is none, or it has no value. */
    public byte @Nullable [] last(String name) {
        byte[] found = null;
        for (Header header : all) {
            if (header.name().equals(name)) {
                found = header.value();
            }
        }
        return found;
    }

    public long bytes() {
        long sum = 0;
        for (Header header : all) {
            byte[] value = header.value();
            sum += header.name().length() + (value == null ? 0 : value.length);
        }
        return sum;
    }

    public void forEach(BiConsumer<String, byte @Nullable []> action) {
        all.forEach(header -> action.accept(header.name(), header.value()));
    }

    /** As it is stored: an array of pairs, the value as base64 or null. */
    String text() {
        List<Json> pairs = new ArrayList<>(all.size());
        for (Header header : all) {
            byte[] value = header.value();
            pairs.add(Json.array(List.of(
                    Json.of(header.name()),
                    value == null ? Json.NULL : Json.of(Base64.getEncoder().encodeToString(value)))));
        }
        return JsonText.write(Json.array(pairs));
    }

    /** @throws UnreadableException if that is not how headers are stored */
    public static RawHeaders parse(String text) {
        Json stored = StoredJson.parse(text);
        List<Header> all = new ArrayList<>();
        switch (stored) {
            case Json.Arr pairs -> pairs.items().forEach(pair -> all.add(header(pair)));
            // As it was before names could come more than once.
            case Json.Obj byName -> byName.fields().forEach((name, value) -> all.add(new Header(name, bytes(value))));
            default -> throw new UnreadableException("Headers are neither a list nor an object");
        }
        return new RawHeaders(all);
    }

    private static Header header(Json pair) {
        if (pair instanceof Json.Arr(List<Json> parts)
                && parts.size() == 2
                && parts.getFirst() instanceof Json.Text(String name)) {
            return new Header(name, bytes(parts.getLast()));
        }
        throw new UnreadableException("A header is not a pair of a name and a value");
    }

    private static byte @Nullable [] bytes(Json value) {
        return switch (value) {
            case Json.Null ignored -> null;
            case Json.Text(String base64) -> Base64.getDecoder().decode(base64);
            default -> throw new UnreadableException("A header's value is neither base64 nor null");
        };
    }
}
