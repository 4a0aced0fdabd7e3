package dev.threadwright.embedded;

import org.jspecify.annotations.Nullable;

/** An embedded server cannot start. The message is one sentence for the user: what is wrong, and what to do. */
public final class EmbeddedStartException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EmbeddedStartException(String message) {
        this(message, null);
    }

    EmbeddedStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
