package dev.threadwright.http;

import dev.threadwright.query.StateReads;
import dev.threadwright.security.Caller;
import dev.threadwright.security.Role;
import dev.threadwright.stream.ThreadStreams;
import dev.threadwright.thread.ThreadKey;
import io.quarkus.vertx.http.runtime.RouteConstants;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * The newer protocol over WebSockets, at the address that tells the same events to who asks with POST. Pages of other
 * origins are refused as everywhere, before they come here.
 */
@Singleton
public class EventSockets {

    private static final Logger LOG = Logger.getLogger(EventSockets.class);

    private final ProtocolCommands commands;
    private final ThreadStreams streams;
    private final StateReads states;
    private final int maxDataBytes;
    private final int maxSockets;
    private final AtomicInteger open = new AtomicInteger();
    private final Set<ServerWebSocket> sockets = ConcurrentHashMap.newKeySet();

    EventSockets(
            ProtocolCommands commands,
            ThreadStreams streams,
            StateReads states,
            @ConfigProperty(name = "threadwright.limits.data-bytes") int maxDataBytes,
            @ConfigProperty(name = "threadwright.limits.event-sockets") int maxSockets) {
        this.commands = commands;
        this.streams = streams;
        this.states = states;
        this.maxDataBytes = maxDataBytes;
        this.maxSockets = maxSockets;
    }

    void onRouter(@Observes Router router) {
        router.route(HttpMethod.GET, "/threads/:thread_id/stream/events")
                .order(RouteConstants.ROUTE_ORDER_BEFORE_DEFAULT)
                .handler(this::upgrade);
    }

    /** How many are open on this instance. */
    int size() {
        return open.get();
    }

    private void upgrade(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (!"websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))) {
            context.next();
            return;
        }
        Caller caller = CurrentCaller.get();
        if (!caller.may(Role.READ)) {
            ProblemResponses.write(request, Problem.missing(Role.READ));
            return;
        }
        String threadId = String.valueOf(context.pathParam("thread_id"));
        // What is no handshake is answered by Vert.x itself.
        request.toWebSocket()
                .onSuccess(socket -> opened(socket, caller, threadId))
                .onFailure(failure -> LOG.debugf("%s was not upgraded: %s", request.path(), failure.getMessage()));
    }

    private void opened(ServerWebSocket socket, Caller caller, String threadId) {
        ThreadKey thread;
        try {
            thread = ThreadResource.key(caller, threadId);
        } catch (ProblemException e) {
            EventSocket.refuse(socket, e.problem().status(), e.problem().detail());
            return;
        }
        if (open.incrementAndGet() > maxSockets) {
            open.decrementAndGet();
            EventSocket.refuse(socket, 503, maxSockets + " sockets are open on this instance already. Come back later");
            return;
        }
        sockets.add(socket);
        new EventSocket(socket, caller, thread, this, EventSocket.Patience.DEFAULT, () -> {
                    sockets.remove(socket);
                    open.decrementAndGet();
                })
                .listen();
    }

    /** Their clients come back, to another server. */
    void endAll() {
        sockets.forEach(socket -> EventSocket.refuse(socket, 503, "This server ends"));
    }

    ProtocolCommands commands() {
        return commands;
    }

    ThreadStreams streams() {
        return streams;
    }

    StateReads states() {
        return states;
    }

    int maxDataBytes() {
        return maxDataBytes;
    }
}
