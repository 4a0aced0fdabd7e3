package dev.threadwright.secret;

import dev.threadwright.workflow.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts the names of secrets where their values are, as they are or as a server may echo them: in JSON, in a URL, as
 * base64.
 */
public final class Redaction {

    /** Less may be anything. */
    private static final int MIN_BASE64_LENGTH = 6;

    private record Form(String text, String name) {}

    private final List<Form> forms;

    public Redaction(Collection<Secret> secrets) {
        List<Form> all = new ArrayList<>();
        for (Secret secret : secrets) {
            String value = secret.value();
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            for (String text : List.of(
                    value,
                    value.replace("\\", "\\\\").replace("\"", "\\\""),
                    URLEncoder.encode(value, StandardCharsets.UTF_8),
                    URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20"),
                    Base64.getEncoder().encodeToString(bytes),
                    Base64.getUrlEncoder().withoutPadding().encodeToString(bytes))) {
                all.add(new Form(text, secret.toString()));
            }
            for (String text : withinBase64(bytes)) {
                all.add(new Form(text, secret.toString()));
            }
        }
        // What holds another goes first, or its rest would stay.
        all.sort(Comparator.comparingInt((Form form) -> form.text().length()).reversed());
        forms = all.stream().distinct().toList();
    }

    /** As it stands in the base64 of something longer, behind any number of bytes: without what it shares with its neighbours. */
    private static List<String> withinBase64(byte[] secret) {
        List<String> all = new ArrayList<>();
        for (int before = 0; before < 3; before++) {
            byte[] shifted = new byte[before + secret.length];
            System.arraycopy(secret, 0, shifted, before, secret.length);
            int from = before == 0 ? 0 : before + 1;
            for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
                String text = encoder.withoutPadding().encodeToString(shifted);
                int to = text.length() - (shifted.length % 3 == 0 ? 0 : 1);
                if (to - from >= MIN_BASE64_LENGTH) {
                    all.add(text.substring(from, to));
                }
            }
        }
        return all;
    }

    public String of(String text) {
        String redacted = text;
        for (Form form : forms) {
            redacted = redacted.replace(form.text(), form.name());
        }
        return redacted;
    }

    /** Everywhere in it: keys and numbers too. */
    public Json of(Json value) {
        if (forms.isEmpty()) {
            return value;
        }
        return switch (value) {
            case Json.Text text -> new Json.Text(of(text.value()));
            case Json.Num number -> {
                String digits = number.value().toPlainString();
                String redacted = of(digits);
                yield redacted.equals(digits) ? number : new Json.Text(redacted);
            }
            case Json.Arr list -> Json.array(list.items().stream().map(this::of).toList());
            case Json.Obj object -> {
                Map<String, Json> fields = new LinkedHashMap<>();
                object.fields().forEach((name, field) -> fields.put(of(name), of(field)));
                yield Json.object(fields);
            }
            case Json.Null ignored -> value;
            case Json.Bool ignored -> value;
        };
    }
}
