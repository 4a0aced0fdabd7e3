package dev.threadwright.faults.campaign;

/** From one point on nothing more comes over a connection, which stays open: only time-outs end that. */
record SilentAt(Point point) implements Fault {
    private static final long LONGER_THAN_TIME_OUTS_MS = 45_000;

    @Override
    public String name() {
        return "silent-at-" + point.word();
    }

    @Override
    public String description() {
        return "from the point " + point.word() + " on the connection is silent, until somebody gives it up";
    }

    @Override
    public boolean inject(Site site) throws Exception {
        Node node = site.owner();
        return site.trap(node, point, link -> {
            site.await(LONGER_THAN_TIME_OUTS_MS, link::isLeft);
            link.reset();
        });
    }

    @Override
    public void heal(Site site) {}
}
