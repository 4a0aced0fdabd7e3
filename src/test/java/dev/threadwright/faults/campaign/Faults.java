package dev.threadwright.faults.campaign;

import dev.threadwright.faults.campaign.NetworkFault.Weather;
import java.util.ArrayList;
import java.util.List;

/** All of them. */
final class Faults {
    private static final long CLOCK_JUMP_MS = 30_000;

    private Faults() {}

    static List<Fault> all(Findings findings) {
        List<Fault> all = new ArrayList<>(List.of(
                new KilledServers(false),
                new KilledServers(true),
                new RollingRestart(),
                new RebalanceStorm(),
                new FrozenServer(),
                new HeldUntilStale(Point.COMMIT_HELD, findings),
                new HeldUntilStale(Point.END_HELD, findings)));
        List.of(
                        Point.COMMIT_UNFINISHED,
                        Point.COMMIT_SENT,
                        Point.COMMIT_STORED,
                        Point.COMMIT_ANSWERED,
                        Point.PRODUCE_SENT,
                        Point.END_HELD,
                        Point.END_SENT,
                        Point.END_STORED,
                        Point.END_ANSWERED)
                .forEach(point -> all.add(new KilledAt(point)));
        List.of(Point.COMMIT_UNFINISHED, Point.COMMIT_STORED, Point.END_STORED)
                .forEach(point -> all.add(new FrozenAt(point)));
        List.of(
                        Point.COMMIT_UNFINISHED,
                        Point.COMMIT_SENT,
                        Point.COMMIT_STORED,
                        Point.END_HELD,
                        Point.END_SENT,
                        Point.END_STORED)
                .forEach(point -> all.add(new ResetAt(point)));
        List.of(Point.COMMIT_STORED, Point.END_STORED).forEach(point -> all.add(new SilentAt(point)));
        all.addAll(List.of(
                new PostgresKilled(false),
                new PostgresKilled(true),
                new SessionsEnded(),
                new BrokerKilled(false),
                new BrokerKilled(true)));
        for (Target target : Target.values()) {
            for (Weather weather : Weather.values()) {
                all.add(new NetworkFault(target, weather));
            }
            all.add(new DiskFull(target));
        }
        all.add(new NetworkFault(null, Weather.CUT));
        all.add(new NetworkFault(null, Weather.STALL));
        all.add(new ClockJump(CLOCK_JUMP_MS));
        all.add(new ClockJump(-CLOCK_JUMP_MS));
        return List.copyOf(all);
    }
}
