package dev.threadwright.http;

import dev.threadwright.ops.Callers;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Requests that are not answered yet; and what those are told that come while the server ends. */
@Singleton
public class OpenRequests implements Callers {

    /** Before all that might answer. */
    private static final int PRIORITY = 10_000;

    /** Whoever looks whether the server is well is answered to the last. */
    private static final String OF_THE_SERVER = "/q/";

    private static final long LOOK_AGAIN_NANOS = 100_000_000;

    private final Waiters waiters;
    private final EventSockets sockets;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition fewer = lock.newCondition();
    private final Set<Open> open = new HashSet<>();
    private volatile boolean dismissing;
    private volatile boolean refusing;

    private record Open(
            HttpServerRequest request,
            HttpServerResponse response,
            @Nullable Context context) {

        boolean isStream() {
            // In this order: what is written is not changed any more.
            if (!response.headWritten()) {
                return false;
            }
            String type = response.headers().get(HttpHeaders.CONTENT_TYPE);
            return type != null && type.startsWith(MediaType.SERVER_SENT_EVENTS);
        }

        /** Without the end that a whole body has, so that nobody takes it for one. */
        void cut() {
            Runnable cut = () -> {
                if (request.version() == HttpVersion.HTTP_2) {
                    response.reset();
                } else {
                    request.connection().close();
                }
            };
            if (context == null) {
                cut.run();
            } else {
                context.runOnContext(ignored -> cut.run());
            }
        }
    }

    OpenRequests(Waiters waiters, EventSockets sockets) {
        this.waiters = waiters;
        this.sockets = sockets;
    }

    void onFilters(@Observes Filters filters) {
        filters.register(this::handle, PRIORITY);
    }

    private void handle(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.path().startsWith(OF_THE_SERVER)) {
            context.next();
            return;
        }
        HttpServerResponse response = context.response();
        if (dismissing && request.version() == HttpVersion.HTTP_1_1) {
            response.putHeader(HttpHeaders.CONNECTION, "close");
        }
        if (refusing) {
            ProblemResponses.write(
                    request,
                    Problem.of(
                            ProblemType.SHUTTING_DOWN,
                            "This server ends. Send it again: another one, or the next, will answer"));
            return;
        }
        if (!"websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))) {
            Open one = new Open(request, response, Vertx.currentContext());
            add(one);
            context.addEndHandler(ended -> remove(one));
        }
        context.next();
    }

    int size() {
        lock.lock();
        try {
            return open.size();
        } finally {
            lock.unlock();
        }
    }

    /** Of those, the streams. */
    long streams() {
        return all().stream().filter(Open::isStream).count();
    }

    private void add(Open one) {
        lock.lock();
        try {
            open.add(one);
        } finally {
            lock.unlock();
        }
    }

    private void remove(Open one) {
        lock.lock();
        try {
            open.remove(one);
            fewer.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void dismiss() {
        dismissing = true;
    }

    @Override
    public void refuse() {
        dismissing = true;
        refusing = true;
        sockets.endAll();
        cutStreams();
    }

    /** Looks at them without our lock: whoever ends a response has that response's own, and takes ours. */
    private void cutStreams() {
        all().stream().filter(Open::isStream).forEach(Open::cut);
    }

    private List<Open> all() {
        lock.lock();
        try {
            return List.copyOf(open);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void hurry() {
        waiters.hurry();
    }

    @Override
    public int awaitNone(Duration atMost) throws InterruptedException {
        long deadlineNanos = System.nanoTime() + atMost.toNanos();
        while (true) {
            // A stream that was about to begin when the others were cut has begun by now.
            cutStreams();
            lock.lock();
            try {
                long leftNanos = deadlineNanos - System.nanoTime();
                if (open.isEmpty() || leftNanos <= 0) {
                    return open.size();
                }
                fewer.await(Math.min(leftNanos, LOOK_AGAIN_NANOS), TimeUnit.NANOSECONDS);
            } finally {
                lock.unlock();
            }
        }
    }
}
