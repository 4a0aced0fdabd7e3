package dev.threadwright.security;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.keys.resolvers.JwksVerificationKeyResolver;
import org.jose4j.lang.InvalidAlgorithmException;
import org.jose4j.lang.JoseException;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/** Checks the tokens (JWTs) that an OpenID issuer has given callers, and reads who they are. */
public final class Tokens implements AutoCloseable {

    /** Longer ones are nobody's; characters. */
    static final int MAX_LENGTH = 16_384;

    /** Of a caller's name; characters. */
    static final int MAX_NAME = 255;

    /** Those by which only the issuer can sign, and everybody check. */
    private static final Set<String> ALGORITHMS = Set.of(
            AlgorithmIdentifiers.RSA_USING_SHA256,
            AlgorithmIdentifiers.RSA_USING_SHA384,
            AlgorithmIdentifiers.RSA_USING_SHA512,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA256,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA384,
            AlgorithmIdentifiers.RSA_PSS_USING_SHA512,
            AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256,
            AlgorithmIdentifiers.ECDSA_USING_P384_CURVE_AND_SHA384,
            AlgorithmIdentifiers.ECDSA_USING_P521_CURVE_AND_SHA512,
            AlgorithmIdentifiers.EDDSA);

    private static final AlgorithmConstraints CONSTRAINTS =
            new AlgorithmConstraints(ConstraintType.PERMIT, ALGORITHMS.toArray(String[]::new));

    private final TokenSettings settings;
    private final Clock clock;
    private final IssuerKeys keys;

    public Tokens(TokenSettings settings) {
        this(settings, Clock.systemUTC(), System::nanoTime);
    }

    Tokens(TokenSettings settings, Clock clock, IssuerKeys.NanoTime nanoTime) {
        this.settings = settings;
        this.clock = clock;
        this.keys = new IssuerKeys(settings.issuer(), settings.keys(), nanoTime);
    }

    /** Begins to read the issuer's keys, so that the first caller need not wait for them. */
    public void warm() {
        var unused = keys.read();
    }

    /** Whose token it is; at once unless the issuer has to be asked first. Never fails. */
    public CompletableFuture<TokenVerdict> check(String token) {
        TokenFault unreadable = unreadable(token);
        if (unreadable != null) {
            return CompletableFuture.completedFuture(new TokenVerdict.Refused(unreadable));
        }
        TokenVerdict verdict = check(token, keys.now());
        return isOfUnknownKey(verdict)
                ? keys.read().thenApply(read -> again(token))
                : CompletableFuture.completedFuture(verdict);
    }

    /** With what the issuer has now, if it could be asked. */
    private TokenVerdict again(String token) {
        TokenVerdict verdict = check(token, keys.now());
        return isOfUnknownKey(verdict) && !keys.areCurrent()
                ? new TokenVerdict.Refused(TokenFault.ISSUER_UNAVAILABLE)
                : verdict;
    }

    private static boolean isOfUnknownKey(TokenVerdict verdict) {
        return verdict instanceof TokenVerdict.Refused(TokenFault fault) && fault == TokenFault.UNKNOWN_KEY;
    }

    /** What is wrong with it, whatever keys there are: the issuer is not asked for that. */
    private static @Nullable TokenFault unreadable(String token) {
        if (token.length() > MAX_LENGTH) {
            return TokenFault.MALFORMED;
        }
        try {
            return JsonWebStructure.fromCompactSerialization(token) instanceof JsonWebSignature signed
                    ? ALGORITHMS.contains(String.valueOf(signed.getAlgorithmHeaderValue()))
                            ? null
                            : TokenFault.ALGORITHM
                    : TokenFault.MALFORMED;
        } catch (JoseException e) {
            return TokenFault.MALFORMED;
        }
    }

    private TokenVerdict check(String token, List<JsonWebKey> with) {
        try {
            return read(consumer(with).processToClaims(token));
        } catch (InvalidJwtException e) {
            return new TokenVerdict.Refused(fault(e));
        }
    }

    private JwtConsumer consumer(List<JsonWebKey> with) {
        JwksVerificationKeyResolver resolver = new JwksVerificationKeyResolver(with);
        // Of those without a name, the one that fits.
        resolver.setDisambiguateWithVerifySignature(true);
        return new JwtConsumerBuilder()
                .setVerificationKeyResolver(resolver)
                .setJwsAlgorithmConstraints(CONSTRAINTS)
                .setExpectedIssuer(true, settings.issuer().toString())
                .setExpectedAudience(true, settings.audiences().toArray(String[]::new))
                .setRequireExpirationTime()
                .setAllowedClockSkewInSeconds((int) settings.clockSkew().toSeconds())
                .setEvaluationTime(NumericDate.fromMilliseconds(clock.millis()))
                .build();
    }

    private static TokenFault fault(InvalidJwtException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvableKeyException) {
                return TokenFault.UNKNOWN_KEY;
            }
            if (cause instanceof InvalidAlgorithmException) {
                return TokenFault.ALGORITHM;
            }
        }
        if (e.hasErrorCode(ErrorCodes.SIGNATURE_INVALID)) {
            return TokenFault.SIGNATURE;
        }
        if (e.hasErrorCode(ErrorCodes.SIGNATURE_MISSING)) {
            return TokenFault.ALGORITHM;
        }
        if (e.hasErrorCode(ErrorCodes.ISSUER_INVALID) || e.hasErrorCode(ErrorCodes.ISSUER_MISSING)) {
            return TokenFault.ISSUER;
        }
        if (e.hasErrorCode(ErrorCodes.AUDIENCE_INVALID) || e.hasErrorCode(ErrorCodes.AUDIENCE_MISSING)) {
            return TokenFault.AUDIENCE;
        }
        if (e.hasErrorCode(ErrorCodes.EXPIRED)) {
            return TokenFault.EXPIRED;
        }
        if (e.hasErrorCode(ErrorCodes.NOT_YET_VALID)) {
            return TokenFault.NOT_YET_VALID;
        }
        return e.hasErrorCode(ErrorCodes.JSON_INVALID) ? TokenFault.MALFORMED : TokenFault.INCOMPLETE;
    }

    private TokenVerdict read(JwtClaims claims) {
        Map<String, Object> all = claims.getClaimsMap();
        if (!(claim(all, settings.nameClaim()) instanceof String name) || !isName(name)) {
            return new TokenVerdict.Refused(TokenFault.INCOMPLETE);
        }
        Object said = settings.tenantClaim() == null ? null : claim(all, settings.tenantClaim());
        String tenant = said == null ? settings.tenant() : single(said);
        if (tenant == null) {
            return new TokenVerdict.Refused(said == null ? TokenFault.NO_TENANT : TokenFault.UNKNOWN_TENANT);
        }
        return settings.tenants().contains(tenant)
                ? new TokenVerdict.Known(
                        new Caller(tenant, name, roles(claim(all, settings.rolesClaim())), Caller.Known.TOKEN))
                : new TokenVerdict.Refused(TokenFault.UNKNOWN_TENANT);
    }

    /** Of one that can be kept and shown. */
    private static boolean isName(String name) {
        return !name.isBlank() && name.length() <= MAX_NAME && name.chars().noneMatch(Character::isISOControl);
    }

    /** Some issuers have one group as a list. */
    private static @Nullable String single(Object said) {
        List<String> values = values(said);
        return values.size() == 1 ? values.getFirst() : null;
    }

    private Set<Role> roles(@Nullable Object said) {
        List<String> values =
                said instanceof String text ? Arrays.asList(text.strip().split("\\s+")) : values(said);
        Set<Role> roles = EnumSet.noneOf(Role.class);
        settings.roleValues().forEach((role, those) -> {
            if (those.stream().anyMatch(values::contains)) {
                roles.add(role);
            }
        });
        return roles;
    }

    private static List<String> values(@Nullable Object said) {
        List<String> values = new ArrayList<>();
        switch (said) {
            case String text -> values.add(text);
            case List<?> many -> {
                for (Object one : many) {
                    if (one instanceof String text) {
                        values.add(text);
                    }
                }
            }
            case null, default -> {}
        }
        return values;
    }

    /** By its name, which may have slashes in it, or else by the path. */
    private static @Nullable Object claim(Map<String, Object> claims, String path) {
        Object whole = claims.get(path);
        if (whole != null) {
            return whole;
        }
        Object at = claims;
        for (String name : path.split("/")) {
            if (!(at instanceof Map<?, ?> fields)) {
                return null;
            }
            at = fields.get(name);
        }
        return at;
    }

    @Override
    public void close() {
        keys.close();
    }
}
