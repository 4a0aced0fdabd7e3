package dev.threadwright.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.threadwright.http.Routes.Route;
import dev.threadwright.security.Role;
import dev.threadwright.testing.Issuer;
import dev.threadwright.testing.Readiness;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens of an issuer, on a server that has keys, too. What all may be wrong with one: TokensTest, in security. */
@QuarkusTest
@TestProfile(Tenants.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class OidcTest {

    private static final PublicJsonWebKey KEY = Issuer.rsa("first");

    @Inject
    BeanManager beans;

    @ConfigProperty(name = "threadwright.identity.oidc.issuer")
    String issuerUrl;

    @TestHTTPResource("/")
    URI server;

    private final HttpClient client = HttpClient.newHttpClient();
    private Issuer issuer;

    @BeforeEach
    void engineIsReady() {
        Readiness.await();
    }

    @AfterEach
    void end() {
        client.close();
        if (issuer != null) {
            issuer.close();
        }
    }

    /** First, while the server has never seen the issuer. */
    @Test
    @Order(1)
    void aServerWhoseIssuerIsAwayTakesKeysAndSaysThatItCannotKnowTokensYet_andLosesNothingOnceItIsBack()
            throws Exception {
        HttpResponse<String> away = send(as(token(claims -> {}), "/info"));
        assertThat(away.statusCode()).isEqualTo(503);
        assertThat(away.body()).contains("urn:threadwright:problem:issuer-unavailable");
        assertThat(away.headers().firstValue("Retry-After")).isPresent();
        // Credentials that need no issuer.
        assertThat(send(as(Tenants.ACME, "/info")).statusCode()).isEqualTo(200);
        assertRefused(send(as("no.token.this", "/info")), 401, "malformed");

        startIssuer();
        // Once the issuer is asked again: the request waits for it, with a body that is not lost meanwhile.
        String text = "x".repeat(100_000);
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            HttpResponse<String> answer = send(as(token(claims -> {}), "/threads/by-token/inputs?wait=completion")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{\"data\": {\"text\": \"" + text + "\"}}")));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).contains(text);
        });
        HttpResponse<String> events = send(as(token(claims -> {}), "/threads/by-token/events"));
        assertThat(events.body()).as("who did it").contains("\"actor\":\"ann\"").contains(text);
    }

    @Test
    @Order(2)
    void whoseThreadsThereAreIsSaidByTheToken() throws Exception {
        startIssuer();
        assertThat(send(as(Tenants.ACME, "/threads/of-acme/inputs?wait=completion")
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"data\": 1}")))
                        .statusCode())
                .isEqualTo(200);
        assertThat(send(as(token(claims -> {}), "/threads/of-acme")).statusCode())
                .isEqualTo(200);
        assertThat(send(as(token(claims -> claims.setClaim("tenant", "globex")), "/threads/of-acme"))
                        .statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @Order(2)
    @CsvSource(
            delimiter = '|',
            value = {
                "tenant | initech | 403 | unknown_tenant",
                "tenant |         | 403 | no_tenant",
                "aud    | others  | 401 | audience",
                "iss    | others  | 401 | issuer",
                "exp    | 1       | 401 | expired",
                "sub    |         | 401 | incomplete",
            })
    void aTokenThatMakesNobodyKnownIsRefusedForItsReasonAndNotRepeated(
            String claim, String value, int status, String reason) throws Exception {
        startIssuer();
        HttpResponse<String> answer = send(as(
                token(claims -> {
                    if (value == null) {
                        claims.unsetClaim(claim);
                    } else if (claim.equals("exp")) {
                        claims.setExpirationTime(NumericDate.fromSeconds(Long.parseLong(value)));
                    } else {
                        claims.setClaim(claim, value);
                    }
                }),
                "/info"));
        assertRefused(answer, status, reason);
        assertThat(answer.body())
                .doesNotContain("ann")
                .doesNotContain("initech")
                .doesNotContain("others");
    }

    /** On one route for each; what every route needs is seen with keys. */
    @Test
    @Order(2)
    void rolesAreThoseOfTheClaim() throws Exception {
        startIssuer();
        Set<Role> seen = EnumSet.noneOf(Role.class);
        for (Route route : Routes.all(beans)) {
            if (!(route.need() instanceof RoleCheck.Need.Of(Role role))
                    || route.accept().equals("text/event-stream")
                    || !seen.add(role)) {
                continue;
            }
            List<String> others = java.util.Arrays.stream(Role.values())
                    .filter(other -> other != role)
                    .map(Role::word)
                    .toList();
            HttpResponse<String> refused = send(of(route, others));
            assertThat(refused.statusCode()).as(route.template()).isEqualTo(403);
            assertThat(refused.body()).contains("\"missing_role\":\"" + role.word() + "\"");
            assertThat(send(of(route, List.of(role == Role.OPERATE ? "realm-admin" : role.word())))
                            .statusCode())
                    .as(route.template())
                    .isNotIn(401, 403, 500);
        }
        assertThat(seen).containsExactly(Role.values());
    }

    @ParameterizedTest
    @Order(2)
    @ValueSource(strings = {"X-Api-Key", "Cookie"})
    void aTokenIsABearerTokenOrNone(String header) throws Exception {
        startIssuer();
        HttpResponse<String> answer = send(request("/info").header(header, token(claims -> {})));
        assertThat(answer.statusCode()).isEqualTo(401);
    }

    @Test
    @Order(2)
    void aKeyThatIsWrongIsNoToken() throws Exception {
        startIssuer();
        HttpResponse<String> answer = send(as("tw_nobody's", "/info"));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.body()).contains("API key").doesNotContain("reason");
    }

    @Test
    @Order(2)
    void streamsAndSocketsAreForTokensToo() throws Exception {
        startIssuer();
        send(as(token(claims -> {}), "/threads/followed/inputs?wait=completion")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"data\": {\"text\": \"told\"}}")));
        HttpRequest stream = as(token(claims -> {}), "/threads/followed/stream")
                .header("Accept", "text/event-stream")
                .header("Last-Event-ID", "-")
                .build();
        HttpResponse<InputStream> opened = client.send(stream, BodyHandlers.ofInputStream());
        try (InputStream body = opened.body()) {
            assertThat(opened.statusCode()).isEqualTo(200);
            assertThat(opened.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        }
        URI socket = URI.create(server.toString().replaceFirst("http", "ws") + "threads/followed/stream/events");
        WebSocket known = client.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token(claims -> {}))
                .buildAsync(socket, new WebSocket.Listener() {})
                .join();
        assertThat(known.isOutputClosed()).isFalse();
        known.abort();
        String expired = token(claims -> claims.setExpirationTime(NumericDate.fromSeconds(1)));
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> client.newWebSocketBuilder()
                        .header("Authorization", "Bearer " + expired)
                        .buildAsync(socket, new WebSocket.Listener() {})
                        .join()))
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        java.net.http.WebSocketHandshakeException.class,
                        refused ->
                                assertThat(refused.getResponse().statusCode()).isEqualTo(401));
    }

    private void startIssuer() {
        issuer = Issuer.start(URI.create(issuerUrl).getPort(), KEY);
    }

    private JwtClaims claims() {
        return Issuer.claims(issuerUrl, System.currentTimeMillis());
    }

    private String token(Consumer<JwtClaims> change) {
        JwtClaims claims = claims();
        change.accept(claims);
        return Issuer.signed(claims, KEY, AlgorithmIdentifiers.RSA_USING_SHA256, signing -> {});
    }

    private HttpRequest.Builder of(Route route, List<String> roles) {
        return as(token(claims -> claims.setStringListClaim("roles", roles)), route.anywhere())
                .header("Accept", route.accept())
                .header("Content-Type", route.contentType())
                .method(
                        route.verb(),
                        Set.of("GET", "DELETE").contains(route.verb())
                                ? BodyPublishers.noBody()
                                : BodyPublishers.ofString("{}"));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(server.toString().replaceAll("/$", "") + path));
    }

    private HttpRequest.Builder as(String credentials, String path) {
        return request(path).header("Authorization", "Bearer " + credentials);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.timeout(Duration.ofSeconds(40)).build(), BodyHandlers.ofString());
    }

    private static void assertRefused(HttpResponse<String> answer, int status, String reason) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type").orElse("")).startsWith(Problem.MEDIA_TYPE);
        assertThat(answer.body()).contains("\"reason\":\"" + reason + "\"");
        assertThat(answer.headers().firstValue("WWW-Authenticate").orElse("").contains("error=\"invalid_token\""))
                .isEqualTo(status == 401);
    }
}
