package dev.threadwright.step.http;

import dev.threadwright.json.JsonText;
import dev.threadwright.thread.Fingerprint;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands in a journaled request where a callback's URL belongs: whoever knows that URL may call back, so it is kept
 * nowhere and put in when the request is sent.
 */
public final class CallbackPlaceholder {

    /** What the request says of its callback: {@code {"placeholder": ...}}. */
    public static final String FIELD = "callback";

    private static final String PLACEHOLDER = "placeholder";
    private static final int HASH_LENGTH = 32;

    private CallbackPlaceholder() {}

    /**
     * For a request that is made of this. It is a hash of all that the request can be made of, so none of that can hold it:
     * nobody's data is taken for it. Letters, digits and a dash, which stay what they are in a URL.
     */
    public static String of(Step.View view) {
        Json all = Json.array(
                List.of(Json.object(view.state().values()), view.trigger(), Json.array(view.consumed()), view.item()));
        String hash = HexFormat.of().formatHex(Fingerprint.of(JsonText.write(all.canonical())));
        return "callback-" + hash.substring(0, HASH_LENGTH);
    }

    /** As it stands in a request. */
    public static Json form(String placeholder) {
        return Json.object(PLACEHOLDER, Json.of(placeholder));
    }

    /** Whether a request has a callback. */
    static boolean isAsked(Json request) {
        return request instanceof Json.Obj fields && fields.get(FIELD) != null;
    }

    /** Whether it is in a request anywhere: else whoever gets that could not call back. */
    public static boolean isIn(Json.Obj request, String placeholder) {
        return request.fields().entrySet().stream()
                .anyMatch(part -> !part.getKey().equals(FIELD) && holds(part.getValue(), placeholder));
    }

    private static boolean holds(Json value, String placeholder) {
        return switch (value) {
            case Json.Text text -> text.value().contains(placeholder);
            case Json.Arr list -> list.items().stream().anyMatch(item -> holds(item, placeholder));
            case Json.Obj object ->
                object.fields().entrySet().stream()
                        .anyMatch(
                                field -> field.getKey().contains(placeholder) || holds(field.getValue(), placeholder));
            case Json.Num ignored -> false;
            case Json.Bool ignored -> false;
            case Json.Null ignored -> false;
        };
    }

    /** The request as it is sent. In its URL, the other one is encoded: it stands for a part of the path or a value. */
    static Json filled(Json request, String url) {
        if (!(request instanceof Json.Obj fields)
                || !(fields.get(FIELD) instanceof Json.Obj form)
                || !(form.get(PLACEHOLDER) instanceof Json.Text placeholder)) {
            return request;
        }
        String encoded = URLEncoder.encode(url, StandardCharsets.UTF_8);
        Map<String, Json> filled = new LinkedHashMap<>();
        fields.fields()
                .forEach((name, part) ->
                        filled.put(name, replaced(part, placeholder.value(), name.equals("url") ? encoded : url)));
        filled.remove(FIELD);
        return Json.object(filled);
    }

    private static Json replaced(Json value, String placeholder, String url) {
        return switch (value) {
            case Json.Text text -> Json.of(text.value().replace(placeholder, url));
            case Json.Arr list ->
                Json.array(list.items().stream()
                        .map(item -> replaced(item, placeholder, url))
                        .toList());
            case Json.Obj object -> {
                Map<String, Json> fields = new LinkedHashMap<>();
                object.fields()
                        .forEach((name, field) ->
                                fields.put(name.replace(placeholder, url), replaced(field, placeholder, url)));
                yield Json.object(fields);
            }
            case Json.Num ignored -> value;
            case Json.Bool ignored -> value;
            case Json.Null ignored -> value;
        };
    }
}
