package dev.threadwright.query;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Function;

/**
 * A {@link ReadScope} without an ORM session, for what runs on a timer or for many callers at once: the same role and the
 * same row-level security, on any thread.
 */
@ApplicationScoped
class PlainScope {

    private static final String ENTER = ReadScope.enter("$1");

    private final Pool pool;

    PlainScope(Pool pool) {
        this.pool = pool;
    }

    /** Fails with an {@link UnavailableException} if the database cannot be reached or does not answer in time. */
    <T> Uni<T> read(String tenant, Function<SqlConnection, Uni<T>> work) {
        return pool.withTransaction(connection -> connection
                        .preparedQuery(ENTER)
                        .execute(Tuple.of(tenant))
                        .flatMap(entered -> work.apply(connection)))
                .ifNoItem()
                .after(ReadScope.TIMEOUT)
                .failWith(() -> new UnavailableException(
                        "The database did not answer within " + ReadScope.TIMEOUT.toSeconds() + " s", null))
                .onFailure(UnavailableException::isCauseOf)
                .transform(UnavailableException::because);
    }
}
