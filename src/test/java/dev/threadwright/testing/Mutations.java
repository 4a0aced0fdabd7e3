package dev.threadwright.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Json;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What is valid, made wrong in ways that clients, networks and attackers know. */
public final class Mutations {

    /** Texts that have broken somebody's parser before. */
    public static final List<String> ODD_TEXTS = List.of(
            "",
            " ",
            "null",
            "true",
            "0",
            "-1",
            "999999999999999999999",
            "1.0",
            "1e999999999",
            "NaN",
            "{}",
            "[]",
            "\"",
            "'",
            "\\",
            "\u0000",
            "a\u0000b",
            "\u0007\u001b[31m",
            "\u202e\ufeff",
            "\ud83d\ude00",
            "\u0130\u0131\u00df",
            "%00",
            "%FF%C3",
            "%",
            "../../etc/passwd",
            "a/b;c=d?e#f",
            "'; drop table thread; --",
            "${jndi:ldap://x}",
            "{{7*7}}",
            "<script>",
            "__proto__",
            "__interrupt__",
            "*",
            "queue",
            "application/json",
            "dev.threadwright.run.cancel.v1",
            "9999-12-31T23:59:59.999999999+18:00",
            "+999999999-12-31T23:59:59Z",
            "PT999999999999H",
            "99999999999999999999d",
            "00000000-0000-0000-0000-000000000000",
            "x".repeat(300),
            "\u00e9".repeat(5_000));

    /** Values of every kind, and of sizes that nobody expects. */
    private static final List<Json> ODD_VALUES = List.of(
            Json.NULL,
            Json.TRUE,
            Json.of(0),
            Json.of(-1),
            Json.of(Long.MAX_VALUE),
            JsonText.parse("0.1"),
            JsonText.parse("123456789012345678901234567890.5"),
            JsonText.parse("1e300"),
            Json.of(""),
            Json.EMPTY_OBJECT,
            Json.array(List.of()),
            Json.array(List.of(Json.NULL)),
            nested(40));

    private static final String SYNTAX = "{}[]\",:0e-\\u \n\t";

    private Mutations() {}

    private static Json nested(int depth) {
        Json value = Json.of(1);
        for (int i = 0; i < depth; i++) {
            value = i % 2 == 0 ? Json.array(List.of(value)) : Json.object("a", value);
        }
        return value;
    }

    public static <T> T pick(List<T> list, RandomGenerator random) {
        return list.get(random.nextInt(list.size()));
    }

    public static String oddText(RandomGenerator random) {
        return pick(ODD_TEXTS, random);
    }

    /** A few bytes changed, cut, doubled or put in; not valid UTF-8 any more, often. */
    public static byte[] bytes(byte[] valid, RandomGenerator random) {
        byte[] bytes = valid.clone();
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            bytes = changed(bytes, random);
        }
        return bytes;
    }

    private static byte[] changed(byte[] bytes, RandomGenerator random) {
        if (bytes.length == 0) {
            return noise(random);
        }
        int at = random.nextInt(bytes.length);
        return switch (random.nextInt(7)) {
            case 0 -> with(bytes, at, (byte) (bytes[at] ^ 1 << random.nextInt(8)));
            case 1 -> with(bytes, at, (byte) random.nextInt(256));
            case 2 -> with(bytes, at, (byte) SYNTAX.charAt(random.nextInt(SYNTAX.length())));
            case 3 -> Arrays.copyOf(bytes, at);
            case 4 -> put(bytes, at, Arrays.copyOfRange(bytes, at, random.nextInt(at, bytes.length + 1)));
            case 5 -> put(bytes, at, noise(random));
            default -> put(bytes, at, oddText(random).getBytes(UTF_8));
        };
    }

    private static byte[] with(byte[] bytes, int at, byte value) {
        byte[] changed = bytes.clone();
        changed[at] = value;
        return changed;
    }

    private static byte[] put(byte[] bytes, int at, byte[] what) {
        ByteArrayOutputStream changed = new ByteArrayOutputStream();
        changed.write(bytes, 0, at);
        changed.writeBytes(what);
        changed.write(bytes, at, bytes.length - at);
        return changed.toByteArray();
    }

    public static byte[] noise(RandomGenerator random) {
        byte[] bytes = new byte[random.nextInt(64)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** JSON still, with values of other types, fields that are missing, unknown or doubled, numbers and depths. */
    public static String json(Json valid, RandomGenerator random) {
        Json json = valid;
        for (int i = random.nextInt(1, 4); i > 0; i--) {
            json = changed(json, random);
        }
        String text = JsonText.write(json);
        return switch (random.nextInt(12)) {
            // What the writer would never write.
            case 0 -> text.replaceFirst("\\{", "{\"data\":1,\"data\":2,");
            case 1 -> text + " " + text;
            case 2 -> "[".repeat(random.nextInt(5_000)) + text;
            case 3 -> text.replaceFirst(":[^,}\\]]+", ": 1" + "0".repeat(random.nextInt(3_000)));
            case 4 -> text.replaceFirst(":[^,}\\]]+", ": \"\\\\ud800\"");
            default -> text;
        };
    }

    private static Json changed(Json json, RandomGenerator random) {
        // Seldom at the top, where nothing of what was valid would be left to look at.
        boolean isHere = random.nextInt(8) == 0;
        return switch (json) {
            case Json.Obj object when !isHere && !object.fields().isEmpty() -> changedField(object, random);
            case Json.Arr list when !isHere && !list.items().isEmpty() -> changedItem(list, random);
            case Json.Text ignored when random.nextBoolean() -> Json.of(oddText(random));
            default -> random.nextInt(3) == 0 ? Json.of(oddText(random)) : pick(ODD_VALUES, random);
        };
    }

    private static Json changedField(Json.Obj object, RandomGenerator random) {
        Map<String, Json> fields = new LinkedHashMap<>(object.fields());
        String name = pick(List.copyOf(fields.keySet()), random);
        switch (random.nextInt(8)) {
            case 0 -> fields.remove(name);
            case 1 -> fields.put(oddText(random), Json.of(1));
            case 2 -> fields.put(name + "x", fields.remove(name));
            default -> fields.computeIfPresent(name, (key, value) -> changed(value, random));
        }
        return Json.object(fields);
    }

    private static Json changedItem(Json.Arr list, RandomGenerator random) {
        List<Json> items = new ArrayList<>(list.items());
        int at = random.nextInt(items.size());
        switch (random.nextInt(5)) {
            case 0 -> items.remove(at);
            case 1 -> items.add(at, items.get(at));
            default -> items.set(at, changed(items.get(at), random));
        }
        return Json.array(items);
    }
}
