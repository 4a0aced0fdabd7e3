package dev.threadwright.faults.campaign;

/** Postgres goes away for some seconds: all its processes killed, or stopped in order. */
record PostgresKilled(boolean inOrder) implements Fault {
    private static final long AWAY_MS = 3_000;

    @Override
    public String name() {
        return inOrder ? "postgres-restart" : "postgres-kill";
    }

    @Override
    public String description() {
        return inOrder ? "Postgres is stopped, and started 3 s later" : "kill -9 of all of Postgres, started 3 s later";
    }

    @Override
    public boolean inject(Site site) throws Exception {
        if (inOrder) {
            site.postgres().stop();
        } else {
            site.postgres().kill();
        }
        site.hold(AWAY_MS);
        return true;
    }

    @Override
    public void heal(Site site) {
        site.postgres().start();
    }
}
