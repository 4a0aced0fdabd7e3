package dev.threadwright.callback;

/** Where to call back. Who knows the token may do that, so it has no text of its own. */
public record CallbackUrl(String before, String token) {

    /** For the wire alone. */
    public String value() {
        return before + token;
    }

    @Override
    public String toString() {
        return before + "...";
    }
}
