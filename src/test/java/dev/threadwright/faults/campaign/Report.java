package dev.threadwright.faults.campaign;

import dev.threadwright.faults.campaign.Findings.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** What was done, and what came of it. */
final class Report {

    /**
     * One fault.
     *
     * @param happened whether the point was reached that it was to happen at
     * @param harmMs from its beginning until nothing kept the servers from working any more
     * @param recoveryMs from then until all was well
     * @param gapMs the longest time without a decision on any of the partitions meanwhile
     */
    record Row(String name, boolean happened, long harmMs, long recoveryMs, long gapMs) {
        String text() {
            return "%s%s: harm %.1f s, well again after %.1f s, longest gap %.1f s"
                    .formatted(name, happened ? "" : " (did not happen)", harmMs / 1e3, recoveryMs / 1e3, gapMs / 1e3);
        }
    }

    private final Options options;
    private final Instant begun;
    private final Map<String, List<Row>> rows = new TreeMap<>();
    private final Map<String, String> skipped = new TreeMap<>();
    private final List<String> totals = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private boolean good;

    Report(Options options, Instant begun) {
        this.options = options;
        this.begun = begun;
    }

    void done(Row row) {
        rows.computeIfAbsent(row.name(), name -> new ArrayList<>()).add(row);
    }

    void skipped(Fault fault, String reason) {
        skipped.put(fault.name(), reason.replaceAll("\\s+", " "));
    }

    void end(Inputs inputs, Load load, HttpLoad http, Worker worker, Audit audit, Findings findings) {
        long happened = all().stream().filter(Row::happened).count();
        total("faults injected", happened + " of " + rows.size() + " kinds");
        total("inputs sent", "%,d, of which %,d were sent again".formatted(inputs.sent(), load.again() + http.again()));
        total(
                "inputs acknowledged",
                "%,d (%,d more without an answer)".formatted(inputs.acknowledged(), inputs.unsure()));
        total("inputs applied", "%,d, and %,d refused".formatted(inputs.accepted(), inputs.refused()));
        total("events published", "%,d, and %,d lifecycle records".formatted(audit.events(), audit.lifecycle()));
        total(
                "workers",
                "%,d requests, %,d answers, of which %,d were discarded"
                        .formatted(worker.requests(), worker.answers(), audit.discarded()));
        total("people", "%,d questions, three answers each".formatted(audit.questions()));
        total("partitions handed over", "%,d times".formatted(audit.handovers()));
        for (Kind kind : Kind.values()) {
            total(
                    kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
                    "%,d".formatted(findings.count(kind)));
        }
        told.addAll(findings.told());
        good = findings.isEmpty();
    }

    boolean isGood() {
        return good;
    }

    List<String> findings() {
        return List.copyOf(told);
    }

    /** Names of faults that were done and did not happen, however often. */
    List<String> neverHappened() {
        return rows.values().stream()
                .filter(done -> done.stream().noneMatch(Row::happened))
                .map(done -> done.getFirst().name())
                .toList();
    }

    private void total(String name, String value) {
        totals.add("%-24s %s".formatted(name, value));
    }

    private List<Row> all() {
        return rows.values().stream().flatMap(List::stream).toList();
    }

    String text() {
        StringBuilder text = new StringBuilder();
        text.append("seed %d, %d servers, %s minutes, %d inputs/s%n"
                .formatted(
                        options.seed(),
                        options.servers(),
                        "%.1f".formatted(Duration.between(begun, Instant.now()).toMillis() / 60e3),
                        options.rate()));
        text.append(
                "%n%-28s %5s  %-17s %-17s %s%n".formatted("fault", "times", "recovery s", "longest gap s", "harm s"));
        text.append("%-28s %5s  %8s %8s %8s %8s %8s%n".formatted("", "", "median", "most", "median", "most", "median"));
        rows.forEach((name, done) -> {
            List<Row> happened = done.stream().filter(Row::happened).toList();
            if (happened.isEmpty()) {
                text.append("%-28s %5d  did not happen%n".formatted(name, 0));
            } else {
                text.append("%-28s %5d  %8.1f %8.1f %8.1f %8.1f %8.1f%n"
                        .formatted(
                                name,
                                happened.size(),
                                median(happened, Row::recoveryMs),
                                most(happened, Row::recoveryMs),
                                median(happened, Row::gapMs),
                                most(happened, Row::gapMs),
                                median(happened, Row::harmMs)));
            }
        });
        skipped.forEach((name, reason) -> text.append("%-28s %5d  not possible here: %s%n".formatted(name, 0, reason)));
        text.append('\n');
        totals.forEach(line -> text.append(line).append('\n'));
        told.forEach(line -> text.append('\n').append(line));
        return text.toString();
    }

    private static double median(List<Row> rows, ToLongFunction<Row> value) {
        long[] sorted = rows.stream().mapToLong(value).sorted().toArray();
        return sorted[sorted.length / 2] / 1e3;
    }

    private static double most(List<Row> rows, ToLongFunction<Row> value) {
        return rows.stream().mapToLong(value).max().orElse(0) / 1e3;
    }
}
