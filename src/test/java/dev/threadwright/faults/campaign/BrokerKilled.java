package dev.threadwright.faults.campaign;

/** The broker goes away for some seconds: killed, or stopped in order. */
record BrokerKilled(boolean inOrder) implements Fault {
    private static final long AWAY_MS = 3_000;

    @Override
    public String name() {
        return inOrder ? "kafka-restart" : "kafka-kill";
    }

    @Override
    public String description() {
        return inOrder ? "the broker is stopped, and started 3 s later" : "kill -9 of the broker, started 3 s later";
    }

    @Override
    public boolean inject(Site site) throws Exception {
        if (inOrder) {
            site.broker().stop();
        } else {
            site.broker().kill();
        }
        site.hold(AWAY_MS);
        return true;
    }

    @Override
    public void heal(Site site) throws Exception {
        site.broker().start();
    }
}
