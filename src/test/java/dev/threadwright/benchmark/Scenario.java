package dev.threadwright.benchmark;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * @param threads over how many threads the inputs go, one after the other
 * @param workflow what the inputs start; null for the server's default, which is what the null engines' rows are of
 */
record Scenario(
        String name,
        int inFlight,
        int threads,
        Names names,
        @Nullable String workflow) {

    static final int THREADS = 1_000;

    /** Of the threads that are to be old: inputs that each gets beforehand, of four events each. */
    static final int OLD_INPUTS = 2_500;

    /** The workflow of three steps; see {@link Servers}. */
    static final String THREE_STEPS = "benchmark-three";

    /** Which threads. */
    enum Names {
        /** The same in every measurement. */
        SAME,
        /** New ones in every measurement. */
        FRESH,
        /** The same, with {@link #OLD_INPUTS} before the first measurement. */
        OLD
    }

    static final Scenario OLD = new Scenario("old", 1_024, 16, Names.OLD, null);
    static final Scenario FRESH = new Scenario("fresh", 1_024, 16, Names.FRESH, null);

    static final List<Scenario> ALL = List.of(
            new Scenario("1", 1, THREADS),
            new Scenario("64", 64, THREADS),
            new Scenario("1024", 1_024, THREADS),
            new Scenario("hot", 1_024, 1),
            new Scenario("three", 1_024, THREADS, Names.SAME, THREE_STEPS),
            FRESH,
            OLD);

    Scenario(String name, int inFlight, int threads) {
        this(name, inFlight, threads, Names.SAME, null);
    }

    /** Whether it is about the server alone: null engines execute nothing and remember nothing. */
    boolean isServersOnly() {
        return workflow != null || names != Names.SAME;
    }
}
