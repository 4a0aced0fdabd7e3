package dev.threadwright.step.http;

import dev.threadwright.outbound.Answer;
import dev.threadwright.secret.Redaction;
import dev.threadwright.secret.Secret;
import dev.threadwright.secret.Secrets;
import dev.threadwright.secret.UnknownSecretException;
import dev.threadwright.step.BlockingStepHandler;
import dev.threadwright.step.RateLimitedException;
import dev.threadwright.step.StepContext;
import dev.threadwright.step.StepRefusedException;
import dev.threadwright.workflow.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
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

    private final Secrets secrets;
    private final Courier courier;
    private final LongSupplier nowMs;

    /** @param nowMs the time of day, for servers that say until when to wait */
    public HttpHandler(Secrets secrets, Courier courier, LongSupplier nowMs) {
        this.secrets = secrets;
        this.courier = courier;
        this.nowMs = nowMs;
    }

    @Override
    public String name() {
        return RequestRules.HANDLER;
    }

    @Override
    public Json handle(StepContext context) throws InterruptedException {
        HttpRequest request = HttpRequest.of(context.input()).traced(context.trace());
        Map<String, Secret> used = secretsOf(request);
        Redaction redaction = new Redaction(used.values());
        // What else is thrown on the way may quote what it was given.
        try {
            Courier.Delivered delivered = courier.deliver(request, used, context.idempotencyKey(), context.attempt());
            return result(delivered.answer(), delivered.from(), redaction);
        } catch (StepRefusedException e) {
            throw new StepRefusedException(redaction.of(String.valueOf(e.getMessage())));
        } catch (RateLimitedException e) {
            throw new RateLimitedException(redaction.of(String.valueOf(e.getMessage())), e.retryAfter());
        } catch (RuntimeException e) {
            throw new UnansweredException(redaction.of(words(e)));
        }
    }

    private Map<String, Secret> secretsOf(HttpRequest request) {
        Map<String, Secret> used = new LinkedHashMap<>();
        for (HttpRequest.Header header : request.headers().values()) {
            if (header instanceof HttpRequest.Header.OfSecret of) {
                try {
                    used.put(of.secret(), secrets.find(of.secret()));
                } catch (UnknownSecretException e) {
                    throw new StepRefusedException(String.valueOf(e.getMessage()));
                }
            }
        }
        return used;
    }

    /** @param from the request, in words, that was answered */
    private Json result(Answer answer, String from, Redaction redaction) {
        int status = answer.status();
        if (status / 100 == 2 || status == NOT_MODIFIED) {
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
