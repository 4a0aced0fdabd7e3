package dev.threadwright.faults.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** One round of what is quick, in an order that is always the same. {@code bin/faults} does all of it, for as long as one likes. */
class CampaignIT {
    /** Beside other tests, on few processors. */
    private static final int RECOVERY_SECONDS = 180;

    private static final long SEED = Long.getLong("threadwright.seed", 7);

    private static final List<String> QUICK = List.of(
            "kill-at-commit-stored",
            "freeze-at-commit-stored",
            "stale-commit",
            "stale-publish",
            "reset-at-commit-sent",
            "reset-at-end-sent",
            "postgres-kill",
            "kafka-kill");

    @Test
    void underFaultsOfEveryKindNothingIsLostDoubledMisorderedOrStale() throws Exception {
        Report report = Campaign.run(new Options(10, SEED, QUICK, 3, 150, 1, RECOVERY_SECONDS));
        System.out.println(report.text());
        assertThat(report.findings()).isEmpty();
        assertThat(report.neverHappened()).isEmpty();
    }
}
