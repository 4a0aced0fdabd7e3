package dev.threadwright.security;

/** Why a token makes nobody known. What the token says is never repeated: only who holds it should know. */
public enum TokenFault {
    MALFORMED(Kind.NOT_BELIEVED, "The token is no signed JWT"),
    ALGORITHM(Kind.NOT_BELIEVED, "The token is not signed by an algorithm that is taken here"),
    UNKNOWN_KEY(Kind.NOT_BELIEVED, "The token is signed with a key that is none of the issuer's"),
    SIGNATURE(Kind.NOT_BELIEVED, "The token's signature is wrong"),
    ISSUER(Kind.NOT_BELIEVED, "The token is not from the issuer that this server believes"),
    AUDIENCE(Kind.NOT_BELIEVED, "The token is not meant for this server"),
    EXPIRED(Kind.NOT_BELIEVED, "The token has expired"),
    NOT_YET_VALID(Kind.NOT_BELIEVED, "The token is not valid yet"),
    INCOMPLETE(
            Kind.NOT_BELIEVED, "The token lacks a claim that it must have, or has it in a form that is not understood"),
    NO_TENANT(Kind.NOT_ALLOWED, "The token does not say whose threads it is for"),
    UNKNOWN_TENANT(Kind.NOT_ALLOWED, "The token is for a tenant that this server does not have"),
    ISSUER_UNAVAILABLE(
            Kind.NOT_KNOWN_NOW, "The issuer's keys cannot be read just now, so no token can be checked; try again");

    /** What becomes of the request. */
    public enum Kind {
        /** Whoever asks is not known. */
        NOT_BELIEVED,
        /** Is known, and has nothing here. */
        NOT_ALLOWED,
        /** Nobody can say now. */
        NOT_KNOWN_NOW
    }

    private final Kind kind;
    private final String detail;

    TokenFault(Kind kind, String detail) {
        this.kind = kind;
        this.detail = detail;
    }

    public Kind kind() {
        return kind;
    }

    public String detail() {
        return detail;
    }

    /** As problems have it. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
