package dev.threadwright.stream;

/** As many streams are open on this instance as there may be. */
public final class TooManyStreamsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyStreamsException() {
        super(
                ThreadFeed.MAX_SUBSCRIPTIONS + " streams are open on this instance already. Come back later",
                null,
                false,
                false);
    }
}
