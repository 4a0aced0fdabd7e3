package dev.threadwright.step.http;

import dev.threadwright.json.JsonText;
import dev.threadwright.step.StepRefusedException;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.workflow.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a step asks to be sent, as it is journaled: {@code {"method", "url", "headers", "body"}}. Secrets are in it by name;
 * see {@link CallbackPlaceholder} for what else is put in before.
 *
 * @param headers by their names in lower case
 * @param body null for none
 */
record HttpRequest(String method, String url, Map<String, Header> headers, byte @Nullable [] body) {

    private static final String CONTENT_TYPE = "content-type";
    private static final String TRACE_PARENT = "traceparent";
    private static final String TRACE_STATE = "tracestate";

    /** What stands in a header. */
    sealed interface Header {
        record Plain(String value) implements Header {}

        record OfSecret(String prefix, String secret) implements Header {}
    }

    /** @throws StepRefusedException if it is none */
    static HttpRequest of(Json input) {
        if (!(input instanceof Json.Obj fields)
                || !(fields.get("method") instanceof Json.Text method)
                || !(fields.get("url") instanceof Json.Text url)) {
            throw new StepRefusedException("http needs a method and a url");
        }
        String problem = RequestRules.problemWithMethod(method.value());
        if (problem != null) {
            throw new StepRefusedException("http: " + problem);
        }
        Map<String, Header> headers = headers(fields.get("headers"));
        Json body = fields.get("body");
        if (body != null && !RequestRules.hasBody(method.value())) {
            throw new StepRefusedException("http: " + method.value() + " has no body");
        }
        return new HttpRequest(method.value(), url.value(), headers, body == null ? null : bytes(body, headers));
    }

    /** With the trace that it is sent in, unless its headers say another. */
    HttpRequest traced(@Nullable TraceContext trace) {
        if (trace == null || headers.containsKey(TRACE_PARENT)) {
            return this;
        }
        Map<String, Header> all = new LinkedHashMap<>(headers);
        // One trace's state says nothing beside another's parent.
        all.remove(TRACE_STATE);
        all.put(TRACE_PARENT, new Header.Plain(trace.parent()));
        String state = trace.state();
        if (state != null) {
            all.put(TRACE_STATE, new Header.Plain(state));
        }
        return new HttpRequest(method, url, all, body);
    }

    private static Map<String, Header> headers(@Nullable Json given) {
        Map<String, Header> headers = new LinkedHashMap<>();
        if (given instanceof Json.Obj fields) {
            fields.fields().forEach((name, value) -> {
                String problem = RequestRules.problemWithHeader(name);
                if (problem != null) {
                    throw new StepRefusedException("http: the header \"" + name + "\" " + problem);
                }
                headers.put(name.toLowerCase(Locale.ROOT), header(name, value));
            });
        }
        if (headers.size() > RequestRules.MAX_HEADERS) {
            throw new StepRefusedException("http: " + headers.size() + " headers; at most " + RequestRules.MAX_HEADERS);
        }
        return headers;
    }

    private static Header header(String name, Json value) {
        if (value instanceof Json.Text text) {
            return new Header.Plain(sound(name, text.value()));
        }
        if (value instanceof Json.Obj fields && fields.get("secret") instanceof Json.Text secret) {
            String prefix = fields.get("prefix") instanceof Json.Text text ? text.value() : "";
            return new Header.OfSecret(sound(name, prefix), secret.value());
        }
        throw new StepRefusedException("http: the header \"" + name + "\" is neither a text nor a secret");
    }

    private static String sound(String name, String value) {
        String problem = RequestRules.problemWithHeaderValue(value);
        if (problem != null) {
            throw new StepRefusedException("http: the header \"" + name + "\" " + problem);
        }
        return value;
    }

    /** As its content type says; as JSON if nothing says otherwise. */
    private static byte[] bytes(Json body, Map<String, Header> headers) {
        Header declared = headers.get(CONTENT_TYPE);
        if (declared == null) {
            headers.put(CONTENT_TYPE, new Header.Plain("application/json"));
            return JsonText.writeBytes(body);
        }
        ContentType type = ContentType.of(declared instanceof Header.Plain plain ? plain.value() : null);
        if (type.isJson()) {
            return JsonText.writeBytes(body);
        }
        if (type.isForm() && body instanceof Json.Obj fields) {
            return form(fields).getBytes(StandardCharsets.UTF_8);
        }
        if (body instanceof Json.Text text) {
            return text.value().getBytes(type.charset());
        }
        throw new StepRefusedException("http: a body that is not sent as JSON must be a text"
                + (type.isForm() ? " or an object" : "") + "; content-type says " + type);
    }

    private static String form(Json.Obj fields) {
        return fields.fields().entrySet().stream()
                .filter(field -> !(field.getValue() instanceof Json.Null))
                .map(field -> encoded(field.getKey()) + "=" + encoded(plain(field.getKey(), field.getValue())))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String plain(String name, Json value) {
        return switch (value) {
            case Json.Text text -> text.value();
            case Json.Num number -> number.value().toPlainString();
            case Json.Bool bool -> String.valueOf(bool.value());
            default ->
                throw new StepRefusedException("http: the field \"" + name
                        + "\" of the form is neither a text, nor a number, nor true or false");
        };
    }
}
