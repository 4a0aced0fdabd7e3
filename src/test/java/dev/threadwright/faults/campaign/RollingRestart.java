package dev.threadwright.faults.campaign;

/** Each server in turn is asked to end, and started again, before the last one is ready. */
record RollingRestart() implements Fault {

    @Override
    public String name() {
        return "rolling-restart";
    }

    @Override
    public String description() {
        return "SIGTERM of each server in turn, each started again at once";
    }

    @Override
    public boolean inject(Site site) throws Exception {
        for (Node node : site.nodes()) {
            node.terminate();
            node.start();
        }
        return true;
    }

    @Override
    public void heal(Site site) {}
}
