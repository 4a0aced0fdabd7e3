package dev.threadwright.benchmark;

import java.time.Duration;
import java.util.stream.Stream;

/**
 * Processor time by process, in milliseconds; the operating system counts in steps of 10.
 *
 * @param postgresMs of the postmaster and the processes it has now
 * @param loadMs of this process, which is the load client and also the broker
 */
record CpuTimes(long engineMs, long postgresMs, long loadMs) {

    static CpuTimes of(ProcessHandle engine, ProcessHandle postmaster) {
        return new CpuTimes(
                ms(engine),
                Stream.concat(Stream.of(postmaster), postmaster.descendants())
                        .mapToLong(CpuTimes::ms)
                        .sum(),
                ms(ProcessHandle.current()));
    }

    CpuTimes since(CpuTimes earlier) {
        return new CpuTimes(engineMs - earlier.engineMs, postgresMs - earlier.postgresMs, loadMs - earlier.loadMs);
    }

    private static long ms(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO).toMillis();
    }
}
