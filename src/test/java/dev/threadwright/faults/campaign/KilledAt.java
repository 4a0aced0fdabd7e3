package dev.threadwright.faults.campaign;

/** {@code kill -9} at exactly one point. */
record KilledAt(Point point) implements Fault {

    @Override
    public String name() {
        return "kill-at-" + point.word();
    }

    @Override
    public String description() {
        return "kill -9 of a server at the point " + point.word();
    }

    @Override
    public boolean inject(Site site) throws Exception {
        Node node = site.owner();
        return site.trap(node, point, link -> {
            node.kill();
            link.reset();
        });
    }

    @Override
    public void heal(Site site) {
        site.startMissing();
    }
}
