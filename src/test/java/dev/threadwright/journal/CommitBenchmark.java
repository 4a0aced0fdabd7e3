package dev.threadwright.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.threadwright.sealing.MasterKeyFile;
import dev.threadwright.sealing.Sealing;
import dev.threadwright.testing.TestServers;
import dev.threadwright.thread.ThreadKey;
import dev.threadwright.workflow.Json;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * What a commit costs by the size of its batch, deciding not included; in time, and in processor time of the client and
 * of its backend, which other work on the machine does not distort. Not part of the build:
 * {@code ./mvnw -o test -Dtest=CommitBenchmark}; {@code -Dbench.url=jdbc:...} for another server.
 */
class CommitBenchmark {

    private static final int[] SIZES = numbers("bench.sizes", "1,10,100,1000,2000");
    private static final int[] THREADS_PER_BATCH = numbers("bench.threads", "1,10,1000000");
    private static final int INPUTS_PER_SIZE = Integer.getInteger("bench.inputs", 60_000);
    private static final int MAX_BATCHES = Integer.getInteger("bench.batches", 2_000);

    private static final long TICK_NS = 10_000_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private long backend;
    private long next;
    private int runs;

    @Test
    void commit() throws Exception {
        String url = System.getProperty("bench.url");
        PostgresSettings settings = PostgresSettings.of(
                url != null ? url : TestServers.createDatabase("journal_benchmark"),
                System.getProperty("bench.user", TestServers.user()),
                System.getProperty("bench.password", TestServers.password()));
        JournalSchema.migrate(settings);
        try (Journal journal = new PostgresJournal(settings, sealing())) {
            Owner owner = Owner.of(journal, 0);
            measure(owner, 1_000, 1);
            backend = backend(settings);
            System.out.println("inputs/batch  threads/batch  batches  us/input  (client  backend)  ms/batch  p50  p99");
            for (int threads : THREADS_PER_BATCH) {
                for (int size : SIZES) {
                    measure(owner, size, Math.min(size, threads));
                }
            }
            assertThat(journal.claim(0, "after", "after").position()).isEqualTo(owner.position);
        }
    }

    /** With {@code -Dbench.sealed=true}, all that threads hold is sealed. */
    private static Sealing sealing() throws IOException {
        if (!Boolean.getBoolean("bench.sealed")) {
            return Sealing.none();
        }
        Path keys = Files.createTempDirectory("benchmark").resolve("keys");
        MasterKeyFile.add(keys, "benchmark");
        return new Sealing(MasterKeyFile.read(keys), true, Sealing.DEFAULT_MAX_THREADS);
    }

    private void measure(Owner owner, int size, int threads) throws IOException {
        int batches = Math.min(MAX_BATCHES, INPUTS_PER_SIZE / size);
        long[] ns = new long[batches];
        long total = 0;
        int run = ++runs;
        long client = 0;
        long server = backendNs();
        for (int b = 0; b < batches; b++) {
            Owner.Draft draft = owner.draft();
            for (int i = 0; i < size; i++) {
                ThreadKey thread = Owner.thread(
                        "thread-" + size + "-" + threads + "-" + run + "-" + (b / 4 * threads + i % threads));
                draft.decide(Owner.input(thread, "input-" + next++, null, Json.object("text", Json.of("hello there"))));
            }
            Batch batch = draft.build();
            long cpu = THREADS.getCurrentThreadCpuTime();
            long begun = System.nanoTime();
            owner.journal.commit(batch);
            ns[b] = System.nanoTime() - begun;
            total += ns[b];
            client += THREADS.getCurrentThreadCpuTime() - cpu;
            draft.committed();
        }
        owner.states.clear();
        server = backendNs() - server;
        Arrays.sort(ns);
        double inputs = (double) batches * size;
        System.out.printf(
                Locale.ROOT,
                "%12d  %13d  %7d  %8.1f  %7.1f  %8.1f  %8.2f  %.2f  %.2f%n",
                size,
                threads,
                batches,
                total / 1e3 / inputs,
                client / 1e3 / inputs,
                server / 1e3 / inputs,
                total / 1e6 / batches,
                ns[batches / 2] / 1e6,
                ns[batches * 99 / 100] / 1e6);
    }

    private static int[] numbers(String property, String otherwise) {
        return Arrays.stream(System.getProperty(property, otherwise).split(",", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private static long backend(PostgresSettings settings) throws SQLException {
        try (Connection connection = DriverManager.getConnection(settings.url(), settings.user(), settings.password());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pid from pg_stat_activity"
                        + " where application_name = 'threadwright commits' and datname = current_database()")) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Processor time of the backend; 0 where there is no /proc, or it is not on this machine. */
    private long backendNs() throws IOException {
        Path stat = Path.of("/proc/" + backend + "/stat");
        if (!Files.exists(stat)) {
            return 0;
        }
        String[] fields = Files.readString(stat).replaceFirst(".*\\) ", "").split(" ", -1);
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * TICK_NS;
    }
}
