package dev.threadwright.http;

import io.smallrye.mutiny.Multi;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.Flow.Subscription;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;
import org.jspecify.annotations.Nullable;

/** Writes {@link StreamedBody}. The framework's own streams either send their headers too early or too late. */
@Provider
public class StreamedBodyWriter implements ServerMessageBodyWriter<StreamedBody> {

    private static final Logger LOG = Logger.getLogger(StreamedBodyWriter.class);

    @Override
    public boolean isWriteable(
            Class<?> type, @Nullable Type genericType, ResteasyReactiveResourceInfo target, MediaType mediaType) {
        return type == StreamedBody.class;
    }

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return type == StreamedBody.class;
    }

    @Override
    public void writeResponse(StreamedBody body, Type genericType, ServerRequestContext context) {
        ResteasyReactiveRequestContext request = (ResteasyReactiveRequestContext) context;
        request.suspend();
        write(request.unwrap(RoutingContext.class).response(), body.parts());
    }

    /** On the response's event loop. What makes the parts holds something, so it is told of every end, the earliest too. */
    static void write(HttpServerResponse response, Multi<byte[]> parts) {
        Writing writing = new Writing(response);
        response.closeHandler(gone -> writing.cancel());
        response.exceptionHandler(lost -> writing.cancel());
        if (response.closed()) {
            // Whoever asked left while it was decided; nobody tells that any more.
            writing.cancel();
        } else {
            response.setChunked(true);
            // Nothing but the head.
            response.write(Buffer.buffer()).onFailure(lost -> writing.cancel());
        }
        parts.subscribe().withSubscriber(writing);
    }

    @Override
    public void writeTo(
            StreamedBody body,
            Class<?> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, Object> httpHeaders,
            OutputStream entityStream)
            throws WebApplicationException {
        throw new IllegalStateException("Written by writeResponse only");
    }

    /** All on the request's event loop. */
    private static final class Writing implements Subscriber<byte[]> {

        private final HttpServerResponse response;
        private @Nullable Subscription subscription;
        private boolean cancelled;

        Writing(HttpServerResponse response) {
            this.response = response;
        }

        @Override
        public void onSubscribe(Subscription given) {
            subscription = given;
            if (cancelled) {
                given.cancel();
            } else {
                given.request(1);
            }
        }

        @Override
        public void onNext(byte[] part) {
            Subscription parts = subscription;
            if (cancelled || parts == null) {
                return;
            }
            response.write(Buffer.buffer(part)).onComplete(written -> {
                if (written.succeeded()) {
                    parts.request(1);
                } else {
                    cancel();
                }
            });
        }

        /** The status is sent: all that can be said is that the body is not whole. */
        @Override
        public void onError(Throwable failure) {
            if (!cancelled) {
                LOG.warnf("A stream to a client broke: %s", failure);
                response.reset();
            }
        }

        @Override
        public void onComplete() {
            if (!cancelled && !response.ended() && !response.closed()) {
                response.end();
            }
        }

        void cancel() {
            cancelled = true;
            Subscription parts = subscription;
            if (parts != null) {
                parts.cancel();
            }
        }
    }
}
