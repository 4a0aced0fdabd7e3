package dev.threadwright.security;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jboss.logging.Logger;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * The issuer's public keys, read from it when they are needed and kept for a while. Whoever asks never waits on a thread, and
 * all who ask at once wait for the same reading.
 */
final class IssuerKeys implements AutoCloseable {

    /** After which they are read again at the next use, while those that are here go on being used. */
    static final Duration FRESH = Duration.ofMinutes(5);

    /** For which they are used while the issuer cannot be reached. */
    static final Duration KEPT = Duration.ofHours(24);

    /** From one reading to the next, at least: anybody can name keys that there are not. */
    static final Duration APART = Duration.ofSeconds(10);

    /** The same, after a reading that failed. */
    static final Duration APART_AFTER_FAILURE = Duration.ofSeconds(1);

    /** Of one answer, from connecting to its end. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Of one answer. */
    private static final long MAX_BYTES = 256 * 1024;

    private static final String DISCOVERY = "/.well-known/openid-configuration";

    private static final Logger LOG = Logger.getLogger(IssuerKeys.class);

    private final URI issuer;
    private final @Nullable URI address;
    private final NanoTime clock;
    private final HttpClient client;

    private volatile Held held;
    private @Nullable CompletableFuture<Held> reading;
    private boolean isFailing;

    /** As {@link System#nanoTime}. */
    @FunctionalInterface
    interface NanoTime {
        long now();
    }

    /**
     * What is known of them.
     *
     * @param keys none before they were read for the first time
     * @param readAt when they were
     * @param triedAt when they were to be read last
     * @param isCurrent whether that succeeded
     */
    private record Held(List<JsonWebKey> keys, long readAt, long triedAt, boolean isCurrent) {}

    IssuerKeys(URI issuer, @Nullable URI address, NanoTime clock) {
        this.issuer = issuer;
        this.address = address;
        this.clock = clock;
        // On threads of its own: looking a host up may take long, and would hold on to a carrier of virtual ones.
        this.client = HttpClient.newBuilder()
                .connectTimeout(TIMEOUT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        this.held = new Held(List.of(), 0, clock.now() - APART.toNanos(), true);
    }

    /** Those that may be used now; none if there are none, or if they are too old. Has old ones read again. */
    List<JsonWebKey> now() {
        Held now = held;
        if (now.keys.isEmpty()) {
            return now.keys;
        }
        long age = clock.now() - now.readAt;
        if (age > FRESH.toNanos()) {
            var unused = read();
        }
        return age > KEPT.toNanos() ? List.of() : now.keys;
    }

    /**
     * Whether a key that is not here could be one that the issuer has made since: not if it was asked just now.
     *
     * @return false also if it was asked in vain
     */
    boolean areCurrent() {
        return held.isCurrent;
    }

    /** Reads them, unless they were just read; told when that is over, however it ended. */
    synchronized CompletableFuture<?> read() {
        if (reading != null) {
            return reading;
        }
        Held before = held;
        Duration apart = before.isCurrent ? APART : APART_AFTER_FAILURE;
        if (clock.now() - before.triedAt < apart.toNanos()) {
            return CompletableFuture.completedFuture(before);
        }
        CompletableFuture<Held> begun = new CompletableFuture<>();
        reading = begun;
        tried().whenComplete((keys, failure) -> begun.complete(ended(before, keys, failure)));
        return begun;
    }

    private synchronized Held ended(Held before, @Nullable List<JsonWebKey> keys, @Nullable Throwable failure) {
        long now = clock.now();
        if (keys == null) {
            held = new Held(before.keys, before.readAt, now, false);
            if (!isFailing) {
                LOG.warnf(
                        "The keys of the issuer %s cannot be read%s: %s",
                        issuer,
                        before.keys.isEmpty()
                                ? ", and no token is believed until they are"
                                : "; those read before are used",
                        reason(failure));
            }
        } else {
            held = new Held(keys, now, now, true);
            if (isFailing || before.keys.isEmpty()) {
                LOG.infof("The issuer %s has %d keys", issuer, keys.size());
            }
        }
        isFailing = keys == null;
        reading = null;
        return held;
    }

    private static String reason(@Nullable Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause == null ? "for no reason given" : cause.toString();
    }

    /** What is thrown before anything is sent is a reading that failed, too: else it would never be over. */
    private CompletableFuture<List<JsonWebKey>> tried() {
        try {
            return fetched();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<List<JsonWebKey>> fetched() {
        CompletableFuture<URI> where = address == null
                ? get(URI.create(issuer.toString().replaceAll("/+$", "") + DISCOVERY))
                        .thenApply(this::discovered)
                : CompletableFuture.completedFuture(address);
        return where.thenCompose(this::get).thenApply(IssuerKeys::keys);
    }

    private CompletableFuture<String> get(URI uri) {
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(TIMEOUT)
                .header("Accept", "application/json")
                .build();
        // The request's own time-out ends with the headers.
        return client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofString(), MAX_BYTES))
                .orTimeout(2 * TIMEOUT.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                .thenApply(IssuerKeys::body);
    }

    private static String body(HttpResponse<String> answer) {
        if (answer.statusCode() != 200) {
            throw new CompletionException(new IOException(answer.uri() + " answered " + answer.statusCode()));
        }
        return answer.body();
    }

    /** What others say in its name, it does not say: the document is of this issuer. */
    private URI discovered(String document) {
        try {
            Map<String, Object> fields = JsonUtil.parseJson(document);
            if (!issuer.toString().equals(fields.get("issuer"))) {
                throw new IOException("its discovery document is of another issuer: " + fields.get("issuer"));
            }
            if (!(fields.get("jwks_uri") instanceof String keys)) {
                throw new IOException("its discovery document has no jwks_uri");
            }
            return TokenSettings.address(keys);
        } catch (JoseException | IOException e) {
            throw new CompletionException(e);
        }
    }

    /** Only those that tell signatures and cannot make them: a shared secret among public keys is everybody's. */
    private static List<JsonWebKey> keys(String document) {
        try {
            List<JsonWebKey> keys = new JsonWebKeySet(document)
                    .getJsonWebKeys().stream()
                            .filter(PublicJsonWebKey.class::isInstance)
                            .toList();
            if (keys.isEmpty()) {
                throw new IOException("there is no public key among them");
            }
            return keys;
        } catch (JoseException | IOException e) {
            throw new CompletionException(e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
