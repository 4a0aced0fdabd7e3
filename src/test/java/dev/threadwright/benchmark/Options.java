package dev.threadwright.benchmark;

import java.util.ArrayList;
import java.util.List;

/**
 * What the command line asks for.
 *
 * @param rounds how often everything is measured; the table has the medians
 * @param seconds each measurement
 * @param warmSeconds each engine's load before the first round
 * @param rows the lines of the table, by the inputs in flight; {@code hot} for one thread
 * @param serverJvm more JVM flags for the server, to profile it
 */
record Options(int rounds, int seconds, int warmSeconds, List<Scenario> rows, List<String> serverJvm) {

    static final String USAGE = """
            bin/benchmark [--rounds 3] [--seconds 4] [--warm 12] [--rows 1,64,1024,hot,three,fresh,old] [--server-jvm "-X..."]
            """;

    static Options parse(String[] arguments) {
        Options options = new Options(3, 4, 12, Scenario.ALL, List.of());
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(USAGE);
            }
            options = options.with(arguments[i], arguments[i + 1]);
        }
        return options;
    }

    private Options with(String name, String value) {
        return switch (name) {
            case "--rounds" -> new Options(within(value, 1, 50), seconds, warmSeconds, rows, serverJvm);
            case "--seconds" -> new Options(rounds, within(value, 1, 60), warmSeconds, rows, serverJvm);
            case "--warm" -> new Options(rounds, seconds, within(value, 1, 120), rows, serverJvm);
            case "--rows" -> new Options(rounds, seconds, warmSeconds, rows(value), serverJvm);
            case "--server-jvm" -> new Options(rounds, seconds, warmSeconds, rows, List.of(value.split(" +")));
            default -> throw new IllegalArgumentException(USAGE);
        };
    }

    private static int within(String value, int least, int most) {
        int number = Integer.parseInt(value);
        if (number < least || number > most) {
            throw new IllegalArgumentException(value + " is not between " + least + " and " + most);
        }
        return number;
    }

    private static List<Scenario> rows(String names) {
        List<Scenario> chosen = new ArrayList<>();
        for (String name : names.split(",")) {
            chosen.add(Scenario.ALL.stream()
                    .filter(scenario -> scenario.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(USAGE)));
        }
        return chosen;
    }
}
