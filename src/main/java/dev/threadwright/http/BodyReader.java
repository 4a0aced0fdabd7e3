package dev.threadwright.http;

import io.quarkus.runtime.ExecutorRecorder;
import io.quarkus.runtime.configuration.MemorySize;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.ext.Provider;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveContainerRequestFilter;
import org.jboss.resteasy.reactive.server.spi.ServerHttpRequest;

/**
 * Reads bodies as they come, without a thread that waits for them. Quarkus REST would have one of its workers read whatever is
 * longer than 10 KiB, and who stops sending would keep it; health checks need one, too. After {@link RoleCheck}: what is
 * refused is not read.
 */
@Provider
@Priority(Priorities.USER + 1)
public class BodyReader implements ResteasyReactiveContainerRequestFilter {

    /** Understanding a body that is longer would hold up the others of its event loop. */
    private static final int MAX_BYTES_ON_EVENT_LOOP = 10 * 1024;

    private static final Set<String> WITHOUT_BODY = Set.of(HttpMethod.GET, HttpMethod.HEAD);

    private final jakarta.inject.Provider<UnfinishedBodies> bodies;
    private final jakarta.inject.Provider<MemorySize> maxBodySize;

    /** Both are asked for later: filters are made before there is a configuration. */
    BodyReader(
            jakarta.inject.Provider<UnfinishedBodies> bodies,
            @ConfigProperty(name = "quarkus.http.limits.max-body-size")
                    jakarta.inject.Provider<MemorySize> maxBodySize) {
        this.bodies = bodies;
        this.maxBodySize = maxBodySize;
    }

    @Override
    public void filter(ResteasyReactiveContainerRequestContext request) {
        ResteasyReactiveRequestContext context = (ResteasyReactiveRequestContext) request.getServerRequestContext();
        ServerHttpRequest http = context.serverRequest();
        if (WITHOUT_BODY.contains(http.getRequestMethod()) || http.isRequestEnded()) {
            return;
        }
        context.suspend();
        Reading reading = new Reading(context, maxBodySize.get().asLongValue());
        http.unwrap(RoutingContext.class).addEndHandler(gone -> reading.end());
        http.setReadListener(reading);
        http.resumeRequestInput();
    }

    /** All on the request's event loop. */
    private final class Reading implements ServerHttpRequest.ReadCallback {
        private final ResteasyReactiveRequestContext context;
        private final long maxBytes;
        private final Context loop = Vertx.currentContext();
        private final UnfinishedBodies.Body body;
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();
        private boolean ended;

        Reading(ResteasyReactiveRequestContext context, long maxBytes) {
            this.context = context;
            this.maxBytes = maxBytes;
            this.body = bodies.get().begin(() -> loop.runOnContext(now -> refuse(noRoom())));
        }

        @Override
        public void data(ByteBuffer part) {
            if (ended) {
                return;
            }
            if (read.size() + part.remaining() > maxBytes) {
                refuse(CommandBody.tooLarge());
                return;
            }
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            read.writeBytes(bytes);
            body.grow(bytes.length);
        }

        @Override
        public void done() {
            if (ended) {
                return;
            }
            end();
            context.setInputStream(new ByteArrayInputStream(read.toByteArray()));
            if (read.size() > MAX_BYTES_ON_EVENT_LOOP) {
                context.resume(ExecutorRecorder.getCurrent());
            } else {
                context.resume();
            }
        }

        private void refuse(Problem problem) {
            if (ended) {
                return;
            }
            end();
            context.serverRequest().pauseRequestInput();
            context.resume(new UnreadBodyException(problem));
        }

        private void end() {
            ended = true;
            body.end();
        }
    }

    private static Problem noRoom() {
        return Problem.of(
                ProblemType.OVERLOADED,
                "The server holds as much as it may of bodies that are not complete, and this was the oldest; nothing was"
                        + " done. Send it again, without pauses");
    }
}
