package dev.threadwright.faults.campaign;

import org.jspecify.annotations.Nullable;

/** The clock of one server jumps, and back. */
record ClockJump(long byMs) implements Fault {
    private static final long LASTS_MS = 6_000;

    @Override
    public String name() {
        return byMs > 0 ? "clock-ahead" : "clock-behind";
    }

    @Override
    public String description() {
        return "the clock of a server jumps by " + byMs / 1_000 + " s, and back after 6 s";
    }

    @Override
    public @Nullable String impossible(Site site) {
        return site.whyNoClocks();
    }

    @Override
    public boolean inject(Site site) throws Exception {
        site.owner().setClock(byMs);
        site.hold(LASTS_MS);
        return true;
    }

    @Override
    public void heal(Site site) throws Exception {
        for (Node node : site.nodes()) {
            node.setClock(0);
        }
    }
}
