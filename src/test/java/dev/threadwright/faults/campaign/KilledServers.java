package dev.threadwright.faults.campaign;

import java.util.ArrayList;
import java.util.List;

/** {@code kill -9} at any moment: of one server, or of all at once. */
record KilledServers(boolean all) implements Fault {

    @Override
    public String name() {
        return all ? "kill-all" : "kill";
    }

    @Override
    public String description() {
        return all ? "kill -9 of all servers at once" : "kill -9 of a server at any moment";
    }

    @Override
    public boolean inject(Site site) throws Exception {
        List<Node> victims = new ArrayList<>(all ? site.nodes() : List.of(site.owner()));
        victims.forEach(Node::kill);
        return true;
    }

    @Override
    public void heal(Site site) {
        site.startMissing();
    }
}
