package dev.threadwright.benchmark;

import java.util.List;

/** @param threads over how many threads the inputs go, one after the other */
record Scenario(String name, int inFlight, int threads) {

    static final int THREADS = 1_000;

    static final List<Scenario> ALL = List.of(
            new Scenario("1", 1, THREADS),
            new Scenario("64", 64, THREADS),
            new Scenario("1024", 1_024, THREADS),
            new Scenario("hot", 1_024, 1));
}
