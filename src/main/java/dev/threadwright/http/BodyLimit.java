package dev.threadwright.http;

import io.quarkus.runtime.configuration.MemorySize;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Reads no more of a body than it may be long. For those whose senders do not say how long they are; the others are
 * refused before that.
 */
@Provider
public class BodyLimit implements ReaderInterceptor {

    private final jakarta.inject.Provider<MemorySize> maxBodySize;

    /** @param maxBodySize asked for later: interceptors are made before there is a configuration */
    BodyLimit(
            @ConfigProperty(name = "quarkus.http.limits.max-body-size")
                    jakarta.inject.Provider<MemorySize> maxBodySize) {
        this.maxBodySize = maxBodySize;
    }

    /** The body goes on, and nobody reads it. */
    static final class ExceededException extends ProblemException {
        private static final long serialVersionUID = 1;

        private ExceededException() {
            super(CommandBody.tooLarge());
        }
    }

    @Override
    public Object aroundReadFrom(ReaderInterceptorContext context) throws IOException {
        if (!context.getHeaders().containsKey(HttpHeaders.CONTENT_LENGTH)) {
            context.setInputStream(
                    new Limited(context.getInputStream(), maxBodySize.get().asLongValue()));
        }
        return context.proceed();
    }

    private static final class Limited extends FilterInputStream {
        private long left;

        Limited(InputStream body, long maxBytes) {
            super(body);
            this.left = maxBytes;
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            return read < 0 ? read : counted(1) == 1 ? read : -1;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            return counted(super.read(to, offset, length));
        }

        private int counted(int read) {
            left -= Math.max(0, read);
            if (left < 0) {
                throw new ExceededException();
            }
            return read;
        }
    }
}
