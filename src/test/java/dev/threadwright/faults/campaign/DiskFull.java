package dev.threadwright.faults.campaign;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The disk of Postgres or Kafka has no room left for a while; who has ended over that is started again. */
record DiskFull(Target target) implements Fault {
    private static final int TIMES = 20;
    private static final long BETWEEN_MS = 500;

    @Override
    public String name() {
        return target.word() + "-disk-full";
    }

    @Override
    public String description() {
        return "the disk of " + target.word() + " is full for 10 s";
    }

    @Override
    public @Nullable String impossible(Site site) {
        return site.volume(target).reason();
    }

    @Override
    public boolean inject(Site site) throws Exception {
        boolean alsoItsLog = site.random().nextBoolean();
        for (int i = 0; i < TIMES; i++) {
            // Again, because Postgres removes old parts of its log, and so does Kafka.
            site.volume(target).fill();
            if (target == Target.POSTGRES && alsoItsLog) {
                useUpTheLog(site);
            }
            site.hold(BETWEEN_MS);
        }
        return true;
    }

    /** Postgres goes on in parts of its log that are there already, so these have to be used up first. */
    private static void useUpTheLog(Site site) {
        try {
            site.postgres().query("select pg_logical_emit_message(false, 'faults', repeat('x', 8000000))::text");
        } catch (SQLException e) {
            // It has ended over that, as it should.
        }
    }

    @Override
    public void heal(Site site) throws Exception {
        site.volume(target).empty();
        switch (target) {
            case POSTGRES -> {
                if (!site.await(5_000, () -> answers(site))) {
                    site.postgres().kill();
                    site.postgres().start();
                }
            }
            case KAFKA -> {
                if (!site.broker().isRunning()) {
                    site.broker().start();
                }
            }
        }
    }

    private static boolean answers(Site site) {
        try {
            return !site.postgres().query("select 1").isEmpty();
        } catch (SQLException e) {
            return false;
        }
    }
}
