package dev.threadwright.http;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;

/**
 * Without TLS only HTTP/1.1 is spoken. Of a request that asks for HTTP/2 there, Vert.x keeps the last of several headers of one
 * name, so that two keys would be one; and a proxy that passes the wish on would check no request of the connection any more.
 */
@Singleton
class ClearText implements HttpServerOptionsCustomizer {

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        options.setHttp2ClearTextEnabled(false);
    }
}
