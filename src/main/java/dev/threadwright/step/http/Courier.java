package dev.threadwright.step.http;

import dev.threadwright.outbound.Answer;
import dev.threadwright.outbound.Destination;
import dev.threadwright.outbound.Destinations;
import dev.threadwright.outbound.Exchange;
import dev.threadwright.outbound.Message;
import dev.threadwright.outbound.PinnedClient;
import dev.threadwright.outbound.RefusedAddressException;
import dev.threadwright.outbound.WebAddress;
import dev.threadwright.secret.Secret;
import dev.threadwright.step.StepRefusedException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Carries a request to where it may go, and on to where it is sent from there. Each hop is checked like the first, and
 * what is for one server alone goes no further than that.
 */
public final class Courier {

    static final String WHOSE = "The request's";

    /** Not for another server than the one they were written for; secrets are not either. */
    private static final Set<String> OF_ONE_SERVER = Set.of("authorization", "cookie");

    private static final Map<String, String> USUAL_HEADERS =
            Map.of("accept", "application/json, */*;q=0.8", "user-agent", "threadwright");

    private final AllowedHosts allowed;
    private final Destinations destinations;
    private final PinnedClient client;
    private final HttpLimits limits;

    public Courier(AllowedHosts allowed, Destinations destinations, PinnedClient client, HttpLimits limits) {
        this.allowed = allowed;
        this.destinations = destinations;
        this.client = client;
        this.limits = limits;
    }

    /** @param from the request, in words, that the answer is to */
    record Delivered(Answer answer, String from) {}

    /** A request and how far it has come. */
    private record Hop(HttpRequest request, WebAddress to, boolean isAtHome, int redirects) {

        String words() {
            return request.method() + " " + to.withoutQuery();
        }
    }

    /**
     * Blocks.
     *
     * @param secrets by name, all that it asks for
     * @throws StepRefusedException if it may not go there
     * @throws UnansweredException if there is no answer in time
     */
    Delivered deliver(HttpRequest request, Map<String, Secret> secrets, String idempotencyKey, int attempt)
            throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limits.timeoutMs());
        Hop hop = new Hop(request, address(request.url()), true, 0);
        while (true) {
            Answer answer = answer(hop, secrets, idempotencyKey, attempt, deadline);
            Hop next = next(hop, answer);
            if (next == null) {
                return new Delivered(answer, hop.words());
            }
            hop = next;
        }
    }

    private Answer answer(Hop hop, Map<String, Secret> secrets, String idempotencyKey, int attempt, long deadline)
            throws InterruptedException {
        Destination to = destination(hop);
        Message message =
                new Message(hop.request().method(), headers(hop, secrets, idempotencyKey), body(hop.request()));
        long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (leftMs < 1) {
            throw new UnansweredException(
                    hop.words() + ": no answer in " + limits.timeoutMs() + " ms (threadwright.http-steps.timeout)");
        }
        Exchange exchange = client.send(to, attempt, message, limits.maxResponseBytes(), leftMs);
        try {
            return exchange.answer().get();
        } catch (InterruptedException e) {
            exchange.cancel();
            throw e;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new UnansweredException(hop.words() + ": "
                    + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage()));
        }
    }

    private Destination destination(Hop hop) {
        WebAddress to = hop.to();
        if (!allowed.admits(to)) {
            throw new StepRefusedException(
                    hop.words() + ": threadwright.http-steps.allow-hosts does not allow " + to.origin());
        }
        try {
            return destinations.of(to);
        } catch (RefusedAddressException e) {
            throw new StepRefusedException(
                    hop.words() + ": " + e.getMessage() + " (threadwright.http-steps.allow-addresses)");
        } catch (UnknownHostException e) {
            throw new UnansweredException(hop.words() + ": its host cannot be found: " + e.getMessage());
        }
    }

    private static WebAddress address(String url) {
        try {
            return WebAddress.of(WHOSE, url);
        } catch (RefusedAddressException e) {
            throw new StepRefusedException(String.valueOf(e.getMessage()));
        }
    }

    private Map<String, String> headers(Hop hop, Map<String, Secret> secrets, String idempotencyKey) {
        Map<String, String> headers = new LinkedHashMap<>(USUAL_HEADERS);
        headers.put(RequestRules.IDEMPOTENCY_KEY, idempotencyKey);
        hop.request().headers().forEach((name, header) -> {
            switch (header) {
                case HttpRequest.Header.Plain plain -> {
                    if (hop.isAtHome() || !OF_ONE_SERVER.contains(name)) {
                        headers.put(name, plain.value());
                    }
                }
                case HttpRequest.Header.OfSecret of -> {
                    if (hop.isAtHome()) {
                        headers.put(name, of.prefix() + secret(hop, secrets, of.secret()));
                    }
                }
            }
        });
        return headers;
    }

    /** Who may write workflows could otherwise send any secret anywhere. */
    private String secret(Hop hop, Map<String, Secret> secrets, String name) {
        Secret secret = secrets.get(name);
        if (secret == null) {
            throw new IllegalStateException("The secret " + name + " was not looked up");
        }
        if (!allowed.names(hop.to())) {
            throw new StepRefusedException(hop.words() + ": the secret \"" + name
                    + "\" is sent to hosts alone that threadwright.http-steps.allow-hosts names, and "
                    + hop.to().origin() + " is none");
        }
        return secret.value();
    }

    /** Servers expect a length of those that usually have a body. */
    private static byte @Nullable [] body(HttpRequest request) {
        byte[] body = request.body();
        return body != null
                        || !RequestRules.hasBody(request.method())
                        || request.method().equals("DELETE")
                ? body
                : new byte[0];
    }

    /** Null if the answer leads nowhere else. */
    private @Nullable Hop next(Hop hop, Answer answer) {
        String method = hop.request().method();
        boolean isRedirect = switch (answer.status()) {
            case 301, 302, 303 -> RequestRules.SAFE_METHODS.contains(method);
            case 307, 308 -> true;
            default -> false;
        };
        String location = answer.header("location");
        if (!isRedirect || location == null) {
            return null;
        }
        if (hop.redirects() == limits.maxRedirects()) {
            throw new StepRefusedException(hop.words() + " answered " + answer.status() + " after " + hop.redirects()
                    + " redirects (threadwright.http-steps.max-redirects)");
        }
        WebAddress to;
        try {
            to = WebAddress.of("The redirect's", resolved(hop.to(), location.strip()));
        } catch (RefusedAddressException | IllegalArgumentException e) {
            throw new StepRefusedException(hop.words() + " answered " + answer.status() + ": " + e.getMessage());
        }
        boolean isAtHome = hop.isAtHome() && to.origin().equals(hop.to().origin());
        return new Hop(hop.request(), to, isAtHome, hop.redirects() + 1);
    }

    private static String resolved(WebAddress from, String location) {
        // Java resolves a query alone as the older of the two standards had it, and drops the last part of the path.
        return location.startsWith("?")
                ? from.withoutQuery() + location
                : URI.create(from.origin() + from.path()).resolve(location).toString();
    }
}
