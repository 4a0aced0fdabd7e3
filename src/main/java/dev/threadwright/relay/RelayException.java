package dev.threadwright.relay;

import org.jspecify.annotations.Nullable;

/** Kafka did not do what the relay asked; trying again later may help. */
public final class RelayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RelayException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
