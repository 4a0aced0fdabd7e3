package dev.threadwright.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.testing.Issuer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jose4j.jwk.OctJwkGenerator;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** With an issuer that answers on this machine, and clocks of the test's own. */
class TokensTest {

    private static final PublicJsonWebKey RSA = Issuer.rsa("one");
    private static final PublicJsonWebKey EC = Issuer.ec("two");
    private static final PublicJsonWebKey OTHERS = Issuer.rsa("three");
    private static final long NOW_MS = Instant.parse("2026-06-01T12:00:00Z").toEpochMilli();

    private final Issuer issuer = Issuer.start(0, RSA, EC);
    private long nanos;
    private Tokens tokens = tokens("tenant", null, "roles", "sub");

    @AfterEach
    void end() {
        tokens.close();
        issuer.close();
    }

    private Tokens tokens(String tenantClaim, String tenant, String rolesClaim, String nameClaim) {
        return new Tokens(
                new TokenSettings(
                        URI.create(issuer.url()),
                        null,
                        List.of("others", Issuer.AUDIENCE),
                        tenantClaim,
                        tenant,
                        Set.of("default", "acme", "globex"),
                        rolesClaim,
                        Arrays.stream(Role.values())
                                .collect(Collectors.toMap(role -> role, role -> List.of(role.word(), "admin"))),
                        nameClaim,
                        Duration.ofSeconds(30)),
                Clock.fixed(Instant.ofEpochMilli(NOW_MS), ZoneOffset.UTC),
                () -> nanos);
    }

    /** Else whoever asks would wait for ever for it, and no other would begin. */
    @Test
    void aReadingThatFailsBeforeAnythingIsSentIsOver() {
        try (IssuerKeys keys = new IssuerKeys(URI.create("mailto:issuer"), null, () -> nanos)) {
            CompletableFuture<?> first = keys.read();
            assertThat(first).isDone();
            nanos += IssuerKeys.APART_AFTER_FAILURE.toNanos();
            assertThat(keys.read()).isDone().isNotSameAs(first);
            assertThat(keys.areCurrent()).isFalse();
        }
    }

    /** One way to make a token, and what is wrong with it. */
    record Bad(String name, TokenFault fault, Consumer<JwtClaims> claims, Consumer<JsonWebSignature> signing) {
        @Override
        public String toString() {
            return name + ": " + fault;
        }
    }

    static Stream<Bad> bad() {
        return Stream.of(
                of("expired", TokenFault.EXPIRED, c -> c.setExpirationTime(at(-31))),
                of("not yet", TokenFault.NOT_YET_VALID, c -> c.setNotBefore(at(31))),
                of("for ever", TokenFault.INCOMPLETE, c -> c.unsetClaim("exp")),
                of("no time", TokenFault.INCOMPLETE, c -> c.setClaim("exp", "tomorrow")),
                of("another issuer", TokenFault.ISSUER, c -> c.setIssuer("https://login.example.com")),
                of("over before it began", TokenFault.INCOMPLETE, c -> c.setIssuedAt(at(301))),
                of("no issuer", TokenFault.ISSUER, c -> c.unsetClaim("iss")),
                of("another audience", TokenFault.AUDIENCE, c -> c.setAudience("threadwright2")),
                of("no audience", TokenFault.AUDIENCE, c -> c.unsetClaim("aud")),
                of("nobody", TokenFault.INCOMPLETE, c -> c.unsetClaim("sub")),
                of("blank", TokenFault.INCOMPLETE, c -> c.setSubject(" ")),
                of("a name that cannot be kept", TokenFault.INCOMPLETE, c -> c.setSubject("ann\u0000")),
                of("a name without end", TokenFault.INCOMPLETE, c -> c.setSubject("x".repeat(256))),
                of("no tenant", TokenFault.NO_TENANT, c -> c.unsetClaim("tenant")),
                of("an unknown tenant", TokenFault.UNKNOWN_TENANT, c -> c.setClaim("tenant", "initech")),
                of("no tenant's name", TokenFault.UNKNOWN_TENANT, c -> c.setClaim("tenant", 5)),
                of("two tenants", TokenFault.UNKNOWN_TENANT, c -> c.setStringListClaim("tenant", "acme", "globex")),
                with("another's key under a known name", TokenFault.SIGNATURE, s -> s.setKey(OTHERS.getPrivateKey())),
                with("an unknown key", TokenFault.UNKNOWN_KEY, s -> {
                    s.setKey(OTHERS.getPrivateKey());
                    s.setKeyIdHeaderValue(OTHERS.getKeyId());
                }),
                with("another's key without a name", TokenFault.SIGNATURE, s -> {
                    s.setKey(OTHERS.getPrivateKey());
                    s.getHeaders().setObjectHeaderValue("kid", null);
                }),
                with("no algorithm", TokenFault.ALGORITHM, s -> {
                    s.setAlgorithmConstraints(org.jose4j.jwa.AlgorithmConstraints.NO_CONSTRAINTS);
                    s.setAlgorithmHeaderValue(AlgorithmIdentifiers.NONE);
                    s.setKey(null);
                }),
                with("the public key as a shared one", TokenFault.ALGORITHM, s -> {
                    s.setAlgorithmHeaderValue(AlgorithmIdentifiers.HMAC_SHA256);
                    s.setKey(new HmacKey(RSA.getPublicKey().getEncoded()));
                }),
                with("a key of its own", TokenFault.UNKNOWN_KEY, s -> {
                    s.setJwkHeader(OTHERS);
                    s.setKey(OTHERS.getPrivateKey());
                    s.setKeyIdHeaderValue("mine");
                }));
    }

    private static Bad of(String name, TokenFault fault, Consumer<JwtClaims> claims) {
        return new Bad(name, fault, claims, signing -> {});
    }

    private static Bad with(String name, TokenFault fault, Consumer<JsonWebSignature> signing) {
        return new Bad(name, fault, claims -> {}, signing);
    }

    private static NumericDate at(int seconds) {
        return NumericDate.fromMilliseconds(NOW_MS + seconds * 1_000L);
    }

    @ParameterizedTest
    @MethodSource("bad")
    void aBadTokenIsRefusedForItsReason(Bad bad) throws Exception {
        assertThat(check(token(bad.claims(), RSA, AlgorithmIdentifiers.RSA_USING_SHA256, bad.signing())))
                .isEqualTo(new TokenVerdict.Refused(bad.fault()));
    }

    @ParameterizedTest
    @CsvSource({
        "x",
        "x.y",
        "x.y.z",
        "''",
        "a.b.c.d.e",
        "eyJhbGciOiJSUzI1NiJ9.e30",
        "eyJhbGciOiJSUzI1NiIsImtpZCI6Im9uZSJ9.x.y"
    })
    void whatIsNoTokenIsNone(String text) throws Exception {
        assertThat(check(text))
                .isInstanceOfSatisfying(
                        TokenVerdict.Refused.class,
                        refused -> assertThat(refused.fault()).isIn(TokenFault.MALFORMED, TokenFault.SIGNATURE));
    }

    @Test
    void whatIsTooLongIsNotLookedAt() throws Exception {
        assertThat(check(good().concat("x".repeat(Tokens.MAX_LENGTH))))
                .isEqualTo(new TokenVerdict.Refused(TokenFault.MALFORMED));
        assertThat(issuer.asked()).isZero();
    }

    @Test
    void whatItSaysCannotBeChanged() throws Exception {
        String[] parts = good().split("[.]");
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        parts[1] = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(claims.replace("acme", "globex").getBytes(StandardCharsets.UTF_8));
        assertThat(check(String.join(".", parts))).isEqualTo(new TokenVerdict.Refused(TokenFault.SIGNATURE));
    }

    @Test
    void whoeverIsKnownIsKnownByEitherAlgorithmAndAtTheEdgeOfTime() throws Exception {
        Caller ann = new Caller("acme", "ann", Set.of(Role.READ, Role.WRITE), Caller.Known.TOKEN);
        assertThat(check(good())).isEqualTo(new TokenVerdict.Known(ann));
        assertThat(check(token(
                        c -> {
                            c.setIssuedAt(at(-300));
                            c.setExpirationTime(at(-29));
                        },
                        EC,
                        AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
                        s -> {})))
                .isEqualTo(new TokenVerdict.Known(ann));
        assertThat(check(token(
                        c -> c.setNotBefore(at(29)),
                        RSA,
                        AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
                        s -> s.getHeaders().setObjectHeaderValue("kid", null))))
                .as("without the name of its key")
                .isEqualTo(new TokenVerdict.Known(ann));
        assertThat(issuer.asked()).as("keys are kept").isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "read                      | read",
                "read write                | read,write",
                "openid profile resolve    | resolve",
                "admin                     | administer,operate,read,resolve,write",
                "Read                      | ''",
                "''                        | ''",
            })
    void valuesOfTheClaimGiveRoles(String scope, String roles) throws Exception {
        tokens.close();
        tokens = tokens("tenant", null, "scope", "sub");
        assertThat(roles(check(token(c -> c.setClaim("scope", scope))))).isEqualTo(roles);
    }

    @Test
    void claimsMayBeWithinOthersOrHaveSlashesInTheirNames() throws Exception {
        tokens.close();
        tokens = tokens("https://example.com/tenant", null, "realm_access/roles", "user/name");
        assertThat(check(token(c -> {
                    c.setClaim("https://example.com/tenant", List.of("globex"));
                    c.setClaim("realm_access", Map.of("roles", List.of("operate", "other", 5)));
                    c.setClaim("user", Map.of("name", "Ben"));
                })))
                .isEqualTo(
                        new TokenVerdict.Known(new Caller("globex", "Ben", Set.of(Role.OPERATE), Caller.Known.TOKEN)));
    }

    @Test
    void tokensWithoutATenantAreOfTheOneThatIsConfiguredForThemAndOthersAreNot() throws Exception {
        tokens.close();
        tokens = tokens("tenant", "default", "roles", "sub");
        assertThat(check(token(c -> c.unsetClaim("tenant"))))
                .isInstanceOfSatisfying(
                        TokenVerdict.Known.class,
                        known -> assertThat(known.caller().tenant()).isEqualTo("default"));
        assertThat(check(token(c -> c.setClaim("tenant", "initech"))))
                .isEqualTo(new TokenVerdict.Refused(TokenFault.UNKNOWN_TENANT));
    }

    @Test
    void aSharedSecretAmongTheKeysSignsNothing() throws Exception {
        var secret = OctJwkGenerator.generateJwk(256);
        secret.setKeyId("one");
        issuer.publish(secret);
        assertThat(check(good())).isEqualTo(new TokenVerdict.Refused(TokenFault.ISSUER_UNAVAILABLE));
    }

    @Test
    void aNewKeyIsReadWhenItIsMetAndAnOldOneIsForgotten() throws Exception {
        assertThat(check(good())).isInstanceOf(TokenVerdict.Known.class);
        issuer.publish(OTHERS);
        String fresh = token(c -> {}, OTHERS, AlgorithmIdentifiers.RSA_USING_SHA256, s -> {});
        assertThat(check(fresh)).as("they were just read").isEqualTo(new TokenVerdict.Refused(TokenFault.UNKNOWN_KEY));
        pass(IssuerKeys.APART);
        assertThat(check(fresh)).isInstanceOf(TokenVerdict.Known.class);
        assertThat(check(good())).isEqualTo(new TokenVerdict.Refused(TokenFault.UNKNOWN_KEY));
        assertThat(issuer.asked()).isEqualTo(2);
    }

    @Test
    void whoMakesKeyNamesUpDoesNotMakeTheIssuerBusy() throws Exception {
        for (int i = 0; i < 50; i++) {
            String name = "made-up-" + i;
            assertThat(check(token(
                            c -> {}, OTHERS, AlgorithmIdentifiers.RSA_USING_SHA256, s -> s.setKeyIdHeaderValue(name))))
                    .isEqualTo(new TokenVerdict.Refused(TokenFault.UNKNOWN_KEY));
        }
        assertThat(issuer.asked()).isEqualTo(1);
    }

    @Test
    void keysAreReadAgainBesideTheirUseAfterAWhile() throws Exception {
        assertThat(check(good())).isInstanceOf(TokenVerdict.Known.class);
        issuer.publish(EC);
        pass(IssuerKeys.FRESH.plusSeconds(1));
        assertThat(check(good())).as("nobody waits for that").isInstanceOf(TokenVerdict.Known.class);
        org.awaitility.Awaitility.await().until(() -> issuer.asked() == 2);
        org.awaitility.Awaitility.await()
                .untilAsserted(
                        () -> assertThat(check(good())).isEqualTo(new TokenVerdict.Refused(TokenFault.UNKNOWN_KEY)));
    }

    @Test
    void whileTheIssuerIsAwayKnownKeysAreUsedForADay() throws Exception {
        assertThat(check(good())).isInstanceOf(TokenVerdict.Known.class);
        issuer.close();
        pass(IssuerKeys.KEPT.minusSeconds(1));
        assertThat(check(good())).isInstanceOf(TokenVerdict.Known.class);
        pass(Duration.ofSeconds(2));
        assertThat(check(good())).isEqualTo(new TokenVerdict.Refused(TokenFault.ISSUER_UNAVAILABLE));
        assertThat(check(token(c -> {}, OTHERS, AlgorithmIdentifiers.RSA_USING_SHA256, s -> {})))
                .isEqualTo(new TokenVerdict.Refused(TokenFault.ISSUER_UNAVAILABLE));
    }

    @Test
    void anIssuerThatWasAwayIsBelievedOnceItIsBack() throws Exception {
        int port = issuer.port();
        issuer.close();
        String token = good();
        assertThat(check(token)).isEqualTo(new TokenVerdict.Refused(TokenFault.ISSUER_UNAVAILABLE));
        try (Issuer back = Issuer.start(port, RSA)) {
            assertThat(check(token))
                    .as("just asked")
                    .isEqualTo(new TokenVerdict.Refused(TokenFault.ISSUER_UNAVAILABLE));
            pass(IssuerKeys.APART_AFTER_FAILURE);
            assertThat(check(token)).isInstanceOf(TokenVerdict.Known.class);
            assertThat(back.asked()).isEqualTo(1);
        }
    }

    @Test
    void whoSpeaksForAnotherIssuerIsNotBelieved() throws Exception {
        issuer.say("https://login.example.com");
        assertThat(check(good())).isEqualTo(new TokenVerdict.Refused(TokenFault.ISSUER_UNAVAILABLE));
    }

    @ParameterizedTest
    @CsvSource({
        "https://login.example.com/realms/x, true",
        "http://127.0.0.1:8080, true",
        "http://localhost/x, true",
        "http://login.example.com, false",
        "ftp://login.example.com, false",
        "login.example.com, false",
        "https://me@login.example.com, false",
        "https://login.example.com?x=1, false",
        "a b, false"
    })
    void keysAreReadFromWhereNobodyCanAnswerInTheIssuersPlace(String address, boolean isOne) {
        boolean isTaken = true;
        try {
            TokenSettings.address(address);
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageNotContaining("login.example.com");
            isTaken = false;
        }
        assertThat(isTaken).isEqualTo(isOne);
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
    }

    private String good() {
        return token(claims -> {});
    }

    private String token(Consumer<JwtClaims> change) {
        return token(change, RSA, AlgorithmIdentifiers.RSA_USING_SHA256, signing -> {});
    }

    private String token(
            Consumer<JwtClaims> change, PublicJsonWebKey key, String algorithm, Consumer<JsonWebSignature> signing) {
        JwtClaims claims = Issuer.claims(issuer.url(), NOW_MS);
        change.accept(claims);
        return Issuer.signed(claims, key, algorithm, signing);
    }

    private TokenVerdict check(String token) throws Exception {
        return tokens.check(token).get(20, TimeUnit.SECONDS);
    }

    private static String roles(TokenVerdict verdict) {
        return verdict instanceof TokenVerdict.Known(Caller caller)
                ? caller.roles().stream().map(Role::word).sorted().collect(Collectors.joining(","))
                : verdict.toString();
    }
}
