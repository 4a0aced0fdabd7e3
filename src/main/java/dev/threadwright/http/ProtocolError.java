package dev.threadwright.http;

import java.util.Locale;

/** Why a command of the newer protocol was refused, in its words. */
enum ProtocolError {
    INVALID_ARGUMENT,
    UNKNOWN_COMMAND,
    UNKNOWN_ERROR,
    NO_SUCH_RUN,
    NO_SUCH_SUBSCRIPTION,
    NO_SUCH_NAMESPACE,
    NO_SUCH_INTERRUPT,
    NO_SUCH_CHECKPOINT,
    PERMISSION_DENIED,
    NOT_SUPPORTED;

    String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The protocol has few words; the problem stands beside them. */
    static ProtocolError of(Problem problem) {
        return switch (problem.type()) {
            case RUN_NOT_FOUND -> NO_SUCH_RUN;
            case INTERRUPT_NOT_FOUND, INTERRUPT_EXPIRED, ALREADY_ANSWERED -> NO_SUCH_INTERRUPT;
            case CHECKPOINT_NOT_FOUND -> NO_SUCH_CHECKPOINT;
            case FORBIDDEN -> PERMISSION_DENIED;
            case NOT_SUPPORTED -> NOT_SUPPORTED;
            default -> problem.status() >= 500 || problem.status() == 429 ? UNKNOWN_ERROR : INVALID_ARGUMENT;
        };
    }
}
