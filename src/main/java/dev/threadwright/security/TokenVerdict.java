package dev.threadwright.security;

/** What a token says, once it is checked. */
public sealed interface TokenVerdict {

    /** The token is the issuer's, and says who asks. */
    record Known(Caller caller) implements TokenVerdict {}

    record Refused(TokenFault fault) implements TokenVerdict {}
}
