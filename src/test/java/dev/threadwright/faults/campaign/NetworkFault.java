package dev.threadwright.faults.campaign;

import java.util.List;
import java.util.Locale;

/** A bad network between one server, or all of them, and Postgres or Kafka; or both, if the target is null. */
record NetworkFault(@org.jspecify.annotations.Nullable Target target, Weather weather) implements Fault {

    enum Weather {
        SLOW("each piece takes 20 to 220 ms longer, for 6 s"),
        STALL("nothing passes for 6 s, and nothing is closed"),
        HALF_CLOSE("all connections are closed in one direction, five times in 3 s"),
        RESET("all connections are reset, ten times in 3 s"),
        CUT("connections are reset, and new ones as well, for 6 s");

        private final String description;

        Weather(String description) {
            this.description = description;
        }
    }

    private static final long LASTS_MS = 6_000;

    @Override
    public String name() {
        return (target == null ? "network" : target.word()) + "-"
                + weather.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String description() {
        return "to " + (target == null ? "Postgres and Kafka" : target.word()) + " " + weather.description;
    }

    @Override
    public boolean inject(Site site) throws Exception {
        List<Proxy> proxies =
                site.some().stream().flatMap(node -> proxies(node).stream()).toList();
        switch (weather) {
            case SLOW -> {
                long ms = site.random().nextLong(20, 220);
                proxies.forEach(proxy -> proxy.slow(ms));
                site.hold(LASTS_MS);
            }
            case STALL -> {
                proxies.forEach(Proxy::stall);
                site.hold(LASTS_MS);
            }
            case CUT -> {
                proxies.forEach(Proxy::refuse);
                site.hold(LASTS_MS);
            }
            case HALF_CLOSE -> {
                for (int i = 0; i < 5; i++) {
                    proxies.forEach(proxy -> proxy.halfCloseAll(site.random()));
                    site.hold(600);
                }
            }
            case RESET -> {
                for (int i = 0; i < 10; i++) {
                    proxies.forEach(Proxy::resetAll);
                    site.hold(300);
                }
            }
        }
        return true;
    }

    @Override
    public void heal(Site site) {
        site.nodes().forEach(node -> proxies(node).forEach(Proxy::flow));
    }

    private List<Proxy> proxies(Node node) {
        return target == null
                ? List.of(node.proxy(Target.POSTGRES), node.proxy(Target.KAFKA))
                : List.of(node.proxy(target));
    }
}
