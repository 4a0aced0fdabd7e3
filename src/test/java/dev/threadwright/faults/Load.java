package dev.threadwright.faults;

import java.util.List;
import java.util.random.RandomGenerator;

/** Inputs of every kind of policy over some threads, as a seed says. */
final class Load {

    private static final List<String> POLICIES =
            List.of("queue", "{\"type\":\"parallel\",\"max\":3}", "merge", "rollback", "interrupt");

    private final Ledger ledger;
    private final RandomGenerator random;
    private final int threads;
    private int sent;

    Load(Ledger ledger, RandomGenerator random, int threads) {
        this.ledger = ledger;
        this.random = random;
        this.threads = threads;
    }

    void send(int count) {
        for (int i = 0; i < count; i++) {
            String thread = "t" + random.nextInt(threads);
            String id = "i" + sent++;
            switch (random.nextInt(10)) {
                case 0 -> ledger.sendPlain(thread, "{\"text\":\"" + id + "\"}");
                case 1, 2 ->
                    ledger.send(
                            thread,
                            id,
                            "delay",
                            POLICIES.get(random.nextInt(POLICIES.size())),
                            "{\"ms\":" + random.nextInt(40) + "}");
                default ->
                    ledger.send(
                            thread,
                            id,
                            "echo",
                            POLICIES.get(random.nextInt(POLICIES.size())),
                            "{\"text\":\"" + id + "\"}");
            }
        }
    }
}
