package dev.threadwright.query;

import io.quarkus.hibernate.reactive.panache.Panache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.function.Supplier;
import org.hibernate.reactive.mutiny.Mutiny;

/**
 * The only way to read. Each read is a transaction that begins by becoming the reader's role and naming the tenant: a
 * query that forgets the tenant sees nothing of others', and one that writes is refused.
 */
@ApplicationScoped
public class ReadScope {

    /** After which Postgres ends a query. */
    static final int STATEMENT_TIMEOUT_MS = 5_000;

    /** For a whole read, waiting for a connection included. */
    static final Duration TIMEOUT = Duration.ofSeconds(10);

    /**
     * What is looked up is looked up by its key, whatever the planner thinks of tables that were empty when it first saw
     * them: plans are kept, and one that reads all threads for each is slow before anybody notices.
     */
    private static final String PLANS = "set_config('enable_seqscan', 'off', true),"
            + " set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),"
            + " set_config('jit', 'off', true)";

    private static final String ENTER = enter(":tenant");

    /** All settings end with the transaction, so the pool's connections stay as they are. */
    static String enter(String tenantParameter) {
        return "select set_config('threadwright.tenant', " + tenantParameter + ", true),"
                + " set_config('statement_timeout', '" + STATEMENT_TIMEOUT_MS + "', true), " + PLANS
                + ", set_config('transaction_read_only', 'on', true), set_config('role', 'threadwright_reader', true)";
    }

    /**
     * Runs the work in a transaction of the tenant's reader; must be called on a Vert.x context. Fails with an
     * {@link UnavailableException} if the database cannot be reached or does not answer in time.
     */
    public <T> Uni<T> read(String tenant, Supplier<Uni<T>> work) {
        return Panache.withTransaction(() -> Panache.getSession()
                        .flatMap(session -> enter(session, tenant))
                        .flatMap(entered -> work.get()))
                .ifNoItem()
                .after(TIMEOUT)
                .failWith(() -> new UnavailableException(
                        "The database did not answer within " + TIMEOUT.toSeconds() + " s", null))
                .onFailure(UnavailableException::isCauseOf)
                .transform(UnavailableException::because);
    }

    private static Uni<Object[]> enter(Mutiny.Session session, String tenant) {
        return session.createNativeQuery(ENTER, Object[].class)
                .setParameter("tenant", tenant)
                .getSingleResult();
    }
}
