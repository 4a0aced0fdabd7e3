package dev.threadwright.ingress;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The types of inbound CloudEvents, by their names inside the server, and how those are written on the wire. */
public final class CloudEventTypes {

    public static final String USER_INPUT = "user.input";
    public static final String EXTERNAL_EVENT = "external.event";
    public static final String RUN_CANCEL = "run.cancel";
    public static final String THREAD_UPDATE = "thread.update";
    public static final String RUN_RETRY = "run.retry";
    public static final String STATE_UPDATE = "state.update";
    public static final String STATE_RESTORE = "state.restore";
    public static final String THREAD_FORK = "thread.fork";
    public static final String RUN_RESUME = "run.resume";
    public static final String RUN_STEER = "run.steer";
    public static final String RUN_PAUSE = "run.pause";
    public static final String RUN_UNPAUSE = "run.unpause";
    public static final String INTERRUPT_REJECT = "interrupt.reject";
    public static final String THREAD_COMPACT = "thread.compact";
    public static final String THREAD_CREATE = "thread.create";
    public static final String THREAD_DELETE = "thread.delete";

    /** Of servers only: they name the runs that they ask for. */
    public static final String RUN_REQUEST = "run.request";

    /** Of servers only: what a handler has heard of whom it asked, after its partition has left. */
    public static final String ACTION_ACCEPTED = "action.accepted";

    /** Of servers only: they have checked who calls back. */
    public static final String ACTION_CALLBACK = "action.callback";

    public static final String ACTION_SUCCEEDED = "action.succeeded";
    public static final String ACTION_FAILED = "action.failed";
    public static final String ACTION_HEARTBEAT = "action.heartbeat";
    public static final String ACTION_SETTLE = "action.settle";

    private static final String PREFIX = "dev.threadwright.";
    private static final String SUFFIX = ".v1";

    private static final List<String> INPUTS = List.of(
            USER_INPUT,
            EXTERNAL_EVENT,
            RUN_CANCEL,
            RUN_RETRY,
            RUN_RESUME,
            RUN_STEER,
            RUN_PAUSE,
            RUN_UNPAUSE,
            INTERRUPT_REJECT,
            THREAD_UPDATE,
            THREAD_COMPACT,
            STATE_UPDATE,
            STATE_RESTORE,
            THREAD_FORK,
            THREAD_CREATE,
            THREAD_DELETE,
            ACTION_SETTLE);
    private static final List<String> RESULTS = List.of(ACTION_SUCCEEDED, ACTION_FAILED, ACTION_HEARTBEAT);
    private static final List<String> ALL = Stream.of(
                    INPUTS, RESULTS, List.of(RUN_REQUEST, ACTION_ACCEPTED, ACTION_CALLBACK))
            .flatMap(List::stream)
            .toList();

    private CloudEventTypes() {}

    /** {@code user.input} as {@code dev.threadwright.user.input.v1}. */
    public static String onWire(String name) {
        return PREFIX + name + SUFFIX;
    }

    /** The other way; null if it is not of that form. */
    public static @Nullable String fromWire(String type) {
        return type.length() > PREFIX.length() + SUFFIX.length() && type.startsWith(PREFIX) && type.endsWith(SUFFIX)
                ? type.substring(PREFIX.length(), type.length() - SUFFIX.length())
                : null;
    }

    /** What a topic may carry. Servers are believed whatever they write. */
    static List<String> on(TopicRole role) {
        return switch (role) {
            case INPUT -> INPUTS;
            case RESULTS -> RESULTS;
            case COMMANDS -> ALL;
        };
    }
}
