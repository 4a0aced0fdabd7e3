package dev.threadwright.http;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Commands over WebSockets may be as large as those over HTTP. */
@Singleton
class EventSocketLimits implements HttpServerOptionsCustomizer {

    private final int maxDataBytes;

    EventSocketLimits(@ConfigProperty(name = "threadwright.limits.data-bytes") int maxDataBytes) {
        this.maxDataBytes = maxDataBytes;
    }

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        customize(options);
    }

    @Override
    public void customizeHttpsServer(HttpServerOptions options) {
        customize(options);
    }

    private void customize(HttpServerOptions options) {
        int most = maxDataBytes + CommandBody.MAX_BYTES_BESIDE_DATA;
        options.setMaxWebSocketFrameSize(most).setMaxWebSocketMessageSize(most);
    }
}
