package dev.threadwright.faults.campaign;

/** A connection is reset at exactly one point, a few times in a row. */
record ResetAt(Point point) implements Fault {
    private static final int TIMES = 3;

    @Override
    public String name() {
        return "reset-at-" + point.word();
    }

    @Override
    public String description() {
        return "the connection is reset at the point " + point.word() + ", three times";
    }

    @Override
    public boolean inject(Site site) throws Exception {
        boolean happened = false;
        for (int i = 0; i < TIMES; i++) {
            happened |= site.trap(site.owner(), point, Link::reset);
        }
        return happened;
    }

    @Override
    public void heal(Site site) {}
}
