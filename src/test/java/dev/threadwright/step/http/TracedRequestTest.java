package dev.threadwright.step.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.json.JsonText;
import dev.threadwright.step.http.HttpRequest.Header.Plain;
import dev.threadwright.thread.TraceContext;
import org.junit.jupiter.api.Test;

/** In which trace a request is sent. */
class TracedRequestTest {

    private static final String PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    @Test
    void a_request_is_sent_in_the_trace_of_the_run() {
        HttpRequest traced = request("{}").traced(new TraceContext(PARENT, "a=1"));
        assertThat(traced.headers())
                .hasSize(2)
                .containsEntry("traceparent", new Plain(PARENT))
                .containsEntry("tracestate", new Plain("a=1"));
        assertThat(request("{}").traced(new TraceContext(PARENT, null)).headers())
                .hasSize(1);
        assertThat(request("{}").traced(null).headers()).isEmpty();
    }

    @Test
    void a_step_that_sends_a_trace_of_its_own_sends_that() {
        HttpRequest own = request("{\"Traceparent\": \"mine\", \"x\": \"1\"}");
        assertThat(own.traced(new TraceContext(PARENT, "a=1")).headers())
                .isEqualTo(own.headers())
                .containsEntry("traceparent", new Plain("mine"))
                .doesNotContainKey("tracestate");
    }

    @Test
    void one_traces_state_is_not_sent_with_anothers_parent() {
        assertThat(request("{\"tracestate\": \"mine=1\"}")
                        .traced(new TraceContext(PARENT, null))
                        .headers())
                .hasSize(1)
                .containsEntry("traceparent", new Plain(PARENT));
    }

    private static HttpRequest request(String headers) {
        return HttpRequest.of(JsonText.parse(
                "{\"method\": \"GET\", \"url\": \"http://127.0.0.1/\", \"headers\": %s}".formatted(headers)));
    }
}
