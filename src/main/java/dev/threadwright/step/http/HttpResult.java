package dev.threadwright.step.http;

import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.outbound.Answer;
import dev.threadwright.secret.Redaction;
import dev.threadwright.step.StepRefusedException;
import dev.threadwright.workflow.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a step is given of an answer: {@code {"status", "headers", "body"}}, without secrets that came back. */
final class HttpResult {

    /** Headers that are handed on. */
    static final int MAX_HEADERS = 50;

    /** Of an answer that is quoted in an error; characters. */
    static final int MAX_EXCERPT = 500;

    /** Those of the connection, of browsers, and of sessions that nobody has here. */
    private static final Set<String> LEFT_OUT = Set.of(
            "alt-svc",
            "connection",
            "content-length",
            "content-security-policy",
            "content-security-policy-report-only",
            "keep-alive",
            "nel",
            "permissions-policy",
            "proxy-authenticate",
            "referrer-policy",
            "report-to",
            "set-cookie",
            "set-cookie2",
            "strict-transport-security",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "via",
            "x-content-type-options",
            "x-frame-options",
            "x-xss-protection");

    private HttpResult() {}

    /**
     * @param from the request, in words, that was answered
     * @throws StepRefusedException if the answer is not what it says
     */
    static Json of(Answer answer, String from, Redaction redaction) {
        return Json.object(new TreeMap<>(Map.of(
                "status", Json.of(answer.status()),
                "headers", headers(answer, redaction),
                "body", body(answer, from, redaction))));
    }

    private static Json headers(Answer answer, Redaction redaction) {
        Map<String, Json> headers = new TreeMap<>();
        answer.headers().entrySet().stream()
                .filter(header ->
                        !LEFT_OUT.contains(header.getKey()) && !header.getKey().startsWith("access-control-"))
                .sorted(Map.Entry.comparingByKey())
                .limit(MAX_HEADERS)
                .forEach(header -> headers.put(
                        redaction.of(header.getKey()), Json.of(redaction.of(String.join(", ", header.getValue())))));
        return Json.object(headers);
    }

    private static Json body(Answer answer, String from, Redaction redaction) {
        if (answer.body().length == 0) {
            return Json.NULL;
        }
        ContentType type = ContentType.of(answer.header("content-type"));
        boolean isPacked = answer.header("content-encoding") != null
                && !"identity".equalsIgnoreCase(answer.header("content-encoding"));
        if (!isPacked && type.isJson()) {
            try {
                return redaction.of(JsonText.parse(withoutMark(answer.body())));
            } catch (InvalidJsonException e) {
                throw new StepRefusedException(
                        from + " answered " + answer.status() + " with " + type + " that is none: " + e.getMessage());
            }
        }
        String text = !isPacked && type.isText() ? decoded(answer.body(), type) : null;
        return text == null ? bytes(answer.body(), redaction) : Json.of(redaction.of(text));
    }

    /** Who answers was not asked to leave the mark of UTF-8 out, and RFC 8259 lets a reader pass over it. */
    private static byte[] withoutMark(byte[] body) {
        boolean hasMark = body.length > 2 && body[0] == (byte) 0xEF && body[1] == (byte) 0xBB && body[2] == (byte) 0xBF;
        return hasMark ? Arrays.copyOfRange(body, 3, body.length) : body;
    }

    private static @Nullable String decoded(byte[] body, ContentType type) {
        try {
            return type.charset().newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    /** Secrets are ASCII, so they look the same among bytes that are read as Latin-1. */
    private static Json bytes(byte[] body, Redaction redaction) {
        String latin = redaction.of(new String(body, StandardCharsets.ISO_8859_1));
        return Json.object(
                "base64", Json.of(Base64.getEncoder().encodeToString(latin.getBytes(StandardCharsets.ISO_8859_1))));
    }

    /** The beginning of what it says, on one line; for errors. Redacted before it is cut, which may be within a secret. */
    static String excerpt(Answer answer, Redaction redaction) {
        String text = redaction
                .of(new String(answer.body(), StandardCharsets.UTF_8))
                .replaceAll("[\\p{Cntrl}\\s]+", " ")
                .strip();
        return text.length() > MAX_EXCERPT ? text.substring(0, MAX_EXCERPT) + "…" : text;
    }
}
