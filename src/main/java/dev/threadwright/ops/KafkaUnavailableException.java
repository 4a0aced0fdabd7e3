package dev.threadwright.ops;

/** The cluster did not answer; trying again later may help. */
final class KafkaUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KafkaUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
