package dev.threadwright.faults.campaign;

/** SIGSTOP at exactly one point; what it was about to hear waits until it hears again. */
record FrozenAt(Point point) implements Fault {

    @Override
    public String name() {
        return "freeze-at-" + point.word();
    }

    @Override
    public String description() {
        return "SIGSTOP of a server at the point " + point.word() + " until others have its partitions, then SIGCONT";
    }

    @Override
    public boolean inject(Site site) throws Exception {
        Node node = site.owner();
        return site.trap(node, point, link -> {
            node.freeze();
            site.awaitTakenOver(node);
            node.thaw();
        });
    }

    @Override
    public void heal(Site site) {
        site.nodes().forEach(Node::thaw);
    }
}
