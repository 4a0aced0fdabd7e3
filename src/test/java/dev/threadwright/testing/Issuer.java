package dev.threadwright.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/** An OpenID issuer on this machine: a discovery document, keys, and the tokens it signs. */
public final class Issuer implements AutoCloseable {

    public static final String AUDIENCE = "threadwright";

    private final HttpServer http;
    private final List<JsonWebKey> published = new CopyOnWriteArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile String said;

    private Issuer(HttpServer http) {
        this.http = http;
        this.said = url();
        http.createContext(
                "/.well-known/openid-configuration",
                exchange -> answer(exchange, "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}".formatted(said, url())));
        http.createContext("/keys", exchange -> {
            asked.incrementAndGet();
            answer(exchange, new JsonWebKeySet(published).toJson());
        });
        http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        http.start();
    }

    /** @param port zero for any that is free */
    public static Issuer start(int port, JsonWebKey... keys) {
        try {
            Issuer issuer =
                    new Issuer(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0));
            issuer.publish(keys);
            return issuer;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static PublicJsonWebKey rsa(String name) {
        try {
            return named(RsaJwkGenerator.generateJwk(2048), name);
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    public static PublicJsonWebKey ec(String name) {
        try {
            return named(EcJwkGenerator.generateJwk(EllipticCurves.P256), name);
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PublicJsonWebKey named(PublicJsonWebKey key, String name) {
        key.setKeyId(name);
        return key;
    }

    public String url() {
        return url(http.getAddress().getPort());
    }

    public static String url(int port) {
        return "http://127.0.0.1:" + port;
    }

    public int port() {
        return http.getAddress().getPort();
    }

    /** In place of those before. */
    public void publish(JsonWebKey... keys) {
        published.clear();
        published.addAll(List.of(keys));
    }

    /** As whom its discovery document presents it. */
    public void say(String issuer) {
        said = issuer;
    }

    /** How often its keys were read. */
    public int asked() {
        return asked.get();
    }

    /** What a good token says, for somebody to change. */
    public static JwtClaims claims(String issuer, long nowMs) {
        JwtClaims claims = new JwtClaims();
        claims.setIssuer(issuer);
        claims.setAudience(AUDIENCE);
        claims.setSubject("ann");
        claims.setIssuedAt(NumericDate.fromMilliseconds(nowMs));
        claims.setExpirationTime(NumericDate.fromMilliseconds(nowMs + 300_000));
        claims.setClaim("tenant", "acme");
        claims.setStringListClaim("roles", "read", "write");
        return claims;
    }

    /** @param change made before it is signed */
    public static String signed(
            JwtClaims claims, PublicJsonWebKey key, String algorithm, Consumer<JsonWebSignature> change) {
        JsonWebSignature token = new JsonWebSignature();
        token.setPayload(claims.toJson());
        token.setAlgorithmHeaderValue(algorithm);
        token.setKey(key.getPrivateKey());
        token.setKeyIdHeaderValue(key.getKeyId());
        token.setHeader("typ", "JWT");
        change.accept(token);
        try {
            return token.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void answer(HttpExchange exchange, String body) throws IOException {
        byte[] bytes = body.getBytes(UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
