package dev.threadwright.ops;

import dev.threadwright.callback.Callbacks;
import dev.threadwright.outbound.AddressRange;
import dev.threadwright.outbound.BoundedLookups;
import dev.threadwright.outbound.Destinations;
import dev.threadwright.outbound.HostNames;
import dev.threadwright.outbound.PinnedClient;
import dev.threadwright.secret.Secrets;
import dev.threadwright.step.http.AllowedHosts;
import dev.threadwright.step.http.Courier;
import dev.threadwright.step.http.HttpHandler;
import dev.threadwright.step.http.HttpLimits;
import io.vertx.core.Vertx;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.microprofile.config.Config;

/** Puts together what sends the requests of HTTP steps, as configured. */
@Singleton
class HttpStepWiring {

    /** Connections at once to one address. */
    static final int MAX_CONNECTIONS = 64;

    /** Of an answer's headers; bytes. */
    static final int MAX_HEADER_BYTES = 32_768;

    static final int CONNECT_TIMEOUT_MS = 10_000;

    static final int LOOKUP_TIMEOUT_MS = 5_000;

    private final ThreadwrightConfig.HttpSteps config;
    private final PinnedClient client;
    private final BoundedLookups lookups = new BoundedLookups(HostNames.OF_THE_SYSTEM, LOOKUP_TIMEOUT_MS);

    HttpStepWiring(ThreadwrightConfig config, Vertx vertx) {
        this.config = config.httpSteps();
        this.client = new PinnedClient(vertx, MAX_CONNECTIONS, MAX_HEADER_BYTES, CONNECT_TIMEOUT_MS);
    }

    @Produces
    @Singleton
    HttpHandler handler(Secrets secrets, Callbacks callbacks) {
        try {
            Courier courier = new Courier(
                    AllowedHosts.of(config.allowHosts().orElse(List.of())),
                    new Destinations("The request's", allowed(), lookups),
                    client,
                    new HttpLimits(
                            config.maxResponseBytes(),
                            config.maxRedirects(),
                            config.timeout().toMillis()));
            return new HttpHandler(secrets, callbacks, courier, System::currentTimeMillis);
        } catch (IllegalArgumentException e) {
            throw new MisconfiguredException("threadwright.http-steps: " + e.getMessage());
        }
    }

    private List<AddressRange> allowed() {
        return config.allowPrivate()
                ? AddressRange.ALL
                : config.allowAddresses().orElse(List.of()).stream()
                        .map(AddressRange::of)
                        .toList();
    }

    @Produces
    @Singleton
    static Callbacks callbacks(ThreadwrightConfig config) {
        try {
            return new Callbacks(config.callbacks().publicUrl().orElse(null));
        } catch (IllegalArgumentException e) {
            throw new MisconfiguredException("threadwright.callbacks.public-url " + e.getMessage());
        }
    }

    @Produces
    @Singleton
    static Secrets secrets(ThreadwrightConfig config, Config all) {
        Path directory = config.secrets().directory().map(Path::of).orElse(null);
        if (directory != null && !Files.isDirectory(directory)) {
            throw new MisconfiguredException(
                    "threadwright.secrets.directory is " + directory.toAbsolutePath() + ", which is no directory");
        }
        return new Secrets(key -> all.getOptionalValue(key, String.class), directory);
    }

    @PreDestroy
    void close() {
        client.close();
        lookups.close();
    }
}
