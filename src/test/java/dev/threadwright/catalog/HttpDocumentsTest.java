package dev.threadwright.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.threadwright.json.JsonText;
import dev.threadwright.workflow.Channels;
import dev.threadwright.workflow.Json;
import dev.threadwright.workflow.Step;
import dev.threadwright.workflow.StepFailure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the request of an HTTP step is, before it is sent: what the journal keeps. */
class HttpDocumentsTest {

    private static final String DOCUMENT = """
            name: charges
            channels: {receipt: last_write_wins}
            start: charge
            steps:
              charge:
                http: %s
                path: {id: input.id}
                query: {verbose: input.verbose, tag: input.tags}
                headers: {X-Customer: input.customer, authorization: {secret: payments, prefix: "Bearer "}}
                body: '{"cents": input.cents}'
                result: {receipt: result.body.id}
            """;

    private static Step.Action action(String http) {
        return (Step.Action) Documents.compile(DOCUMENT.formatted(http))
                .steps()
                .get("charge")
                .kind();
    }

    private static Json request(String http, String input) {
        return action(http).request().input(new Step.View(Channels.EMPTY, JsonText.parse(input), List.of()));
    }

    private static String url(String http, String input) {
        return ((Json.Text) ((Json.Obj) request(http, input)).fields().get("url")).value();
    }

    @Test
    void a_request_is_made_of_the_state_and_names_its_secrets() {
        Json request = request("POST https://api.example.com/orders/{id}/charges", """
                {"id": "a/b c", "verbose": true, "tags": ["x&y", 7, null], "customer": "ann", "cents": 100}
                """);
        assertThat(request).isEqualTo(JsonText.parse("""
                {"method": "POST",
                 "url": "https://api.example.com/orders/a%2Fb%20c/charges?verbose=true&tag=x%26y&tag=7",
                 "headers": {"X-Customer": "ann", "authorization": {"secret": "payments", "prefix": "Bearer "}},
                 "body": {"cents": 100}}
                """));
    }

    @Test
    void what_is_null_is_not_sent() {
        assertThat(request("{method: PUT, url: 'https://a.example/{id}?all=1'}", """
                {"id": 7, "verbose": null, "tags": [], "customer": null, "cents": null}
                """))
                .isEqualTo(JsonText.parse("""
                {"method": "PUT", "url": "https://a.example/7?all=1",
                 "headers": {"authorization": {"secret": "payments", "prefix": "Bearer "}}, "body": {"cents": null}}
                """));
        assertThat(url("PUT https://a.example/{id}?all=1", """
                {"id": 7, "verbose": "é", "tags": [], "customer": null, "cents": null}
                """)).isEqualTo("https://a.example/7?all=1&verbose=%C3%A9");
    }

    /** Whatever is put in: no other host, no other path, no query of its own. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ../../admin      | https://a.example/x/..%2F..%2Fadmin/y
            @evil.example/   | https://a.example/x/%40evil.example%2F/y
            a?b=c#d          | https://a.example/x/a%3Fb%3Dc%23d/y
            %2e%2e           | https://a.example/x/%252e%252e/y
            a*b~c            | https://a.example/x/a%2Ab~c/y
            """)
    void what_is_put_into_a_url_stays_where_it_is_put(String id, String url) {
        String input = JsonText.write(Json.object(java.util.Map.of(
                "id",
                Json.of(id),
                "verbose",
                Json.NULL,
                "tags",
                Json.NULL,
                "customer",
                Json.NULL,
                "cents",
                Json.NULL)));
        assertThat(url("POST https://a.example/x/{id}/y", input)).isEqualTo(url);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "id": ".."             | /steps/charge/http: has "." or ".." in its path, which would lead elsewhere
            "id": "."              | /steps/charge/http: has "." or ".." in its path, which would lead elsewhere
            "id": ""               | /steps/charge/path/id: gave nothing to put into the URL
            "id": null             | /steps/charge/path/id: gave nothing to put into the URL
            "id": [1]              | /steps/charge/path/id: gave a list, where a text or a number goes
            "verbose": {}          | /steps/charge/query/verbose: gave an object, where a text or a number goes
            "tags": [[1]]          | /steps/charge/query/tag: gave a list, where a text or a number goes
            "customer": {"secret": "payments"} | /steps/charge/headers/X-Customer: gave an object, where a text or a number goes
            "customer": "a\\r\\nb: c" | /steps/charge/headers/X-Customer: has characters that a header cannot have
            """)
    void what_is_no_part_of_a_request_fails_the_step_and_is_named(String field, String message) {
        String usual = "\"id\": 7, \"verbose\": null, \"tags\": [], \"customer\": null, \"cents\": null";
        String name = field.substring(0, field.indexOf(':'));
        String input = "{" + usual.replaceFirst(name + ": (null|7|\\[])", "@").replace("@", field) + "}";
        assertThatThrownBy(() -> request("POST https://a.example/x/{id}/y", input))
                .isInstanceOf(StepFailure.class)
                .hasMessage(message);
    }

    private static final String CALLED_BACK = """
            name: films
            channels: {film: last_write_wins}
            start: render
            steps:
              render:
                http: POST https://api.example.com/films/{to}
                path: {to: callback.url}
                query: {back: '"<" + callback.url + ">"'}
                headers: {X-Title: input.title}
                body: '{"title": input.title, "hooks": [callback.url]}'
                callback: {header: X-Callback}
                result: {film: result.body}
            """;

    private static Json.Obj calledBack(String document, String input) {
        Step.Action action =
                (Step.Action) Documents.compile(document).steps().get("render").kind();
        return (Json.Obj) action.request().input(new Step.View(Channels.EMPTY, JsonText.parse(input), List.of()));
    }

    private static String placeholder(Json.Obj request) {
        return ((Json.Text) ((Json.Obj) request.get("callback")).get("placeholder")).value();
    }

    @Test
    void a_placeholder_stands_where_the_url_of_a_callback_will() {
        String input = "{\"title\": \"It\"}";
        Json.Obj request = calledBack(CALLED_BACK, input);
        String there = placeholder(request);
        assertThat(there).matches("callback-[0-9a-f]{32}");
        assertThat(request).isEqualTo(JsonText.parse("""
                {"method": "POST", "url": "https://api.example.com/films/%1$s?back=%%3C%1$s%%3E",
                 "headers": {"X-Title": "It", "X-Callback": "%1$s"}, "body": {"title": "It", "hooks": ["%1$s"]},
                 "callback": {"placeholder": "%1$s"}}
                """.formatted(there)));
        assertThat(calledBack(CALLED_BACK, input)).as("decided again").isEqualTo(request);
    }

    /** Or whoever says what a title is would be told where to call back. */
    @Test
    void no_data_can_be_taken_for_the_placeholder() {
        String first = placeholder(calledBack(CALLED_BACK, "{\"title\": \"It\"}"));
        Json.Obj request = calledBack(CALLED_BACK, "{\"title\": \"" + first + "\"}");
        assertThat(placeholder(request)).isNotEqualTo(first);
        assertThat(((Json.Obj) request.get("body")).get("title")).isEqualTo(Json.of(first));
    }

    @Test
    void a_request_that_loses_the_url_on_its_way_fails_the_step() {
        String upper = CALLED_BACK
                .replace("callback: {header: X-Callback}", "callback: {}")
                .replace("path: {to: callback.url}", "path: {to: input.title}")
                .replace("query: {back: '\"<\" + callback.url + \">\"'}", "query: {}")
                .replace("[callback.url]", "[callback.url.size()]");
        assertThatThrownBy(() -> calledBack(upper, "{\"title\": \"It\"}"))
                .isInstanceOf(StepFailure.class)
                .hasMessage("/steps/render/callback: callback.url is not in the request as it is");
    }

    @Test
    void it_waits_an_hour_for_its_callback_unless_it_says_otherwise() {
        Step.Action action = (Step.Action)
                Documents.compile(CALLED_BACK).steps().get("render").kind();
        assertThat(action.timeoutMs()).isEqualTo(HttpRequestForm.DEFAULT_CALLBACK_TIMEOUT_MS);
        Step.Action longer = (Step.Action) Documents.compile(CALLED_BACK + "    timeout: 7d\n")
                .steps()
                .get("render")
                .kind();
        assertThat(longer.timeoutMs()).isEqualTo(7 * 86_400_000L);
    }

    @Test
    void it_is_an_action_of_the_handler_http_for_half_a_minute() {
        Step.Action action = action("POST https://a.example/{id}");
        assertThat(action.handler()).isEqualTo("http");
        assertThat(action.timeoutMs()).isEqualTo(HttpRequestForm.DEFAULT_TIMEOUT_MS);
        assertThat(action.idempotent()).isTrue();
        assertThat(action.config()).isEqualTo(Json.EMPTY_OBJECT);
    }
}
