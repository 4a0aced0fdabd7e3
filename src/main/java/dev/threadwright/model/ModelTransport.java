package dev.threadwright.model;

import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEvent;
import dev.langchain4j.http.client.sse.ServerSentEventContext;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import dev.threadwright.json.InvalidJsonException;
import dev.threadwright.json.JsonText;
import dev.threadwright.step.RateLimitedException;
import dev.threadwright.step.StepRefusedException;
import dev.threadwright.thread.TraceContext;
import dev.threadwright.workflow.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The library's requests, sent by the JDK's client: bounded in size and time, on the thread that asks, which stops when it is
 * interrupted. What goes wrong becomes what a step can fail with, without the key.
 */
final class ModelTransport implements HttpClient, AutoCloseable {

    /** Of a request: messages, tools and all. */
    static final int MAX_REQUEST_BYTES = 4 << 20;

    /** Of an answer as it is sent, with all that is around its words. */
    static final int MAX_ANSWER_BYTES = 8 << 20;

    /** Of what is read of a refusal, and told of it. */
    static final int MAX_REFUSAL_BYTES = 65_536;

    static final int MAX_REFUSAL_LENGTH = 500;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    /** The JDK's client gives up on headers that do not come, and waits for ever for the rest. */
    private static final ScheduledThreadPoolExecutor ALARMS = alarms();

    /** Of what is asked; the library has no place for what belongs to one request. */
    private static final ScopedValue<TraceContext> TRACE = ScopedValue.newInstance();

    private final Endpoint endpoint;
    private final java.net.http.HttpClient client;

    ModelTransport(Endpoint endpoint) {
        this.endpoint = endpoint;
        this.client = java.net.http.HttpClient.newBuilder()
                // Not a few local servers do not understand an offer of HTTP/2.
                .version(java.net.http.HttpClient.Version.HTTP_1_1)
                .connectTimeout(
                        CONNECT_TIMEOUT.compareTo(endpoint.timeout()) < 0 ? CONNECT_TIMEOUT : endpoint.timeout())
                .followRedirects(java.net.http.HttpClient.Redirect.NEVER)
                .build();
    }

    private static ScheduledThreadPoolExecutor alarms() {
        ScheduledThreadPoolExecutor alarms = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("threadwright-model-alarm").daemon().factory());
        alarms.setRemoveOnCancelPolicy(true);
        return alarms;
    }

    /** Hands the library this client and no other; its own time-outs are not used. */
    record Builder(ModelTransport transport) implements HttpClientBuilder {
        @Override
        public @Nullable Duration connectTimeout() {
            return null;
        }

        @Override
        public HttpClientBuilder connectTimeout(Duration timeout) {
            return this;
        }

        @Override
        public @Nullable Duration readTimeout() {
            return null;
        }

        @Override
        public HttpClientBuilder readTimeout(Duration timeout) {
            return this;
        }

        @Override
        public HttpClient build() {
            return transport;
        }
    }

    @Override
    public SuccessfulHttpResponse execute(HttpRequest request) {
        throw new UnsupportedOperationException("Models are asked for streams only");
    }

    @Override
    public void execute(HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
        try {
            stream(request, parser, listener);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            listener.onError(new ModelUnavailableException(name() + " was not waited for"));
        } catch (HttpTimeoutException e) {
            listener.onError(late());
        } catch (IOException e) {
            listener.onError(unreachable(e));
        } catch (RuntimeException e) {
            listener.onError(e);
        }
    }

    private void stream(HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener)
            throws IOException, InterruptedException {
        long sinceNanos = System.nanoTime();
        HttpResponse<InputStream> response = client.send(sent(request), HttpResponse.BodyHandlers.ofInputStream());
        long leftMs = endpoint.timeout().toMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos);
        try (Body body = new Body(response.body(), Math.max(1, leftMs))) {
            if (response.statusCode() != 200) {
                throw refusal(response.statusCode(), response.headers(), body);
            }
            Optional<String> type = response.headers().firstValue("content-type");
            if (type.isPresent() && !type.get().startsWith("text/event-stream")) {
                throw new StepRefusedException(name() + " answers with " + type.get() + ", and has to stream");
            }
            listener.onOpen(SuccessfulHttpResponse.builder()
                    .statusCode(response.statusCode())
                    .headers(response.headers().map())
                    .build());
            Relayed relayed = new Relayed(listener, body);
            parser.parse(body, relayed);
            if (!relayed.failed) {
                listener.onClose();
            }
        }
    }

    private java.net.http.HttpRequest sent(HttpRequest request) {
        byte[] content = request.body().getBytes(StandardCharsets.UTF_8);
        if (content.length > MAX_REQUEST_BYTES) {
            throw new StepRefusedException("What " + name() + " is asked has " + content.length + " bytes, at most "
                    + MAX_REQUEST_BYTES + ": make the conversation shorter, as by compaction");
        }
        java.net.http.HttpRequest.Builder builder = java.net.http.HttpRequest.newBuilder(URI.create(request.url()))
                .timeout(endpoint.timeout())
                .POST(java.net.http.HttpRequest.BodyPublishers.ofByteArray(content));
        request.headers().forEach((name, values) -> values.forEach(value -> builder.header(name, value)));
        if (TRACE.isBound()) {
            builder.header("traceparent", TRACE.get().parent());
            String state = TRACE.get().state();
            if (state != null) {
                builder.header("tracestate", state);
            }
        }
        return builder.build();
    }

    /** What is asked meanwhile, on this thread, belongs to the trace; null for none. */
    void within(@Nullable TraceContext trace, Runnable asking) {
        if (trace == null) {
            asking.run();
        } else {
            ScopedValue.where(TRACE, trace).run(asking);
        }
    }

    /** Hands on what comes, until something is wrong; an error that is told in an event is one. */
    private final class Relayed implements ServerSentEventListener {
        private final ServerSentEventListener to;
        private final Body body;
        private boolean failed;

        Relayed(ServerSentEventListener to, Body body) {
            this.to = to;
            this.body = body;
        }

        @Override
        public void onEvent(ServerSentEvent event, ServerSentEventContext context) {
            if (failed) {
                return;
            }
            String error = event.data().contains("\"error\"") ? errorIn(event.data()) : null;
            if (error == null) {
                to.onEvent(event, context);
            } else {
                onError(new ModelUnavailableException(name() + " broke off: " + error));
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (!failed) {
                failed = true;
                to.onError(
                        failure instanceof IOException broken
                                ? body.isLate() ? late() : body.isTooLarge() ? tooLarge() : unreachable(broken)
                                : failure);
            }
        }
    }

    /** An answer's bytes, as many and for as long as they may come. */
    private static final class Body extends InputStream {
        private final InputStream from;
        private final ScheduledFuture<?> alarm;
        private volatile boolean late;
        private long read;

        Body(InputStream from, long leftMs) {
            this.from = from;
            this.alarm = ALARMS.schedule(this::ring, leftMs, TimeUnit.MILLISECONDS);
        }

        private void ring() {
            late = true;
            try {
                from.close();
            } catch (IOException closing) {
                // Who reads is told that it is late, however that ends.
                late = true;
            }
        }

        boolean isLate() {
            return late;
        }

        boolean isTooLarge() {
            return read > MAX_ANSWER_BYTES;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = from.read(into, offset, length);
            if (late) {
                throw new IOException("late");
            }
            read += Math.max(0, count);
            if (isTooLarge()) {
                throw new IOException("too large");
            }
            return count;
        }

        @Override
        public void close() throws IOException {
            alarm.cancel(false);
            from.close();
        }
    }

    private RuntimeException refusal(int status, HttpHeaders headers, InputStream body) throws IOException {
        // Whoever does not accept the key may quote it, or a part of it.
        String why = status == 401 || status == 403
                ? ": the key is not accepted"
                : told(new String(body.readNBytes(MAX_REFUSAL_BYTES), StandardCharsets.UTF_8));
        String message = name() + " answered " + status + why;
        Duration retryAfter = headers.firstValue("retry-after")
                .map(ModelTransport::retryAfter)
                .orElse(null);
        if (status == 429 || status == 503) {
            return retryAfter == null
                    ? new ModelUnavailableException(message)
                    : new RateLimitedException(message, retryAfter);
        }
        boolean passes = status >= 500 || status == 408 || status == 409 || status == 425;
        return passes ? new ModelUnavailableException(message) : new StepRefusedException(message);
    }

    private String told(String body) {
        String error = errorIn(body);
        String words = error == null ? endpoint.withoutKey(body.strip()) : error;
        return words.isEmpty()
                ? ""
                : ": " + (words.length() > MAX_REFUSAL_LENGTH ? words.substring(0, MAX_REFUSAL_LENGTH) + "…" : words);
    }

    /** What {@code {"error": {"message": ...}}}, or a text in its place, says; null if it is none. */
    private @Nullable String errorIn(String json) {
        Json error;
        try {
            error = JsonText.parse(json) instanceof Json.Obj object ? object.get("error") : null;
        } catch (InvalidJsonException e) {
            return null;
        }
        Json message = error instanceof Json.Obj object ? object.get("message") : error;
        return message instanceof Json.Text text ? endpoint.withoutKey(text.value()) : null;
    }

    /** Seconds, or a time; null if it is neither. */
    static @Nullable Duration retryAfter(String value) {
        try {
            return Duration.ofSeconds(Math.max(0, Long.parseLong(value.strip())));
        } catch (NumberFormatException noSeconds) {
            try {
                Instant then = ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                        .toInstant();
                Duration left = Duration.between(Instant.now(), then);
                return left.isNegative() ? Duration.ZERO : left;
            } catch (DateTimeException noTime) {
                return null;
            }
        }
    }

    private ModelUnavailableException late() {
        return new ModelUnavailableException(name() + " did not finish its answer within "
                + endpoint.timeout().toMillis() + " ms");
    }

    private StepRefusedException tooLarge() {
        return new StepRefusedException(name() + " answers with more than " + MAX_ANSWER_BYTES + " bytes");
    }

    private ModelUnavailableException unreachable(IOException failure) {
        String why = failure.getMessage();
        return new ModelUnavailableException(name() + " cannot be reached: "
                + (why == null ? failure.getClass().getSimpleName() : why));
    }

    private String name() {
        return "Model " + endpoint.model() + " at " + endpoint.place();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
