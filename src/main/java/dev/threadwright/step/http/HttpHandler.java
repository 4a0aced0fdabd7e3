package dev.threadwright.step.http;

import dev.threadwright.callback.CallbackUrl;
import dev.threadwright.callback.Callbacks;
import dev.threadwright.outbound.Answer;
import dev.threadwright.secret.Redaction;
import dev.threadwright.secret.Secret;
import dev.threadwright.secret.Secrets;
import dev.threadwright.secret.UnknownSecretException;
import dev.threadwright.step.BlockingStepHandler;
import dev.threadwright.step.RateLimitedException;
import dev.threadwright.step.StepContext;
import dev.threadwright.step.StepRefusedException;
import dev.threadwright.thread.ActionId;
import dev.threadwright.workflow.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends what HTTP steps ask for. Nothing that it returns or throws has the value of a secret in it, whatever the other
 * side answers: results and errors are journaled.
 */
public final class HttpHandler implements BlockingStepHandler {

    private static final int TOO_MANY_REQUESTS = 429;
    private static final int UNAVAILABLE = 503;
    private static final int NOT_MODIFIED = 304;

    /** What is said of a callback's token wherever it comes back. */
    private static final String CALLBACK = "callback";

    private final Secrets secrets;
    private final Callbacks callbacks;
    private final Courier courier;
    private final LongSupplier nowMs;

    /** @param nowMs the time of day, for servers that say until when to wait */
    public HttpHandler(Secrets secrets, Callbacks callbacks, Courier courier, LongSupplier nowMs) {
        this.secrets = secrets;
        this.callbacks = callbacks;
        this.courier = courier;
        this.nowMs = nowMs;
    }

    @Override
    public String name() {
        return RequestRules.HANDLER;
    }

    @Override
    public Json handle(StepContext context) throws InterruptedException {
        CallbackUrl callback = callback(context);
        HttpRequest request = HttpRequest.of(
                        callback == null
                                ? context.input()
                                : CallbackPlaceholder.filled(context.input(), callback.value()))
                .traced(context.trace());
        Map<String, Secret> used = secretsOf(context.thread().tenant(), request);
        List<Secret> hidden = new ArrayList<>(used.values());
        if (callback != null) {
            hidden.add(new Secret(CALLBACK, callback.token()));
        }
        Redaction redaction = new Redaction(hidden);
        // What else is thrown on the way may quote what it was given.
        try {
            Courier.Delivered delivered = courier.deliver(request, used, context.idempotencyKey(), context.attempt());
            if (callback != null && delivered.answer().status() / 100 == 2) {
                context.accepted();
                return Json.NULL;
            }
            return result(delivered.answer(), delivered.from(), redaction, callback != null);
        } catch (StepRefusedException e) {
            throw new StepRefusedException(redaction.of(String.valueOf(e.getMessage())));
        } catch (RateLimitedException e) {
            throw new RateLimitedException(redaction.of(String.valueOf(e.getMessage())), e.retryAfter());
        } catch (RuntimeException e) {
            throw new UnansweredException(redaction.of(words(e)));
        }
    }

    /** Null if it is the answer that is the result. */
    private @Nullable CallbackUrl callback(StepContext context) {
        if (!CallbackPlaceholder.isAsked(context.input())) {
            return null;
        }
        if (!callbacks.isReachable()) {
            throw new StepRefusedException(
                    "http: threadwright.callbacks.public-url is not set on this server, so nobody could call back");
        }
        return callbacks.url(
                context.thread(),
                context.run(),
                new ActionId(context.idempotencyKey()),
                context.attempt(),
                context.deadlineMs());
    }

    private Map<String, Secret> secretsOf(String tenant, HttpRequest request) {
        Map<String, Secret> used = new LinkedHashMap<>();
        for (HttpRequest.Header header : request.headers().values()) {
            if (header instanceof HttpRequest.Header.OfSecret of) {
                try {
                    used.put(of.secret(), secrets.find(tenant, of.secret()));
                } catch (UnknownSecretException e) {
                    throw new StepRefusedException(String.valueOf(e.getMessage()));
                }
            }
        }
        return used;
    }

    /**
     * @param from the request, in words, that was answered
     * @param isStart whether it was to start what a callback ends: "not modified" starts nothing
     */
    private Json result(Answer answer, String from, Redaction redaction, boolean isStart) {
        int status = answer.status();
        if (status / 100 == 2 || status == NOT_MODIFIED && !isStart) {
            if (!answer.isWhole()) {
                throw new StepRefusedException(from + " answered " + status + " with more than " + answer.body().length
                        + " bytes (threadwright.http-steps.max-response-bytes)");
            }
            return HttpResult.of(answer, from, redaction);
        }
        String excerpt = HttpResult.excerpt(answer, redaction);
        String message = from + " answered " + status + (excerpt.isEmpty() ? "" : ": " + excerpt);
        Duration wait = retryAfter(answer);
        if (wait != null) {
            throw new RateLimitedException(message, wait);
        }
        if (status / 100 == 5 || status == TOO_MANY_REQUESTS) {
            throw new UnansweredException(message);
        }
        throw new StepRefusedException(message);
    }

    private @Nullable Duration retryAfter(Answer answer) {
        return answer.status() == TOO_MANY_REQUESTS || answer.status() == UNAVAILABLE
                ? RetryAfter.of(answer.header("retry-after"), nowMs.getAsLong())
                : null;
    }

    private static String words(RuntimeException failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }
}
