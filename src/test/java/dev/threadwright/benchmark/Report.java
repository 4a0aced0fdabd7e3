package dev.threadwright.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * What is printed and written as JSON.
 *
 * @param checked inputs whose place in the store was checked
 * @param faults what the check found wrong; empty if all is well
 */
record Report(
        Instant at,
        int processors,
        String machine,
        double loadBefore,
        Options options,
        Map<String, String> durability,
        List<Row> rows,
        long checked,
        List<String> faults) {

    /** One engine at one load; medians over the rounds. Commits are over all of a phase, the rest over what counts. */
    record Row(
            String scenario,
            String engine,
            double rate,
            double p50Ms,
            double p99Ms,
            double commitsPerRun,
            double cpuMsPerRun,
            double postgresCpuMsPerRun,
            double loadCpuMsPerRun,
            List<Measurement> rounds) {

        static Row of(Scenario scenario, Lane lane, List<Measurement> rounds, Map<String, StoreCheck.Stored> stored) {
            return new Row(
                    scenario.name(),
                    lane.name(),
                    median(rounds, Measurement::rate),
                    median(rounds, Measurement::p50Ms),
                    median(rounds, Measurement::p99Ms),
                    median(rounds, round -> (double) stored.get(round.phase()).commits() / round.sent()),
                    median(rounds, round -> round.perRun(round.cpu().engineMs())),
                    median(rounds, round -> round.perRun(round.cpu().postgresMs())),
                    median(rounds, round -> round.perRun(round.cpu().loadMs())),
                    rounds);
        }
    }

    static double median(List<Measurement> rounds, ToDoubleFunction<Measurement> value) {
        double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    void write(Path file) throws IOException {
        new ObjectMapper()
                .findAndRegisterModules()
                .disable(com.fasterxml.jackson.databind.SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .writerWithDefaultPrettyPrinter()
                .writeValue(file.toFile(), this);
    }

    String text() {
        List<String> lines = new ArrayList<>();
        lines.add("%s, %d processors, load average %.2f before; medians of %d rounds of %d s"
                .formatted(machine, processors, loadBefore, options.rounds(), options.seconds()));
        durability.forEach((name, value) -> lines.add("  %s = %s".formatted(name, value)));
        lines.add("");
        lines.add(
                "| in flight | engine | runs/s | p50 ms | p99 ms | commits/run | CPU ms/run: engine | Postgres | broker and client |");
        lines.add("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        for (Row row : rows) {
            lines.add("| %s | %s | %,.0f | %.1f | %.1f | %.4f | %.3f | %.3f | %.3f |"
                    .formatted(
                            row.scenario(),
                            row.engine(),
                            row.rate(),
                            row.p50Ms(),
                            row.p99Ms(),
                            row.commitsPerRun(),
                            row.cpuMsPerRun(),
                            row.postgresCpuMsPerRun(),
                            row.loadCpuMsPerRun()));
        }
        lines.add("");
        lines.add("| in flight | server / null-tx: rate | p50 | server / null-plain: rate | p50 |");
        lines.add("| --- | ---: | ---: | ---: | ---: |");
        for (Scenario scenario : options.rows()) {
            if (scenario.isServersOnly()) {
                continue;
            }
            Row server = row(scenario, Lane.SERVER);
            Row transactions = row(scenario, Lane.NULL_TRANSACTIONS);
            Row plain = row(scenario, Lane.NULL_PLAIN);
            lines.add("| %s | %.2f | %.2f | %.2f | %.2f |"
                    .formatted(
                            scenario.name(),
                            server.rate() / transactions.rate(),
                            server.p50Ms() / transactions.p50Ms(),
                            server.rate() / plain.rate(),
                            server.p50Ms() / plain.p50Ms()));
        }
        if (options.rows().containsAll(List.of(Scenario.OLD, Scenario.FRESH))) {
            Row old = row(Scenario.OLD, Lane.SERVER);
            Row fresh = row(Scenario.FRESH, Lane.SERVER);
            lines.add("");
            lines.add("Threads of more than %,d events / new threads: rate %.2f, engine's CPU per run %.2f"
                    .formatted(
                            4 * Scenario.OLD_INPUTS,
                            old.rate() / fresh.rate(),
                            old.cpuMsPerRun() / fresh.cpuMsPerRun()));
        }
        lines.add("");
        lines.add(
                faults.isEmpty()
                        ? "All of %,d inputs are in the store exactly once and were answered exactly once."
                                .formatted(checked)
                        : "NOT AS IT SHOULD BE:\n" + String.join("\n", faults));
        return String.join("\n", lines);
    }

    private Row row(Scenario scenario, Lane lane) {
        return rows.stream()
                .filter(row ->
                        row.scenario().equals(scenario.name()) && row.engine().equals(lane.name()))
                .findFirst()
                .orElseThrow();
    }
}
