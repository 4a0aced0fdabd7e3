package dev.threadwright.faults.campaign;

/** SIGSTOP of a server for longer than its session, until others have its partitions; then SIGCONT. */
record FrozenServer() implements Fault {

    @Override
    public String name() {
        return "freeze";
    }

    @Override
    public String description() {
        return "SIGSTOP of a server until others have its partitions, then SIGCONT";
    }

    @Override
    public boolean inject(Site site) throws Exception {
        Node node = site.owner();
        node.freeze();
        return site.awaitTakenOver(node);
    }

    @Override
    public void heal(Site site) {
        site.nodes().forEach(Node::thaw);
    }
}
