package dev.threadwright.faults.campaign;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param minutes after which no further fault begins
 * @param seed decides the order of the faults, their victims and the load
 * @param only names of faults; all of them if it is empty
 * @param servers how many there are
 * @param rate inputs in a second, as long as they are decided
 * @param rounds after which it ends, too
 * @param recovery seconds within which it has to come back by itself after a fault
 */
record Options(double minutes, long seed, List<String> only, int servers, int rate, int rounds, int recovery) {

    static final String USAGE = """
            bin/faults [--minutes 10] [--seed S] [--only fault,fault] [--servers 3] [--rate 150] [--rounds N]
                       [--recovery 60] [--help]

            Starts servers, a Postgres and a Kafka broker of its own, sends inputs all the time, and does one fault after the
            other in an order that the seed decides, again and again. Ends with status 1 if anything was lost, doubled, out of
            order or stale. docs/faults.md says what each fault is. They are:
            """;

    private static final int ANY_ROUNDS = 1_000_000;
    private static final int RECOVERY_SECONDS = 60;

    static Options parse(String[] arguments) {
        Options options =
                new Options(10, System.nanoTime() & 0xffffff, List.of(), 3, 150, ANY_ROUNDS, RECOVERY_SECONDS);
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(arguments[i] + " needs a value; see --help");
            }
            options = options.with(arguments[i], arguments[i + 1]);
        }
        return options;
    }

    private Options with(String name, String value) {
        return switch (name) {
            case "--minutes" -> new Options(within(name, value, 24 * 60), seed, only, servers, rate, rounds, recovery);
            case "--seed" -> new Options(minutes, seed(value), only, servers, rate, rounds, recovery);
            case "--only" -> new Options(minutes, seed, names(value), servers, rate, rounds, recovery);
            case "--servers" -> new Options(minutes, seed, only, (int) within(name, value, 9), rate, rounds, recovery);
            case "--rate" ->
                new Options(minutes, seed, only, servers, (int) within(name, value, 5_000), rounds, recovery);
            case "--rounds" ->
                new Options(minutes, seed, only, servers, rate, (int) within(name, value, ANY_ROUNDS), recovery);
            case "--recovery" ->
                new Options(minutes, seed, only, servers, rate, rounds, (int) within(name, value, 3_600));
            default -> throw new IllegalArgumentException("There is no option " + name + "; see --help");
        };
    }

    private static long seed(String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--seed " + value + ": it is a whole number", e);
        }
    }

    private static double within(String name, String value, int most) {
        try {
            double number = Double.parseDouble(value);
            if (number > 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException(name + " " + value + ": it is a number greater than 0 and at most " + most);
    }

    private static List<String> names(String value) {
        List<String> known =
                Faults.all(new Findings()).stream().map(Fault::name).toList();
        List<String> names = Arrays.asList(value.split(","));
        List<String> unknown = new ArrayList<>(names);
        unknown.removeAll(known);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(
                    "There is no fault " + String.join(", ", unknown) + "; there are " + String.join(", ", known));
        }
        return names;
    }

    List<Fault> faults(Findings findings) {
        return Faults.all(findings).stream()
                .filter(fault -> only.isEmpty() || only.contains(fault.name()))
                .toList();
    }
}
