package dev.threadwright.http;

import dev.threadwright.security.Caller;
import dev.threadwright.security.Role;
import io.smallrye.common.vertx.ContextLocals;
import io.smallrye.common.vertx.VertxContext;
import org.jspecify.annotations.Nullable;

/**
 * Who asks for what is being answered here, kept beside the request. To be asked where an answer begins: what follows may
 * be on a thread that knows nothing of the request.
 */
final class CurrentCaller {

    private static final String KEY = CurrentCaller.class.getName();

    private CurrentCaller() {}

    static void set(Caller caller) {
        ContextLocals.put(KEY, caller);
    }

    /** Null where no request is answered. */
    static @Nullable Caller orNull() {
        return VertxContext.isOnDuplicatedContext()
                ? ContextLocals.<Caller>get(KEY).orElse(null)
                : null;
    }

    static Caller get() {
        Caller caller = orNull();
        if (caller == null) {
            // Rather than to answer somebody as somebody else.
            throw new IllegalStateException("Nobody knows here who asks");
        }
        return caller;
    }

    /** Whose threads there are for who asks. */
    static String tenant() {
        return get().tenant();
    }

    /** @throws ProblemException if the caller does not have that role */
    static void require(Role role) {
        require(get(), role);
    }

    /** As {@link #require(Role)}, for what the server may also do by itself, on behalf of who asked for that before. */
    static void requireIfAsked(Role role) {
        Caller caller = orNull();
        if (caller != null) {
            require(caller, role);
        }
    }

    static void require(Caller caller, Role role) {
        if (!caller.may(role)) {
            throw new ProblemException(Problem.missing(role));
        }
    }
}
