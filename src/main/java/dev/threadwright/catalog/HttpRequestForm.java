package dev.threadwright.catalog;

import dev.threadwright.expression.StepExpressions;
import dev.threadwright.secret.Secrets;
import dev.threadwright.step.http.CallbackPlaceholder;
import dev.threadwright.step.http.RequestRules;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an HTTP step says is to be sent, made into a function of the state: {@code {"method", "url", "headers", "body"}}, in
 * which secrets stand by name, and for a callback's URL a {@link CallbackPlaceholder}.
 */
final class HttpRequestForm {

    /** Of one attempt, if the step says nothing. */
    static final long DEFAULT_TIMEOUT_MS = 30_000;

    /** Of one attempt with its callback, if the step says nothing: an hour. */
    static final long DEFAULT_CALLBACK_TIMEOUT_MS = 3_600_000;

    private static final Pattern CALLBACK_URL = Pattern.compile("\\bcallback\\s*\\.\\s*url\\b");

    private final String path;
    private final BiConsumer<String, String> problems;
    private final BiFunction<String, Json, StepExpressions.@Nullable Compiled> expressions;

    /** What stands in a header. */
    private sealed interface Header {
        record Computed(StepExpressions.Compiled value) implements Header {}

        record OfSecret(Json reference) implements Header {}

        record OfCallback() implements Header {}
    }

    /**
     * @param path of the step in its document
     * @param problems takes a pointer and what is wrong there
     * @param expressions compiles what stands at a pointer; null if it cannot be, of which it has told
     */
    HttpRequestForm(
            String path,
            BiConsumer<String, String> problems,
            BiFunction<String, Json, StepExpressions.@Nullable Compiled> expressions) {
        this.path = path;
        this.problems = problems;
        this.expressions = expressions;
    }

    /** Of a step that has problems, a request that is never made. */
    Step.Request compile(Json.Obj fields) {
        String method = "";
        String url = "";
        String urlAt = path + "/http";
        if (fields.get("http") instanceof Json.Text text) {
            int space = text.value().indexOf(' ');
            if (space < 0) {
                problem(urlAt, "is no method and URL, as in GET https://api.example.com/orders");
            } else {
                method = text.value().substring(0, space);
                url = text.value().substring(space + 1).strip();
                checkMethod(urlAt, method);
            }
        } else if (fields.get("http") instanceof Json.Obj form
                && form.get("method") instanceof Json.Text given
                && form.get("url") instanceof Json.Text template) {
            method = given.value();
            url = template.value();
            checkMethod(urlAt + "/method", method);
            urlAt += "/url";
        }
        UrlTemplate template = url.isEmpty() ? null : template(urlAt, url);
        Map<String, StepExpressions.Compiled> parts = all("path", fields);
        if (template != null) {
            checkNames(urlAt, template, fields);
        }
        Map<String, StepExpressions.Compiled> query = all("query", fields);
        Map<String, Header> headers = headers(fields);
        Json bodyText = fields.get("body");
        StepExpressions.Compiled body = bodyText == null ? null : expressions.apply(path + "/body", bodyText);
        if (bodyText != null && RequestRules.METHODS.contains(method) && !RequestRules.hasBody(method)) {
            problem(path + "/body", "does not go with " + method + ", which has no body");
        }
        boolean isCalledBack = fields.get("callback") instanceof Json.Obj;
        if (isCalledBack) {
            checkCallback(fields, headers);
        }
        return template == null
                ? view -> Json.NULL
                : request(method, urlAt, template, parts, query, headers, body, isCalledBack);
    }

    private Step.Request request(
            String method,
            String urlAt,
            UrlTemplate template,
            Map<String, StepExpressions.Compiled> parts,
            Map<String, StepExpressions.Compiled> query,
            Map<String, Header> headers,
            StepExpressions.@Nullable Compiled body,
            boolean isCalledBack) {
        return view -> {
            String placeholder = isCalledBack ? CallbackPlaceholder.of(view) : null;
            Json callback = placeholder == null ? null : Json.of(placeholder);
            Map<String, Json> request = new LinkedHashMap<>();
            request.put("method", Json.of(method));
            request.put(
                    "url",
                    Json.of(url(urlAt, template, parts, view, callback) + query(template, query, view, callback)));
            Map<String, Json> sent = new LinkedHashMap<>();
            headers.forEach((name, header) -> {
                Json value = header(name, header, view, callback);
                if (!(value instanceof Json.Null)) {
                    sent.put(name, value);
                }
            });
            request.put("headers", Json.object(sent));
            if (body != null) {
                request.put("body", body.value(view, callback));
            }
            if (placeholder != null) {
                if (!CallbackPlaceholder.isIn(Json.object(request), placeholder)) {
                    throw new StepFailure(path + "/callback: callback.url is not in the request as it is");
                }
                request.put(CallbackPlaceholder.FIELD, CallbackPlaceholder.form(placeholder));
            }
            return Json.object(request);
        };
    }

    // --- What is known when it is registered -------------------------------------------------------------------------

    private void checkMethod(String at, String method) {
        String problem = RequestRules.problemWithMethod(method);
        if (problem != null) {
            problem(at, problem);
        }
    }

    private @Nullable UrlTemplate template(String at, String url) {
        try {
            return UrlTemplate.of(url);
        } catch (IllegalArgumentException e) {
            problem(at, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private void checkNames(String at, UrlTemplate template, Json.Obj fields) {
        Set<String> given = Shapes.object(fields.get("path")).keySet();
        for (String name : template.names()) {
            if (!given.contains(name)) {
                problem(at, "{" + name + "} is not under path");
            }
        }
        for (String name : given) {
            if (!template.names().contains(name)) {
                problem(Problems.at(path + "/path", name), "is no name of the URL");
            }
        }
    }

    private Map<String, StepExpressions.Compiled> all(String field, Json.Obj fields) {
        Map<String, StepExpressions.Compiled> all = new LinkedHashMap<>();
        Shapes.object(fields.get(field)).forEach((name, text) -> {
            String at = Problems.at(path + "/" + field, name);
            if (text instanceof Json.Obj reference && reference.get("secret") != null) {
                problem(at, "may hold no secret: only a header may, as a URL is logged by whoever sees it");
            }
            StepExpressions.Compiled compiled = expressions.apply(at, text);
            if (compiled != null) {
                all.put(name, compiled);
            }
        });
        return all;
    }

    private Map<String, Header> headers(Json.Obj fields) {
        Map<String, Header> headers = new LinkedHashMap<>();
        Set<String> seen = new HashSet<>();
        Shapes.object(fields.get("headers")).forEach((name, value) -> {
            String at = Problems.at(path + "/headers", name);
            String problem = RequestRules.problemWithHeader(name);
            if (problem != null) {
                problem(at, problem);
            }
            if (!seen.add(name.toLowerCase(Locale.ROOT))) {
                problem(at, "is there twice, in upper and lower case");
            }
            Header header = value instanceof Json.Obj reference ? ofSecret(at, reference) : computed(at, value);
            if (header != null) {
                headers.put(name, header);
            }
        });
        return headers;
    }

    /** The URL has to get into the request somewhere. The last that is declared, so that a header is not there twice. */
    private void checkCallback(Json.Obj fields, Map<String, Header> headers) {
        String at = path + "/callback";
        if (fields.get("callback") instanceof Json.Obj form && form.get("header") instanceof Json.Text header) {
            String problem = RequestRules.problemWithHeader(header.value());
            if (problem != null) {
                problem(at + "/header", problem);
            }
            if (headers.keySet().stream().anyMatch(name -> name.equalsIgnoreCase(header.value()))) {
                problem(at + "/header", "is one of the headers already");
            }
            headers.put(header.value(), new Header.OfCallback());
        } else if (!isTold(fields.get("body"))
                && List.of("path", "query", "headers").stream()
                        .flatMap(part -> Shapes.object(fields.get(part)).values().stream())
                        .noneMatch(HttpRequestForm::isTold)) {
            problem(at, "tells nobody its URL: put callback.url into path, query, headers or body, or name a header");
        }
    }

    private static boolean isTold(@Nullable Json text) {
        return text instanceof Json.Text expression
                && CALLBACK_URL.matcher(expression.value()).find();
    }

    private @Nullable Header computed(String at, Json text) {
        StepExpressions.Compiled compiled = expressions.apply(at, text);
        return compiled == null ? null : new Header.Computed(compiled);
    }

    private @Nullable Header ofSecret(String at, Json.Obj reference) {
        if (!(reference.get("secret") instanceof Json.Text name)) {
            return null; // The schema has said so.
        }
        if (!Secrets.isName(name.value())) {
            problem(at + "/secret", "is no name of a secret: letters, digits, \".\", \"_\" and \"-\"");
        }
        String prefix = reference.get("prefix") instanceof Json.Text text ? text.value() : "";
        String problem = RequestRules.problemWithHeaderValue(prefix);
        if (problem != null) {
            problem(at + "/prefix", problem);
        }
        Map<String, Json> journaled = new LinkedHashMap<>();
        journaled.put("secret", name);
        if (!prefix.isEmpty()) {
            journaled.put("prefix", Json.of(prefix));
        }
        return new Header.OfSecret(Json.object(journaled));
    }

    private void problem(String at, String message) {
        problems.accept(at, message);
    }

    // --- What is known when it is sent -------------------------------------------------------------------------------

    private static String url(
            String at,
            UrlTemplate template,
            Map<String, StepExpressions.Compiled> parts,
            Step.View view,
            @Nullable Json callback) {
        Map<String, String> values = new LinkedHashMap<>();
        parts.forEach((name, value) -> {
            String text = text(value.path(), value.value(view, callback));
            if (text == null || text.isEmpty()) {
                throw new StepFailure(value.path() + ": gave nothing to put into the URL");
            }
            values.put(name, text);
        });
        try {
            return template.filled(values);
        } catch (IllegalArgumentException e) {
            throw new StepFailure(at + ": " + e.getMessage());
        }
    }

    private static String query(
            UrlTemplate template,
            Map<String, StepExpressions.Compiled> query,
            Step.View view,
            @Nullable Json callback) {
        List<String> pairs = new ArrayList<>();
        query.forEach((name, value) -> {
            Json given = value.value(view, callback);
            List<Json> several = given instanceof Json.Arr list ? list.items() : List.of(given);
            for (Json one : several) {
                String text = text(value.path(), one);
                if (text != null) {
                    pairs.add(UrlTemplate.encoded(name) + "=" + UrlTemplate.encoded(text));
                }
            }
        });
        return pairs.isEmpty() ? "" : (template.hasQuery() ? "&" : "?") + String.join("&", pairs);
    }

    private Json header(String name, Header header, Step.View view, @Nullable Json callback) {
        return switch (header) {
            case Header.OfSecret of -> of.reference();
            case Header.OfCallback ignored -> callback == null ? Json.NULL : callback;
            case Header.Computed computed -> {
                String text = text(computed.value().path(), computed.value().value(view, callback));
                String problem = text == null ? null : RequestRules.problemWithHeaderValue(text);
                if (problem != null) {
                    throw new StepFailure(Problems.at(path + "/headers", name) + ": " + problem);
                }
                yield text == null ? Json.NULL : Json.of(text);
            }
        };
    }

    /** Null of null: what is not there is not sent. */
    private static @Nullable String text(String at, Json value) {
        return switch (value) {
            case Json.Null ignored -> null;
            case Json.Text text -> text.value();
            case Json.Num number -> number.value().toPlainString();
            case Json.Bool bool -> String.valueOf(bool.value());
            case Json.Arr ignored -> throw new StepFailure(at + ": gave a list, where a text or a number goes");
            case Json.Obj ignored -> throw new StepFailure(at + ": gave an object, where a text or a number goes");
        };
    }
}
