package dev.threadwright.benchmark;

/**
 * One engine at one load in one round.
 *
 * @param phase the prefix of its inputs' ids
 * @param sent inputs, also those before and after what is counted
 * @param counted runs that completed within {@code seconds}
 * @param cpu within {@code seconds}
 * @param repeated completions that were read more than once; must be 0
 */
record Measurement(
        String phase, int sent, int counted, double seconds, double p50Ms, double p99Ms, CpuTimes cpu, int repeated) {

    double rate() {
        return counted / seconds;
    }

    double perRun(long cpuMs) {
        return counted == 0 ? 0 : (double) cpuMs / counted;
    }
}
