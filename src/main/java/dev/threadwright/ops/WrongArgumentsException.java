package dev.threadwright.ops;

/** A command cannot be asked for with these words. The message is for whoever wrote them: whole lines, how to ask for it among them. */
public final class WrongArgumentsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongArgumentsException(String message) {
        super(message);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
