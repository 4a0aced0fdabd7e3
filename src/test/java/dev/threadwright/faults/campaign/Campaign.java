package dev.threadwright.faults.campaign;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.threadwright.faults.campaign.Findings.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.apache.kafka.common.utils.Utils;

/** Starts everything, does one fault after the other, waits for the end of all that was begun, and reports. */
public final class Campaign {
    private static final long DONE_WITHIN_MS = 300_000;
    private static final long CALM_MS = 1_000;

    /** Held on to, or its level would be forgotten: clients say on every outage what the faults mean them to. */
    private static final Logger CLIENTS = Logger.getLogger("org.apache.kafka");

    private final Options options;
    private final Path directory;
    private final Findings findings = new Findings();

    private Campaign(Options options, Path directory) {
        this.options = options;
        this.directory = directory;
    }

    /** Arguments: see {@link Options}. */
    public static void main(String[] arguments) throws Exception {
        if (List.of(arguments).contains("--help")) {
            System.out.print(Options.USAGE);
            Faults.all(new Findings())
                    .forEach(fault -> System.out.printf("  %-26s %s%n", fault.name(), fault.description()));
            return;
        }
        Options options;
        try {
            options = Options.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        Report report = run(options);
        System.out.println(report.text());
        Files.writeString(Path.of("target", "faults", "report.txt"), report.text());
        System.exit(report.isGood() ? 0 : 1);
    }

    static Report run(Options options) throws Exception {
        CLIENTS.setLevel(Level.SEVERE);
        Path directory = Path.of(
                        "target",
                        "faults",
                        "campaign-" + ProcessHandle.current().pid() + "-" + System.nanoTime())
                .toAbsolutePath();
        Files.createDirectories(directory);
        return new Campaign(options, directory).run();
    }

    private RandomGenerator random(int stream) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(options.seed() * 31 + stream);
    }

    private Report run() throws Exception {
        say("seed %d, logs in %s", options.seed(), directory);
        Instant begun = Instant.now();
        Inputs inputs = new Inputs();
        try (Site site = new Site(directory, options.servers(), random(0))) {
            try (Sender sender = new Sender(site.broker().bootstrap());
                    Load load = new Load(sender, inputs, random(1), options.rate());
                    HttpLoad http = new HttpLoad(site, inputs, random(2));
                    Worker worker = new Worker(site.broker().bootstrap(), sender, random(3), findings);
                    Audit audit = new Audit(site, inputs, new People(sender), findings)) {
                Report report = new Report(options, begun);
                audit.start();
                worker.start();
                load.start();
                http.start();
                recover(site, load, inputs, "the start");
                doHarm(site, load, inputs, audit, report);
                say("waiting for the end of all that was begun");
                load.stop();
                http.close();
                awaitDone(site, sender, inputs, audit);
                for (int input : inputs.lost()) {
                    findings.add(Kind.LOST, "i" + input + " on " + HttpLoad.threadOf(inputs.thread(input)));
                }
                say("checking the journal");
                new JournalCheck(site, findings).run();
                report.end(inputs, load, http, worker, audit, findings);
                return report;
            }
        }
    }

    private void doHarm(Site site, Load load, Inputs inputs, Audit audit, Report report) throws Exception {
        List<Fault> faults = new ArrayList<>();
        for (Fault fault : options.faults(findings)) {
            String reason = fault.impossible(site);
            if (reason == null) {
                faults.add(fault);
            } else {
                report.skipped(fault, reason);
            }
        }
        long end = System.nanoTime() + (long) (options.minutes() * 60e9);
        Random order = new Random(options.seed());
        for (int round = 0; round < options.rounds() && !faults.isEmpty(); round++) {
            Collections.shuffle(faults, order);
            for (Fault fault : faults) {
                if (System.nanoTime() > end) {
                    return;
                }
                report.done(once(fault, site, load, inputs, audit));
                if (findings.count(Kind.STUCK) + findings.count(Kind.BROKEN) > 0) {
                    // What comes after would only repeat it.
                    return;
                }
                site.hold(CALM_MS);
            }
        }
    }

    private Report.Row once(Fault fault, Site site, Load load, Inputs inputs, Audit audit) {
        audit.longestGapMs();
        long begun = System.nanoTime();
        boolean happened = false;
        try {
            try {
                happened = fault.inject(site);
            } finally {
                fault.heal(site);
            }
        } catch (Exception e) {
            e.printStackTrace();
            findings.add(Kind.BROKEN, fault.name() + " could not be done: " + e);
        }
        long healed = System.nanoTime();
        long recoveryMs = recover(site, load, inputs, fault.name());
        Report.Row row =
                new Report.Row(fault.name(), happened, (healed - begun) / 1_000_000, recoveryMs, audit.longestGapMs());
        say("%s", row.text());
        return row;
    }

    /** Until every server is ready and an input on each partition is decided. */
    private long recover(Site site, Load load, Inputs inputs, String after) {
        long begun = System.nanoTime();
        List<Integer> probes = new ArrayList<>();
        for (int partition = 0; partition < Site.PARTITIONS; partition++) {
            probes.add(load.probe(probeOn(partition)));
        }
        if (!site.await(
                options.recovery() * 1_000L,
                () -> probes.stream().allMatch(inputs::isDecided)
                        && site.nodes().stream().allMatch(node -> node.trouble().isEmpty()))) {
            StringBuilder what =
                    new StringBuilder("after " + after + ", not well again within " + options.recovery() + " s:");
            for (int partition = 0; partition < Site.PARTITIONS; partition++) {
                if (!inputs.isDecided(probes.get(partition))) {
                    what.append(" nothing is decided on partition ")
                            .append(partition)
                            .append(';');
                }
            }
            site.nodes().forEach(node -> what.append(' ').append(node.trouble()));
            findings.add(Kind.STUCK, what.toString());
        }
        return (System.nanoTime() - begun) / 1_000_000;
    }

    private static int probeOn(int partition) {
        for (int number = 0; ; number++) {
            byte[] key = (Load.PROBE + number).getBytes(UTF_8);
            if (Utils.toPositive(Utils.murmur2(key)) % Site.PARTITIONS == partition) {
                return number;
            }
        }
    }

    private void awaitDone(Site site, Sender sender, Inputs inputs, Audit audit) {
        boolean done = site.await(DONE_WITHIN_MS, () -> {
            try {
                return sender.unsent() == 0
                        && inputs.unanswered() == 0
                        && inputs.undecided() == 0
                        && count(site, "select count(*) from run where ended_at_ms is null") == 0
                        && count(site, "select coalesce(sum(count), 0) from decision") == audit.events()
                        && audit.isEven();
            } catch (SQLException e) {
                return false;
            }
        });
        if (!done) {
            String state;
            try {
                state = "%d runs have not ended, %d of %d events are published"
                        .formatted(
                                count(site, "select count(*) from run where ended_at_ms is null"),
                                audit.events(),
                                count(site, "select coalesce(sum(count), 0) from decision"));
            } catch (SQLException e) {
                state = "Postgres does not answer: " + e.getMessage();
            }
            findings.add(
                    Kind.STUCK,
                    "not all that was begun has ended: %d inputs are undecided and %d unanswered, %d records are not written, %s"
                            .formatted(inputs.undecided(), inputs.unanswered(), sender.unsent(), state));
        }
    }

    private static long count(Site site, String sql) throws SQLException {
        return Long.parseLong(site.postgres().query(sql).getFirst());
    }

    private static void say(String format, Object... arguments) {
        System.err.println("faults: " + Instant.now().toString().substring(11, 19) + " " + format.formatted(arguments));
    }
}
