package dev.threadwright.faults.campaign;

/** Postgres ends the servers' sessions, over and over. */
record SessionsEnded() implements Fault {
    private static final int TIMES = 40;
    private static final long BETWEEN_MS = 100;

    @Override
    public String name() {
        return "postgres-sessions";
    }

    @Override
    public String description() {
        return "pg_terminate_backend of all sessions of servers, 40 times in 4 s";
    }

    @Override
    public boolean inject(Site site) throws Exception {
        for (int i = 0; i < TIMES; i++) {
            site.postgres()
                    .query("select pg_terminate_backend(pid)::text from pg_stat_activity where datname ="
                            + " current_database() and (application_name like 'threadwright%' or random() < 0.3)"
                            + " and pid <> pg_backend_pid() and application_name <> 'audit'");
            site.hold(BETWEEN_MS);
        }
        return true;
    }

    @Override
    public void heal(Site site) {}
}
