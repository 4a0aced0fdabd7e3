package dev.threadwright.model;

/** A model gave no answer, or none that can be used, and may give one when it is asked again. */
final class ModelUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ModelUnavailableException(String message) {
        super(message);
    }
}
