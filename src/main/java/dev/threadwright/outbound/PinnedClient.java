package dev.threadwright.outbound;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.tracing.TracingPolicy;

/**
 * Sends, to the very address that was checked. Redirects are not followed: nobody has checked where they lead. Neither
 * proxies nor cookies nor connections that are kept, and nothing is unpacked, so that what is read is bounded by what was
 * sent.
 */
public final class PinnedClient implements AutoCloseable {

    /** Requests that wait for a connection to one address; beyond, they fail. */
    static final int MAX_WAITING = 1_000;

    private final Vertx vertx;
    private final HttpClient client;

    /**
     * @param maxConnections at once to one address
     * @param maxHeaderBytes of an answer
     */
    public PinnedClient(Vertx vertx, int maxConnections, int maxHeaderBytes, long connectTimeoutMs) {
        this.vertx = vertx;
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setKeepAlive(false)
                .setMaxPoolSize(maxConnections)
                .setMaxWaitQueueSize(MAX_WAITING)
                .setMaxHeaderSize(maxHeaderBytes)
                .setConnectTimeout(Math.toIntExact(connectTimeoutMs))
                .setDecompressionSupported(false)
                // The trace is among the headers of what is sent, if it is in one.
                .setTracingPolicy(TracingPolicy.IGNORE)
                .setVerifyHost(true)
                .setTrustAll(false));
    }

    /**
     * @param attempt 1 for the first; each goes to the next of several addresses
     * @param maxBodyBytes of the answer that are read
     * @param timeoutMs for all of it: to connect, to send, and to read
     */
    public Exchange send(Destination to, int attempt, Message message, int maxBodyBytes, long timeoutMs) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.valueOf(message.method()))
                .setServer(SocketAddress.inetSocketAddress(
                        to.port(), to.address(attempt).getHostAddress()))
                .setHost(to.host())
                .setPort(to.port())
                .setSsl(to.isSecure())
                .setURI(to.path())
                .setFollowRedirects(false);
        message.headers().forEach(options::addHeader);
        Exchange exchange = new Exchange(maxBodyBytes);
        exchange.begin(vertx, client, options, message.body(), timeoutMs);
        return exchange;
    }

    @Override
    public void close() {
        client.close();
    }
}
