package dev.threadwright.simulation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** {@code bin/simulate}: histories until there are enough of them, the time is up, or one breaks a promise. */
public final class Simulate {

    private static final String USAGE = """
            bin/simulate [--histories N] [--minutes M] [--seed S] [--processes P] [--log]

              --histories  how many; 10000 unless told, or as many as there is time for
              --minutes    after which no more are begun
              --seed       of the first; 1 unless told. Each further one has the next
              --processes  that run histories side by side; one a processor unless told
              --log        what the servers log, with the times of the history; for one history""";

    private static final Logger ENGINE = Logger.getLogger("dev.threadwright");

    /** Of a line that tells the parent of one history. */
    private static final String RESULT = "result ";

    private final List<String> arguments;
    private final Map<String, String> options;
    private final boolean log;
    private final long first;
    private final long last;
    private final long stride;
    private final long endMs;
    private final Map<String, Long> faults = new TreeMap<>();
    private final long[] sums = new long[Sum.values().length];
    private boolean broken;

    private enum Sum {
        HISTORIES,
        STEPS,
        VIRTUAL_MS,
        ACKNOWLEDGED,
        COMMITS,
        EVENTS,
        PUBLISHED
    }

    private Simulate(List<String> arguments) {
        this.arguments = arguments;
        this.log = arguments.contains("--log");
        this.options = options(arguments);
        this.first = number("--seed", 1);
        boolean isTimed = options.containsKey("--minutes");
        this.last = first + number("--histories", log ? 1 : isTimed ? Long.MAX_VALUE / 4 : 10_000) - 1;
        this.stride = number("--stride", 1);
        this.endMs = isTimed
                ? System.currentTimeMillis() + TimeUnit.MINUTES.toMillis(number("--minutes", 1))
                : Long.MAX_VALUE;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        if (List.of(arguments).contains("--help")) {
            System.out.println(USAGE);
            return;
        }
        Simulate simulate;
        try {
            simulate = new Simulate(List.of(arguments));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n\n" + USAGE);
            System.exit(2);
            return;
        }
        ENGINE.setUseParentHandlers(false);
        ENGINE.setLevel(simulate.log ? Level.FINE : Level.OFF);
        boolean isChild = simulate.options.containsKey("--stride");
        System.exit((isChild || simulate.log ? simulate.histories() : simulate.run()) ? 0 : 1);
    }

    /** Side by side in processes of their own: threads of two histories in one would wait for each other's locks. */
    private boolean run() throws IOException, InterruptedException {
        long begunMs = System.currentTimeMillis();
        long processes = number("--processes", Runtime.getRuntime().availableProcessors());
        List<Process> children = new ArrayList<>();
        List<Thread> readers = new ArrayList<>();
        for (long i = 0; i < processes; i++) {
            Process child = child(first + i, processes);
            children.add(child);
            readers.add(Thread.ofPlatform().start(() -> read(child, children)));
        }
        for (Thread reader : readers) {
            reader.join();
        }
        report(System.currentTimeMillis() - begunMs);
        return !broken;
    }

    private Process child(long seed, long apart) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Simulate.class.getName()));
        command.addAll(List.of("--seed", Long.toString(seed), "--stride", Long.toString(apart)));
        command.addAll(List.of("--histories", Long.toString(Math.max(1, last - seed + 1))));
        if (options.containsKey("--minutes")) {
            command.addAll(List.of("--minutes", String.valueOf(options.get("--minutes"))));
        }
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private void read(Process child, List<Process> all) {
        try (BufferedReader lines = child.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(RESULT)) {
                    add(line.substring(RESULT.length()).split(" "));
                } else {
                    System.out.println(line);
                }
            }
            if (child.waitFor() != 0) {
                broken(all);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One is enough. */
    private synchronized void broken(List<Process> all) {
        broken = true;
        all.forEach(Process::destroyForcibly);
    }

    private synchronized void add(String[] words) {
        sums[0]++;
        for (int i = 1; i < sums.length; i++) {
            sums[i] += Long.parseLong(words[i - 1]);
        }
        for (int i = sums.length - 1; i < words.length; i++) {
            String[] fault = words[i].split("=");
            faults.merge(fault[0], Long.parseLong(fault[1]), Long::sum);
        }
    }

    private boolean histories() {
        for (long seed = first; seed <= last && System.currentTimeMillis() < endMs; seed += stride) {
            Simulation simulation = new Simulation(seed);
            if (log) {
                ENGINE.addHandler(new Lines(simulation));
            }
            try {
                System.out.println(RESULT + words(simulation.run()));
            } catch (AssertionError e) {
                e.printStackTrace(System.out);
                System.out.println("The same again: bin/simulate --log --seed " + seed);
                return false;
            }
        }
        return true;
    }

    private static String words(Simulation.Result result) {
        StringBuilder words = new StringBuilder("%d %d %d %d %d %d"
                .formatted(
                        result.steps(),
                        result.virtualMs(),
                        result.acknowledged(),
                        result.commits(),
                        result.events(),
                        result.published()));
        result.faults()
                .forEach((kind, count) -> words.append(' ')
                        .append(kind.name().toLowerCase(Locale.ROOT))
                        .append('=')
                        .append(count));
        return words.toString();
    }

    private synchronized void report(long tookMs) {
        System.out.printf(
                "%,d histories in %,d s: %,d steps, %,d hours of their own time%n",
                sum(Sum.HISTORIES), tookMs / 1_000, sum(Sum.STEPS), TimeUnit.MILLISECONDS.toHours(sum(Sum.VIRTUAL_MS)));
        System.out.printf(
                "%,d inputs acknowledged, %,d commits, %,d events, %,d records published%n",
                sum(Sum.ACKNOWLEDGED), sum(Sum.COMMITS), sum(Sum.EVENTS), sum(Sum.PUBLISHED));
        faults.forEach((kind, count) -> System.out.printf("  %-28s %,d%n", kind, count));
        System.out.println(broken ? "A promise was broken, see above" : "lost 0, doubled 0, out of order 0, stale 0");
    }

    private long sum(Sum sum) {
        return sums[sum.ordinal()];
    }

    private static Map<String, String> options(List<String> arguments) {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < arguments.size(); i++) {
            String name = arguments.get(i);
            if (name.equals("--log")) {
                continue;
            }
            if (!List.of("--histories", "--minutes", "--seed", "--processes", "--stride")
                    .contains(name)) {
                throw new IllegalArgumentException("There is no option " + name);
            }
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException(name + " needs a number");
            }
            options.put(name, arguments.get(++i));
        }
        return options;
    }

    private long number(String name, long otherwise) {
        String text = options.get(name);
        try {
            long number = text == null ? otherwise : Long.parseLong(text);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below, as for a number that is too small.
        }
        throw new IllegalArgumentException(name + " is a whole number from 1 up, not " + text);
    }

    /** What the servers say, with the time of the history. */
    private static final class Lines extends Handler {
        private final Simulation simulation;

        Lines(Simulation simulation) {
            this.simulation = simulation;
            setLevel(Level.ALL);
        }

        @Override
        public void publish(LogRecord line) {
            System.out.printf(
                    "%8d %-5s %s: %s%n",
                    simulation.elapsedMs(),
                    line.getLevel(),
                    Thread.currentThread().getName(),
                    line instanceof org.jboss.logmanager.ExtLogRecord one
                            ? one.getFormattedMessage()
                            : line.getMessage());
            if (line.getThrown() != null) {
                line.getThrown().printStackTrace(System.out);
            }
        }

        @Override
        public void flush() {
            System.out.flush();
        }

        @Override
        public void close() {
            // The output is not its own.
        }
    }
}
