package dev.threadwright.query;

import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnectOptions;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Bounds the readers' pool: who comes when all connections are taken waits, but not without end and not in any number. */
@Singleton
public class ReadPool implements PgPoolCreator {

    static final int MAX_WAITING = 2_000;
    private static final int WAIT_FOR_CONNECTION_MS = 5_000;
    private static final int CONNECT_TIMEOUT_MS = 3_000;

    @Override
    public Pool create(Input input) {
        input.pgConnectOptionsList().forEach(server -> {
            server.setConnectTimeout(CONNECT_TIMEOUT_MS);
            server.addProperty("application_name", "threadwright-read");
        });
        return PgBuilder.pool()
                .with(input.poolOptions()
                        .setMaxWaitQueueSize(MAX_WAITING)
                        .setConnectionTimeout(WAIT_FOR_CONNECTION_MS)
                        .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS))
                .connectingTo(List.<SqlConnectOptions>copyOf(input.pgConnectOptionsList()))
                .using(input.vertx())
                .build();
    }
}
