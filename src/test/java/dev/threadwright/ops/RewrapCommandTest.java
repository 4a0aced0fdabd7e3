package dev.threadwright.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.journal.JournalSchema;
import dev.threadwright.journal.PostgresSettings;
import dev.threadwright.sealing.KeyProvider;
import dev.threadwright.sealing.SealedException;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.sealing.WrappedKey;
import dev.threadwright.tables.Tables;
import dev.threadwright.testing.TestServers;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** That old master keys can be taken away afterwards. */
class RewrapCommandTest {

    private static final int OLD = RewrapCommand.PAGE + 7;

    private static PGSimpleDataSource source;

    @BeforeAll
    static void database() {
        String url = TestServers.createDatabase("rewrap");
        JournalSchema.migrate(PostgresSettings.of(url, TestServers.user(), TestServers.password()));
        source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setUser(TestServers.user());
        source.setPassword(TestServers.password());
    }

    @Test
    void everyKeyIsWrappedByTheNewestMasterKeyPageByPage() {
        Tables tables = new Tables(source);
        tables.writeNow(sql -> sql.update(
                        "insert into thread_key (created_at_ms, number, tenant, thread, master_key, wrapped)"
                                + " select 1, 1, 'default', 't' || one, 'old', decode(lpad(to_hex(one), 64, '0'), 'hex')"
                                + " from generate_series(1, ?) one",
                        OLD)
                + sql.update("insert into thread_key (created_at_ms, number, tenant, thread, master_key, wrapped)"
                        + " values (1, 1, 'default', 'u-lost', 'lost', decode('00', 'hex')),"
                        + " (1, 1, 'default', 'u-new', 'new', decode('00', 'hex')),"
                        + " (1, 1, 'default', 'u-erased', 'old', null)"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        int status = new RewrapCommand(
                        source,
                        new Sealing(new Named(), true, 10),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        System.err)
                .run();

        assertThat(status).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains("u-lost: There is no master key lost")
                .contains(OLD + " keys wrapped anew, 1 could not be");
        assertThat(count(tables, "master_key = 'new'")).isEqualTo(OLD + 1);
        assertThat(count(tables, "master_key = 'old' and wrapped is not null")).isZero();
        List<Long> transactions = tables.writeNow(sql -> sql.query(
                "select count(distinct xmin::text) from thread_key where master_key = 'new' and thread <> 'u-new'",
                row -> row.getLong(1)));
        assertThat(transactions).as("one for each page").containsExactly(2L);
    }

    private static long count(Tables tables, String which) {
        return tables.writeNow(
                        sql -> sql.query("select count(*) from thread_key where " + which, row -> row.getLong(1)))
                .getFirst();
    }

    /** Whose keys are told by their names alone. */
    private static final class Named implements KeyProvider {

        @Override
        public String newest() {
            return "new";
        }

        @Override
        public WrappedKey wrap(byte[] key, byte[] context) {
            return new WrappedKey(newest(), key.clone());
        }

        @Override
        public byte[] unwrap(WrappedKey wrapped, byte[] context) {
            if (wrapped.masterKey().equals("lost")) {
                throw new SealedException(SealedException.Reason.NO_MASTER_KEY, "There is no master key lost");
            }
            return wrapped.bytes().clone();
        }

        @Override
        public String describe() {
            return "names";
        }
    }
}
