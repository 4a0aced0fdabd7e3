package dev.threadwright.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.journal.RawHeaders;
import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a dead letter is to be sent again; a part that is null is sent as it was.
 *
 * @param content a hash of all that is asked for
 */
record ReplayRequest(
        boolean isForced,
        @Nullable Part key,
        @Nullable Part value,
        @Nullable RawHeaders headers,
        String content) {

    private static final List<String> FIELDS = List.of("force", "key", "value", "headers");
    private static final String TEXT = "text";
    private static final String BASE64 = "base64";
    private static final String NAME = "name";
    private static final int MAX_HEADERS = 1_000;

    /** As it was. */
    static final ReplayRequest UNCHANGED = read(null, 0);

    /** What stands instead of what was. @param bytes null for none */
    record Part(byte @Nullable [] bytes) {}

    /** @param maxDataBytes of a record's value */
    static ReplayRequest read(byte @Nullable [] body, int maxDataBytes) {
        // As base64, bytes are longer by a third; as a text with escapes they may be more than that.
        CommandBody fields =
                CommandBody.parseOrEmpty(body, (int) Math.min(Integer.MAX_VALUE / 2, 2L * maxDataBytes), FIELDS);
        return new ReplayRequest(
                fields.flag("force"),
                part("/key", fields.json("key")),
                part("/value", fields.json("value")),
                headers(fields.json("headers")),
                hash(fields));
    }

    boolean isCorrection() {
        return key != null || value != null || headers != null;
    }

    /** Whether nothing of the letter itself is sent. */
    boolean isWhole() {
        return key != null && value != null && headers != null;
    }

    private static @Nullable Part part(String pointer, @Nullable Json json) {
        return switch (json) {
            case null -> null;
            case Json.Null ignored -> new Part(null);
            case Json.Obj object -> {
                refuseOthers(pointer, object, Set.of(TEXT, BASE64));
                byte[] bytes = bytes(pointer, object);
                if (bytes == null) {
                    throw wrong(pointer, "must have text or base64; null stands for none");
                }
                yield new Part(bytes);
            }
            default -> throw wrong(pointer, "must be null or an object with text or base64");
        };
    }

    private static @Nullable RawHeaders headers(@Nullable Json json) {
        if (json == null) {
            return null;
        }
        if (!(json instanceof Json.Arr(List<Json> items)) || items.size() > MAX_HEADERS) {
            throw wrong("/headers", "must be a list of at most " + MAX_HEADERS + " headers");
        }
        List<RawHeaders.Header> headers = new ArrayList<>();
        for (Json item : items) {
            headers.add(header("/headers/" + headers.size(), item));
        }
        return new RawHeaders(headers);
    }

    private static RawHeaders.Header header(String pointer, Json json) {
        if (!(json instanceof Json.Obj object) || !(object.get(NAME) instanceof Json.Text(String name))) {
            throw wrong(pointer, "must be an object with a name, and text or base64 unless it has no value");
        }
        refuseOthers(pointer, object, Set.of(NAME, TEXT, BASE64));
        if (name.startsWith(DeadLetterSender.OWN_PREFIX)) {
            throw wrong(
                    pointer + "/name",
                    "begins with " + DeadLetterSender.OWN_PREFIX + ", as only headers do that servers set");
        }
        return new RawHeaders.Header(name, bytes(pointer, object));
    }

    private static byte @Nullable [] bytes(String pointer, Json.Obj object) {
        byte[] ofText = switch (object.get(TEXT)) {
            case null -> null;
            case Json.Text(String text) -> text.getBytes(UTF_8);
            default -> throw wrong(pointer + "/text", "must be a string");
        };
        byte[] ofBase64 = switch (object.get(BASE64)) {
            case null -> null;
            case Json.Text(String base64) -> decoded(pointer, base64);
            default -> throw wrong(pointer + "/base64", "must be a string");
        };
        if (ofText != null && ofBase64 != null && !Arrays.equals(ofText, ofBase64)) {
            throw wrong(pointer, "has a text and base64 that differ: give one of them");
        }
        return ofText == null ? ofBase64 : ofText;
    }

    private static byte[] decoded(String pointer, String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw wrong(pointer + "/base64", "is not base64: " + e.getMessage());
        }
    }

    private static void refuseOthers(String pointer, Json.Obj object, Set<String> known) {
        for (String name : object.fields().keySet()) {
            if (!known.contains(name)) {
                throw wrong(
                        pointer + "/" + name.replace("~", "~0").replace("/", "~1"),
                        "is unknown here; the fields are "
                                + String.join(", ", known.stream().sorted().toList()));
            }
        }
    }

    private static String hash(CommandBody fields) {
        try {
            byte[] text = JsonText.write(fields.only(FIELDS)).getBytes(UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }

    private static ProblemException wrong(String pointer, String detail) {
        return new ProblemException(Problem.at(pointer, detail));
    }
}
