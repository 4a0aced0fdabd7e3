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
        }
        // What holds another goes first, or its rest would stay.
        all.sort(Comparator.comparingInt((Form form) -> form.text().length()).reversed());
        forms = all.stream().distinct().toList();
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
